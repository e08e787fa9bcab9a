import { dayOf, type Journey, morning, notForgotten, people, zone } from './journey.ts';

/**
 * Points that end, the days before that the rules name (`warnDays`): one message per member, date and step. Run late, the nearest step only; a step
 * that is three weeks late is let go. Days are the member's own: far from the shop, a step is never after the end. Points that came after a step's day aren't told by it. Never too late before they have ended.
 */
export const expiring: Journey = {
  key: 'expiring',
  topic: 'reminders',
  lane: 'service',
  worth: 60,
  button: { kind: 'command', does: 'rewards' },
  due: {
    values: ({ rules }) => (rules.warnDays.length === 0 ? null : [rules.warnDays, rules.dayStartsAt]),
    sql: (member) => `
      SELECT m.id AS member_id, concat_ws(':', extract(epoch FROM e.expires_at)::bigint, s.days) AS period, x.at, e.expires_at AS late_at,
        jsonb_build_object('points', e.points, 'until', e.expires_at - make_interval(hours => $5::int) - interval '1 second',
          'days', x.ends - ${dayOf('greatest(x.at, $1::timestamptz)')}, 'renews', e.renews) AS said,
        true AS ready, 0 AS rank
      FROM (
        SELECT l.member_id, l.expires_at, sum(l.remaining)::bigint AS points, min(l.earned_at) AS first_at, bool_and(l.renew_months IS NOT NULL) AS renews
        FROM lot l WHERE l.remaining > 0 AND ${member('l.member_id')} AND l.expires_at > $1::timestamptz
          AND l.expires_at <= $2::timestamptz + make_interval(days => 2 + (SELECT max(d) FROM unnest($4::int[]) d)) GROUP BY 1, 2
      ) e JOIN ${people} ON m.id = e.member_id CROSS JOIN unnest($4::int[]) s(days) CROSS JOIN LATERAL (
        SELECT y.ends, ${morning('y.ends - s.days')} AS at FROM (SELECT ((e.expires_at - make_interval(hours => $5::int)) AT TIME ZONE ${zone})::date AS ends) y
      ) x
      WHERE ${notForgotten('x.at')} AND x.at <= $2::timestamptz AND e.expires_at - make_interval(hours => 24 * s.days) >= e.first_at
        AND NOT EXISTS (SELECT 1 FROM unnest($4::int[]) n(days) WHERE n.days < s.days AND ${morning('x.ends - n.days')} <= $1::timestamptz)`,
  },
};
