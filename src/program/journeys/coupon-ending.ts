import { dayOf, type Journey, morning, notForgotten, people, zone } from './journey.ts';

/**
 * A coupon that ends unused, the days before that the rules name, if a step is less than half of the coupon's life (nobody is warned of what they have
 * just got). Run late, the nearest step only.
 */
export const couponEnding: Journey = {
  key: 'coupon-ending',
  topic: 'reminders',
  lane: 'service',
  worth: 55,
  button: { kind: 'command', does: 'coupons {coupon}' },
  due: {
    values: ({ rules }) => (rules.warnDays.length === 0 ? null : [rules.warnDays, rules.dayStartsAt]),
    sql: (member) => `
      SELECT m.id AS member_id, concat_ws(':', c.id, s.days) AS period, x.at, c.expires_at AS late_at,
        jsonb_build_object('reward', c.terms -> 'name', 'coupon', c.code, 'until', c.terms -> 'until',
          'days', x.ends - ${dayOf('greatest(x.at, $1::timestamptz)')}) AS said,
        true AS ready, 0 AS rank
      FROM coupon c JOIN ${people} ON m.id = c.member_id CROSS JOIN unnest($4::int[]) s(days) CROSS JOIN LATERAL (
        SELECT y.ends, ${morning('y.ends - s.days')} AS at FROM (SELECT ((c.expires_at - make_interval(hours => $5::int)) AT TIME ZONE ${zone})::date AS ends) y
      ) x
      WHERE c.used_at IS NULL AND c.cancelled_at IS NULL AND c.expired_at IS NULL AND ${member('c.member_id')} AND c.expires_at > $1::timestamptz
        AND c.expires_at <= $2::timestamptz + make_interval(days => 2 + (SELECT max(d) FROM unnest($4::int[]) d))
        AND ${notForgotten('x.at')} AND x.at <= $2::timestamptz AND make_interval(days => 2 * s.days) < c.expires_at - c.issued_at
        AND NOT EXISTS (SELECT 1 FROM unnest($4::int[]) n(days) WHERE n.days < s.days AND ${morning('x.ends - n.days')} <= $1::timestamptz)`,
  },
};
