import type { Database, Statement } from '../context.ts';
import { doubtsMax, sentAgain } from './lane.ts';
import { dropStopped } from './stopped.ts';

const unbegun: Statement = {
  name: 'delivery_sweep_claimed',
  text: `
    UPDATE delivery SET state = 'planned', leased_by = NULL, lease_until = NULL
    WHERE channel = $1 AND state = 'claimed' AND lease_until <= clock_timestamp() RETURNING id`,
};

const doubtful: Statement = {
  name: 'delivery_sweep_sending',
  text: `
    UPDATE delivery SET leased_by = NULL, lease_until = NULL,
      state = CASE WHEN ${sentAgain} AND coalesce((result ->> 'doubts')::int, 0) + 1 < $2 THEN 'retry' ELSE 'unknown' END,
      result = coalesce(result, '{}') || jsonb_build_object('code', 'unknown', 'doubts', coalesce((result ->> 'doubts')::int, 0) + 1)
    WHERE channel = $1 AND state = 'sending' AND lease_until <= clock_timestamp() RETURNING id`,
};

/**
 * Finds what a dead worker has left: what it had only claimed is planned again; what it was sending is unknown, never "failed", and
 * treated as its lane or its campaign wants (`afterDoubt`). What is left of stopped campaigns is dropped.
 * @returns how many rows of each kind
 */
export async function sweep(db: Database, channel: string): Promise<{ claimed: number; sending: number }> {
  const claimed = await db.run(unbegun, [channel]);
  const sending = await db.run(doubtful, [channel, doubtsMax]);
  await dropStopped(db);
  return { claimed: claimed.length, sending: sending.length };
}
