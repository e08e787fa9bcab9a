import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../chat/channel.ts';
import { chores } from './chores.ts';
import { type OpenQueue, openQueue, type QueueLocation } from './queue-backend.ts';

/** Tells workers that there is something to send. */
export type Bell = {
  /** Rings for a channel, after the commit. Returns at once and never throws; a ring that is lost is made up for by the sweep. */
  ring(channel: string): void;
  /** Has the chores done now and not at their next hour: the clock was moved. Like a ring, it returns at once and never throws. */
  hurry(): void;
  /** True, or in a few words what is not working. */
  ready(): Promise<true | string>;
  close(): Promise<void>;
};

/** The queue of the chores. */
export const upkeepQueue = 'upkeep';

/** The queue of a channel's deliveries. */
export const deliveriesQueue = (channel: string): string => `deliveries-${channel}`;

// Many rings in a moment are one.
const gatherMs = 5;
const readyMs = 1_500;

function createRinger(queue: OpenQueue, channel: string): { ring(): void } {
  let ringing = false;
  let again = false;
  const ringOnce = async () => {
    await sleep(gatherMs, undefined, { ref: false });
    again = false;
    // While one ring is being worked on, one more waits; the rest are the same ring.
    await queue.add('ring', { channel }, { deduplication: { id: 'ring', keepLastIfActive: true } });
  };
  // At most one command per channel is under way, however long the queue is away.
  const run = async () => {
    ringing = true;
    try {
      do await ringOnce();
      while (again);
    } catch {
      // The sweep finds what this ring was for; the queue's own error handler has said what is wrong.
    } finally {
      ringing = false;
    }
  };
  return {
    ring() {
      again = true;
      if (!ringing) void run();
    },
  };
}

type Options = {
  queue: QueueLocation;
  channels: Iterable<string>;
  log: Log;
  /** Called each time a channel's queue is there, the first time and after every outage. */
  onReady?: (channel: string, queue: OpenQueue) => void;
};

/** Makes the bell: one queue per channel, opened now so that the first ring finds it connected. */
export function createBell({ queue, channels, log, onReady }: Options): Bell {
  const queues = new Map([...channels].map((channel) => [channel, openQueue(queue, deliveriesQueue(channel), log)]));
  const ringers = new Map([...queues].map(([channel, open]) => [channel, createRinger(open, channel)]));
  if (onReady) for (const [channel, open] of queues) open.onReady(() => onReady(channel, open));
  // Opened by the first hurry: only the playground's clock is ever moved.
  let upkeep: OpenQueue | undefined;
  let closing: Promise<void> | undefined;
  return {
    ring(channel) {
      if (!closing) ringers.get(channel)?.ring();
    },
    hurry() {
      if (closing !== undefined) return;
      upkeep ??= openQueue(queue, upkeepQueue, log);
      for (const job of Object.keys(chores))
        upkeep.add(job, {}, { deduplication: { id: job, keepLastIfActive: true } }).catch(() => undefined);
    },
    async ready() {
      const pings = [...queues.values()].map((open) => open.ping());
      const answered = Promise.all(pings).then(
        () => true as const,
        () => 'the queue answers with an error',
      );
      return Promise.race([answered, sleep(readyMs, 'the queue does not answer', { ref: false })]);
    },
    close() {
      closing ??= Promise.all([...queues.values(), ...(upkeep ? [upkeep] : [])].map((open) => open.close())).then(
        () => undefined,
      );
      return closing;
    },
  };
}
