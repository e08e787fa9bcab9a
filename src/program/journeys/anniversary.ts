import { Temporal } from 'temporal-polyfill';
import { dayOf, inTime, type Journey, lateAfter, morning, people } from './journey.ts';

const dayMs = 86_400_000;
const aheadDays = 9;

/** Month and day, as `1231`, of the days around now: what the index on joining knows. The 29th of February is the 28th where there is none. */
function daysAround(now: Date): number[] {
  const days = Array.from({ length: aheadDays + 3 }, (_, n) => new Date(now.getTime() + (n - 2) * dayMs));
  const found = days.map((day) => (day.getUTCMonth() + 1) * 100 + day.getUTCDate());
  return found.includes(228) || found.includes(301) ? [...found, 229] : found;
}

/** Once a year, on the day somebody joined. */
export const anniversary: Journey = {
  key: 'anniversary',
  topic: 'tips',
  lane: 'campaign',
  worth: 45,
  button: { kind: 'command', does: 'balance' },
  due: {
    values: ({ now, timeZone }) => [
      daysAround(now),
      Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).year,
    ],
    sql: (member) => `
      SELECT m.id AS member_id, y.years::text AS period, x.at, x.at + ${lateAfter} AS late_at, jsonb_build_object('years', y.years) AS said,
        true AS ready, 0 AS rank
      FROM ${people} CROSS JOIN LATERAL (SELECT ${dayOf('m.joined_at')} AS joined) j
        CROSS JOIN LATERAL (SELECT $5::int + n - extract(year FROM j.joined)::int AS years FROM generate_series(-1, 1) n) y
        CROSS JOIN LATERAL (SELECT ${morning('(j.joined + make_interval(years => y.years))::date')} AS at) x
      WHERE joined_day(m.joined_at) = ANY ($4::int[]) AND ${member('m.id')} AND y.years >= 1 AND ${inTime('x.at')}`,
  },
};
