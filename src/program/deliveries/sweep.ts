import type { Database, Statement } from '../context.ts';
import { doubtsMax, lanesSentAgain } from './lane.ts';

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
      state = CASE WHEN lane = ANY($2::text[]) AND coalesce((result ->> 'doubts')::int, 0) + 1 < $3 THEN 'retry' ELSE 'unknown' END,
      result = coalesce(result, '{}') || jsonb_build_object('code', 'unknown', 'doubts', coalesce((result ->> 'doubts')::int, 0) + 1)
    WHERE channel = $1 AND state = 'sending' AND lease_until <= clock_timestamp() RETURNING id`,
};

/**
 * Finds what a dead worker has left: what it had only claimed is planned again; what it was sending is unknown, never "failed", and
 * treated as its lane wants (`afterDoubt`).
 * @returns how many rows of each kind
 */
export async function sweep(db: Database, channel: string): Promise<{ claimed: number; sending: number }> {
  const claimed = await db.run(unbegun, [channel]);
  const sending = await db.run(doubtful, [channel, lanesSentAgain, doubtsMax]);
  return { claimed: claimed.length, sending: sending.length };
}
