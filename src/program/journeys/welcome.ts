import { dayOf, inTime, type Journey, lateAfter, morning, people } from './journey.ts';

const after = (key: string, days: number, worth: number, does: string, unless: string): Journey => ({
  key,
  topic: 'tips',
  lane: 'campaign',
  worth,
  button: { kind: 'command', does },
  due: {
    values: () => [],
    sql: (member) => `
      SELECT m.id AS member_id, '' AS period, x.at, x.at + ${lateAfter} AS late_at, '{}'::jsonb AS said, true AS ready, 0 AS rank
      FROM ${people} CROSS JOIN LATERAL (SELECT ${morning(`${dayOf('m.joined_at')} + ${days}`)} AS at) x
      WHERE m.joined_at BETWEEN $1::timestamptz - interval '${days + 2} days' AND $2::timestamptz AND ${member('m.id')} AND ${inTime('x.at')}${unless}`,
  },
});

/** The day after joining: how it works. */
export const welcome1 = after('welcome-1', 1, 40, 'rewards', '');

/** A week after joining, to who has not bought anything yet. */
export const welcome7 = after(
  'welcome-7',
  7,
  30,
  'shops',
  ' AND NOT EXISTS (SELECT 1 FROM sale s WHERE s.member_id = m.id AND s.undone_at IS NULL)',
);
