import type { Database, Statement } from '../context.ts';
import { dropStopped } from '../deliveries/stopped.ts';
import { reportOf } from './report.ts';

const done: Statement = {
  name: 'campaigns_done',
  text: `
    WITH over AS (
      UPDATE campaign c SET state = 'done', ended_at = $1
      WHERE c.kind = 'broadcast' AND c.state = 'running' AND c.planned_to >= c.upper_member AND (c.test IS NULL OR c.winner IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.campaign_id = c.id AND d.state IN ('planned', 'retry', 'claimed', 'sending'))
      RETURNING c.id
    )
    INSERT INTO campaign_event (campaign_id, kind, at) SELECT id, 'done', $1 FROM over RETURNING 1 AS one`,
};

const closed: Statement = {
  name: 'campaigns_closed',
  text: `
    SELECT id FROM campaign WHERE kind = 'broadcast' AND state IN ('stopped', 'done') AND result IS NULL AND begins_at IS NOT NULL
      AND coalesce(planned_at, ended_at) + make_interval(days => window_days) <= $1 ORDER BY id`,
};

const keep: Statement = {
  name: 'campaign_keep_result',
  text: `
    WITH kept AS (UPDATE campaign SET result = $2::jsonb WHERE id = $1 AND result IS NULL RETURNING id)
    INSERT INTO campaign_event (campaign_id, kind, at) SELECT id, 'closed', $3 FROM kept RETURNING 1 AS one`,
};

/**
 * Says of what runs that everything is sent or settled, drops what a stopped broadcast had planned, and keeps the figures of those whose window is over: they outlive
 * the messages. Returns how many rows were changed. Run twice or late it does no harm.
 */
export async function finishCampaigns({
  db,
  now,
  stopping,
}: {
  db: Database;
  now: Date;
  stopping: AbortSignal;
}): Promise<number> {
  let total = (await db.run(done, [now])).length;
  total += await dropStopped(db, stopping);
  for (const { id } of await db.run<{ id: number }>(closed, [now])) {
    if (stopping.aborted) break;
    total += (await db.run(keep, [id, JSON.stringify(await reportOf(db, id, now)), now])).length;
  }
  return total;
}
