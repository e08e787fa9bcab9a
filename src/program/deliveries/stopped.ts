import type { Database, Statement } from '../context.ts';

const batch = 5_000;

// What somebody holds this instant is left to the gate, which drops it as well. One that may have arrived stays a doubt.
const drop: Statement = {
  name: 'delivery_drop_stopped',
  text: `
    UPDATE delivery SET state = CASE WHEN sent_at IS NULL THEN 'dropped' ELSE 'unknown' END,
      result = coalesce(result - 'wait', '{}') || jsonb_build_object('code', CASE WHEN sent_at IS NULL THEN 'stopped' ELSE 'unknown' END)
    WHERE id IN (SELECT d.id FROM campaign c JOIN delivery d ON d.campaign_id = c.id AND d.state IN ('planned', 'retry')
      WHERE c.state = 'stopped' AND c.result IS NULL LIMIT $1 FOR UPDATE OF d SKIP LOCKED) RETURNING 1 AS one`,
};

/**
 * Drops what stopped campaigns had planned, many at a time, so that it is gone as soon as the owner looks. Run twice or late it does no harm.
 * @returns how many messages
 */
export async function dropStopped(db: Database, stopping?: AbortSignal): Promise<number> {
  let total = 0;
  for (let dropped = batch; dropped === batch && !stopping?.aborted; total += dropped)
    dropped = (await db.run(drop, [batch])).length;
  return total;
}
