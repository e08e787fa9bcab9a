import { setTimeout as pause } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Log } from '../../chat/channel.ts';
import { classify, slackError } from './errors.ts';

const againMs = 15_000;

/** Asks Slack whether our token is good, until it says so. */
export function watchToken(client: WebClient, log: Log) {
  const ending = new AbortController();
  let state: true | string = 'asking Slack whether the bot token is good';

  async function ask(): Promise<void> {
    while (!ending.signal.aborted && state !== true) {
      try {
        await client.auth.test();
        state = true;
      } catch (error) {
        const code = slackError(error);
        state = code ? `Slack refuses the bot token: ${code}` : `Slack does not answer: ${classify(error).message}`;
        log.warn({ reason: state }, 'the Slack bot token could not be checked');
        await pause(againMs, undefined, { signal: ending.signal }).catch(() => {});
      }
    }
  }
  void ask();

  return {
    ready: (): true | string => state,
    refuse(reason: string): void {
      state = reason;
      log.error({ reason }, 'Slack took the app away');
    },
    stop: (): void => ending.abort(),
  };
}
