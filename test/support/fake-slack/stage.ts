import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSlack } from '../../../src/channels/slack/index.ts';
import type { ChannelTools, Hub } from '../../../src/chat/channel.ts';
import { type FakeSlack, startFakeSlack } from './index.ts';

export type Mode = 'socket' | 'http';

/** Tools that keep uploads in memory and note what is logged and put aside. */
export function notingTools() {
  const logged: { level: string; facts: object; sentence: string }[] = [];
  const aside: { id: string; event: unknown; error: unknown }[] = [];
  const uploads = new Map<string, string>();
  const write = (level: string) => (facts: object, sentence: string) => void logged.push({ level, facts, sentence });
  const tools: ChannelTools = {
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    uploads: {
      find: async (hash) => uploads.get(hash),
      keep: async (hash, ref) => void uploads.set(hash, ref),
      forget: async (hash) => void uploads.delete(hash),
    },
    putAside: async (id, event, error) => void aside.push({ id, event, error }),
    introductions: [{ language: 'en', name: 'Bean Street', about: 'Your points', description: 'Collect points', menu: [] }],
  };
  return { tools, logged, aside, uploads };
}

/** A fake Slack with a channel on it. Everything that was begun here is ended by `close`. */
export async function slackStage(mode: Mode, options: Parameters<typeof startFakeSlack>[0] = {}) {
  const slack: FakeSlack = await startFakeSlack(options);
  const spoolDir = mkdtempSync(join(tmpdir(), 'slack-spool-'));
  const noting = notingTools();
  const { botToken, appToken, signingSecret, apiUrl } = slack;
  const newChannel = () =>
    createSlack({ botToken, apiUrl, spoolDir, tools: noting.tools, ...(mode === 'socket' ? { appToken } : { signingSecret }) });
  const channel = newChannel();
  const closing: (() => Promise<unknown>)[] = [];

  return {
    slack,
    channel,
    newChannel,
    spoolDir,
    ...noting,
    async listen(hub: Hub, on = channel) {
      const listener = await on.listen(hub);
      closing.unshift(() => listener.stop());
      const { webhook } = listener;
      if (webhook) slack.connectHttp((request) => webhook.fetch(request));
      for (let waited = 0; listener.ready() !== true && waited < 5000; waited += 20)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return listener;
    },
    async close(): Promise<void> {
      for (const close of closing.splice(0)) await close();
      await slack.close();
      rmSync(spoolDir, { recursive: true, force: true });
    },
  };
}
