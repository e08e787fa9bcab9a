import type { Database, Statement } from '../context.ts';
import { dayOf, inTime, type Journey, type JourneyMoment, lateAfter, morning, people } from './journey.ts';

/** Below so many visits nobody has a rhythm of their own. */
const visitsForRhythm = 3;
/** Nobody's rhythm is longer, in days: who comes once a year is not missed after a year and a month. */
const longestRhythm = 180;
/** Where nobody has a rhythm yet. */
const usualDays = 30;
const regularsForUsual = 20;

const usual: Statement = {
  name: 'journey_usual_rhythm',
  text: `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS days, count(*) AS regulars FROM (
      SELECT extract(epoch FROM last_at - first_at) / 86400 / (visits - 1) AS gap FROM member_fact WHERE visits >= $1::int AND last_at <= $2::timestamptz
      ORDER BY last_at DESC LIMIT 1000) f`,
};

// It is asked for with every message, and moves slowly: one answer for an hour.
const known = new WeakMap<Database, { at: number; days: number }>();
const hourMs = 3_600_000;

/**
 * The days between two visits that are usual here: the middle one (median) of the thousand regulars seen last; with fewer than twenty of them, thirty
 * days. For members whose own rhythm is not known yet.
 */
async function usualRhythm({ db, now }: Pick<JourneyMoment, 'db' | 'now'>): Promise<number> {
  const before = known.get(db);
  if (before && Math.abs(now.getTime() - before.at) < hourMs) return before.days;
  const [row] = await db.run<{ days: number | null; regulars: number }>(usual, [visitsForRhythm, now]);
  const days = row?.days != null && row.regulars >= regularsForUsual ? Math.min(longestRhythm, Math.max(1, row.days)) : usualDays;
  known.set(db, { at: now.getTime(), days });
  return days;
}

/**
 * So many days after somebody was expected: their last visit and their own rhythm (the mean time between their visits, from three visits on). Each
 * once for a visit; after the third there is silence until they come back.
 */
const after = (days: 30 | 60 | 90, worth: number): Journey => ({
  key: `comeback-${days}`,
  topic: 'comeback',
  lane: 'campaign',
  worth,
  button: { kind: 'command', does: 'rewards' },
  due: {
    values: async (moment) => [await usualRhythm(moment)],
    sql: (member) => `
      SELECT m.id AS member_id, extract(epoch FROM f.last_at)::bigint::text AS period, x.at, x.at + ${lateAfter} AS late_at,
        jsonb_build_object('days', ${dayOf('greatest(x.at, $1::timestamptz)')} - ${dayOf('f.last_at')}) AS said, true AS ready, 0 AS rank
      FROM (
        SELECT g.member_id, g.last_at, g.last_at + greatest(interval '1 day', least(interval '${longestRhythm} days', CASE
          WHEN g.visits >= ${visitsForRhythm} THEN (g.last_at - g.first_at) / (g.visits - 1) ELSE make_interval(secs => 86400 * $4::float8) END)) AS expected
        FROM member_fact g WHERE g.last_at BETWEEN $1::timestamptz - interval '${longestRhythm + days + 3} days' AND $2::timestamptz - interval '${days} days'
          AND ${member('g.member_id')} OFFSET 0
      ) f JOIN ${people} ON m.id = f.member_id CROSS JOIN LATERAL (SELECT ${morning(`${dayOf('f.expected')} + ${days}`)} AS at) x
      WHERE f.expected BETWEEN $1::timestamptz - interval '${days + 2} days' AND $2::timestamptz - interval '${days - 2} days' AND ${inTime('x.at')}`,
  },
});

export const comeback30 = after(30, 50);
export const comeback60 = after(60, 52);
export const comeback90 = after(90, 54);
