import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../chat/channel.ts';
import type { Database } from '../program/context.ts';
import { reserveSlot } from '../program/deliveries/pace.ts';

// Slots are a tenth further apart than the messenger allows. So each may be used up to a tenth of its period late (less what rounding
// takes), and still no window of that length, wherever it begins, holds more than the messenger's limit.
const slack = 1.1;
const lateness = 0.09;

/** A moment to send that nobody else has. */
export type Turn = {
  /** Whether the moment has passed by too much to be used. */
  late(): boolean;
};

/** Takes the channel's next free moment and waits for it, or until `signal` says to stop waiting. */
export async function takeTurn({ channel, db }: { channel: Channel; db: Database }, signal?: AbortSignal): Promise<Turn> {
  const { max, perMs } = channel.pace;
  const askedAt = performance.now();
  const waitMs = await reserveSlot(db, channel.name, (perMs / max) * slack);
  if (waitMs > 0) await sleep(Math.ceil(waitMs), undefined, signal ? { signal } : {}).catch(() => undefined);
  // Counted from the question, not from the answer: the moment can only be later than this.
  return { late: () => performance.now() - (askedAt + waitMs) > perMs * lateness };
}
