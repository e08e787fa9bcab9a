import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../../chat/channel.ts';

/** A text without what must never be read in a log: tokens, the addresses by which anybody may answer or listen in our name. */
export const withoutSecrets = (text: string): string =>
  text
    .replace(/\bx(ox[a-z]|app)(\.|-)[\w.-]+/g, 'x…')
    .replace(/\bwss?:\/\/\S+/g, 'wss://…')
    .replace(/https?:\/\/hooks\.\S+/g, 'https://hooks…')
    .replace(/([?&/](ticket|token|secret)[=/])[^\s&"]+/gi, '$1…');

/** Our log as Slack's libraries want it. Their debug lines hold whole messages and are dropped. */
export function boltLogger(log: Log): Logger {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (...parts: unknown[]) =>
      log[level](
        { from: 'slack library' },
        withoutSecrets(parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ')),
      );
  return {
    debug: () => {},
    // What the libraries find worth an info is their coming and going, which we report ourselves.
    info: () => {},
    warn: write('warn'),
    error: write('error'),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
