/**
 * What verify asks about coupons of members $1 < id <= $2, in the columns of its other checks: what a coupon had cost left the card, what came back was what
 * it had cost, and the log says the same as the coupon. Who spends stored value or gives seats away keeps a log of their own kind.
 */
export const couponChecks = `
  SELECT 'coupon', c.id::text, c.member_id, k.what, k.expected, k.found FROM coupon c
    LEFT JOIN entry spent ON spent.id = c.entry_id AND spent.kind = 'spend' AND spent.reason ->> 'coupon' = c.id::text
    LEFT JOIN coupon_event v ON v.coupon_id = c.id AND v.kind = 'cancelled'
    LEFT JOIN coupon_event u ON u.coupon_id = c.id AND u.kind = 'used'
    LEFT JOIN entry back ON back.key = v.key || ':return' AND back.kind = 'return'
    CROSS JOIN LATERAL (VALUES
      ('points it cost', CASE WHEN c.source = 'redeem' THEN coalesce((c.terms ->> 'cost')::bigint, 0) ELSE 0 END::text, coalesce(-spent.delta, 0)::text),
      ('points given back', CASE WHEN c.cancelled_at IS NOT NULL THEN coalesce(-spent.delta, 0) ELSE 0 END::text, coalesce(back.delta, 0)::text),
      ('cancelled_at', v.at::text, c.cancelled_at::text),
      ('used_at', CASE WHEN c.value_minor IS NULL THEN u.at::text END, CASE WHEN c.value_minor IS NULL THEN c.used_at::text END)
    ) k (what, expected, found) WHERE c.member_id > $1 AND c.member_id <= $2 AND k.expected IS DISTINCT FROM k.found`;

/** Limited stocks against the coupons that were issued of them, all at once. */
export const stockChecks = `
  SELECT 'reward_stock', coalesce(r.reward, c.reward), NULL::int, 'issued', coalesce(c.count, 0)::text, coalesce(r.issued, 0)::text FROM reward_stock r
    FULL JOIN (SELECT reward, count(*) FROM coupon WHERE terms ? 'stock' AND cancelled_at IS NULL GROUP BY reward) c ON c.reward = r.reward
    WHERE coalesce(c.count, 0) <> coalesce(r.issued, 0)`;
