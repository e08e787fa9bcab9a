import { setTimeout as sleep } from 'node:timers/promises';
import { expire } from '../program/ledger/expire.ts';
import type { Chore } from './chore.ts';

const batch = 200;
/** For how long one run goes on; the next begins where it ended. Shorter than the time between two runs, so that they never overlap. */
const sliceMs = 10_000;
// How much longer than a batch the rest after it is: expiry is in no hurry (what is due can't be spent anyway), people at the counter are.
// Measured by `npm run bench -- --only expiry`.
const restTimes = 2;

/**
 * Expires lots that are due at `now`, in small batches with rests between them, until nothing is left or the time is up. Being run twice or
 * late does no harm. Returns how many lots ended.
 */
export const expireAll: Chore = async ({ db, now, stopping }) => {
  let total = 0;
  const until = performance.now() + sliceMs;
  while (!stopping.aborted && performance.now() < until) {
    const began = performance.now();
    const lots = await expire({ db, now }, batch);
    if (lots === 0) break;
    total += lots;
    if (lots < batch) continue;
    await sleep((performance.now() - began) * restTimes, undefined, { signal: stopping }).catch(() => undefined);
  }
  return total;
};
