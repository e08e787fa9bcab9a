import type { Database } from '../program/context.ts';
import { expire } from '../program/ledger/expire.ts';

const batch = 200;

/**
 * Expires every lot that is due at `now`, batch by batch, until nothing is left. Being run twice or late does no harm.
 * @returns how many lots ended
 */
export async function expireAll({ db, now, stopping }: { db: Database; now: Date; stopping: AbortSignal }): Promise<number> {
  let total = 0;
  while (!stopping.aborted) {
    const lots = await expire({ db, now }, batch);
    if (lots === 0) return total;
    total += lots;
  }
  return total;
}
