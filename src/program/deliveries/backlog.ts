import type { Database, Statement } from '../context.ts';

/** What waits on a channel. `oldestDueMs`: for how long the oldest due message has been due; null: nothing is due. */
export type Backlog = {
  channel: string;
  planned: number;
  retry: number;
  claimed: number;
  sending: number;
  oldestDueMs: number | null;
};

// In parts, so that each is answered from its small partial index however many messages were sent before. What a campaign holds back is planned, not due.
const open: Statement = {
  name: 'delivery_backlog',
  text: `
    WITH part AS (
      SELECT channel, count(*) FILTER (WHERE state = 'planned') AS planned, count(*) FILTER (WHERE state = 'retry') AS retry, 0 AS claimed, 0 AS sending,
        min(not_before) FILTER (WHERE not_before <= $1) AS since
      FROM delivery WHERE state IN ('planned', 'retry') AND campaign_id IS NULL GROUP BY channel
      UNION ALL
      SELECT d.channel, count(*) FILTER (WHERE d.state = 'planned'), count(*) FILTER (WHERE d.state = 'retry'), 0, 0,
        min(d.not_before) FILTER (WHERE d.not_before <= $1 AND c.state = 'running')
      FROM delivery d JOIN campaign c ON c.id = d.campaign_id
      WHERE d.state IN ('planned', 'retry') AND d.campaign_id IS NOT NULL GROUP BY d.channel
      UNION ALL
      SELECT channel, 0, 0, count(*) FILTER (WHERE state = 'claimed'), count(*) FILTER (WHERE state = 'sending'), NULL
      FROM delivery WHERE state IN ('claimed', 'sending') GROUP BY channel
    )
    SELECT channel, sum(planned)::int AS planned, sum(retry)::int AS retry, sum(claimed)::int AS claimed, sum(sending)::int AS sending,
      (extract(epoch FROM $1::timestamptz - min(since)) * 1000)::float8 AS "oldestDueMs"
    FROM part GROUP BY channel ORDER BY channel`,
};

/** What is not yet sent, per channel that has any. The health of sending is the age of the oldest due message, at program time `now`. */
export async function deliveryBacklog(db: Database, now: Date): Promise<Backlog[]> {
  return db.run<Backlog>(open, [now]);
}
