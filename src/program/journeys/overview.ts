import type { Context, Statement } from '../context.ts';

/** For how long back journeys are summed up. */
export const overviewDays = 30;

/** A journey in numbers: messages that left in the last thirty days, and how many of their readers bought something within its window. */
export type JourneyFigures = { key: string; on: boolean; sent: number; came: number };

const figures: Statement = {
  name: 'journeys_figures',
  text: `
    SELECT c.key, c.state = 'running' AS on, count(d.at)::int AS sent, count(d.at) FILTER (WHERE d.came)::int AS came
    FROM campaign c LEFT JOIN LATERAL (
      SELECT x.sent_at AS at, EXISTS (SELECT 1 FROM sale s WHERE s.member_id = coalesce(w.merged_into, x.member_id) AND s.undone_at IS NULL
        AND s.at > x.sent_at AND s.at <= x.sent_at + make_interval(days => c.window_days)) AS came
      FROM delivery x LEFT JOIN wallet w ON w.member_id = x.member_id
      WHERE x.campaign_id = c.id AND x.state IN ('sent', 'unknown') AND x.sent_at > $1::timestamptz - make_interval(days => $2)
    ) d ON true
    WHERE c.kind = 'journey' GROUP BY c.id`,
};

/** How each journey does, by its key. */
export async function journeyFigures({ db, now }: Pick<Context, 'db' | 'now'>): Promise<Map<string, JourneyFigures>> {
  const rows = await db.run<JourneyFigures>(figures, [now, overviewDays]);
  return new Map(rows.map((row) => [row.key, row]));
}
