import type { ChannelTools, Log } from '../../../src/chat/channel.ts';

type Line = { level: keyof Log; sentence: string; facts: Record<string, unknown> };

/** What a channel is handed, kept in memory so that a test can look: the log, the cache of uploads, the events put aside. */
export function memoryTools(introductions: ChannelTools['introductions'] = []) {
  const lines: Line[] = [];
  const kept = new Map<string, string>();
  const aside: { id: string; event: unknown; error: unknown }[] = [];
  const at = (level: keyof Log) => (facts: object, sentence: string) => {
    lines.push({ level, sentence, facts: { ...facts } });
  };
  const tools: ChannelTools = {
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    uploads: {
      find: async (hash) => kept.get(hash),
      keep: async (hash, ref) => void kept.set(hash, ref),
      forget: async (hash) => void kept.delete(hash),
    },
    putAside: async (id, event, error) => void aside.push({ id, event, error }),
    introductions,
  };
  return { tools, lines, kept, aside };
}
