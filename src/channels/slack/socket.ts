import { setTimeout as pause } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';
import { WebAPIPlatformError } from '@slack/web-api';
import type { Log } from '../../chat/channel.ts';
import { withoutSecrets } from './secrets.ts';

const helloWithinMs = 30_000;
const closeWithinMs = 1000;
const longestWaitMs = 30_000;

/**
 * Keeps Socket Mode connected. The library's own reconnecting ends the process when Slack can't be reached (an unhandled rejection), so
 * it is switched off and done here, without end.
 */
export function keepConnected(client: SocketModeReceiver['client'], log: Log) {
  const ending = new AbortController();
  let state: true | string = 'connecting to Slack';
  let connecting: Promise<void> | undefined;

  async function connect(): Promise<void> {
    for (let failures = 0; !ending.signal.aborted; failures++) {
      try {
        await inTime(client.start());
        state = true;
        return;
      } catch (error) {
        state = sentence(error);
        log.warn({ reason: state }, 'Slack is not connected');
        await Promise.race([client.disconnect(), brief()]);
        await pause(Math.min(500 * 2 ** failures, longestWaitMs), undefined, { signal: ending.signal }).catch(() => {});
      }
    }
  }

  function reconnect(): void {
    if (connecting || ending.signal.aborted) return;
    state = 'connecting to Slack';
    connecting = connect().finally(() => {
      connecting = undefined;
    });
  }

  client.on('disconnected', reconnect);
  reconnect();

  return {
    ready: (): true | string => state,
    /** Resolves when the socket is closed; a peer that does not say goodbye is not waited for. */
    async stop(): Promise<void> {
      ending.abort();
      client.off('disconnected', reconnect);
      await Promise.race([client.disconnect(), brief()]);
      // Asked twice, the library closes at once.
      await Promise.race([client.disconnect(), brief()]);
      await connecting;
      state = 'stopped';
    },
  };
}

const brief = (): Promise<void> => pause(closeWithinMs, undefined, { ref: false });

async function inTime(started: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  const tooLate = pause(helloWithinMs, undefined, { signal: late.signal }).then(() => {
    throw new Error('Slack did not say hello');
  });
  await Promise.race([started, tooLate]).finally(() => late.abort());
}

function sentence(error: unknown): string {
  if (error instanceof WebAPIPlatformError) return `Slack refuses the app token: ${error.data.error}`;
  return `no connection to Slack: ${withoutSecrets(error instanceof Error ? error.message : String(error ?? 'closed'))}`;
}
