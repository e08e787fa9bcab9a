import type { Database, Statement } from '../context.ts';

const coming: Statement = {
  name: 'journeys_coming_broadcasts',
  text: `
    SELECT c.id AS "campaignId", c.name, count(d.id)::int AS count, coalesce(min(d.not_before), c.begins_at) AS at
    FROM campaign c LEFT JOIN delivery d ON d.campaign_id = c.id AND d.state IN ('planned', 'retry') AND d.not_before <= $1::timestamptz + make_interval(days => $2)
    WHERE c.kind = 'broadcast' AND c.state IN ('scheduled', 'running')
    GROUP BY c.id HAVING count(d.id) > 0 OR c.begins_at BETWEEN $1::timestamptz AND $1::timestamptz + make_interval(days => $2) ORDER BY 4, 1`,
};

/** Broadcasts with messages that wait, or that begin in the next `days`: how many messages are planned, and when the first goes. */
export async function comingBroadcasts(
  db: Database,
  now: Date,
  days: number,
): Promise<{ campaignId: number; name: string; count: number; at: Date }[]> {
  return db.run(coming, [now, days]);
}
