import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../program/context.ts';
import { type Arrived, markSent } from '../program/deliveries/outcome.ts';
import { createGather } from './gather.ts';

const tries = 4;

/** Notes what arrived, many in one statement. The messages are out: it is written even when the database blinks. */
export function createArrivals(db: Database, restMs: number): (it: Arrived) => Promise<undefined> {
  return createGather<Arrived, undefined>(async (arrived) => {
    for (let attempt = 1; ; attempt++) {
      try {
        await markSent(db, arrived, restMs);
        return [];
      } catch (error) {
        if (attempt === tries) throw error;
        await sleep(250 * 2 ** attempt);
      }
    }
  });
}
