/**
 * What verify asks about coupons of members $1 < id <= $2, in the columns of its other checks: what a coupon had cost left the card, what came back was what
 * it had cost (nothing of a gift card that was spent partly), and the log says the same as the coupon. What is left of stored value is what was neither spent nor
 * given away, and what was given away is what came.
 */
export const couponChecks = `
  SELECT 'coupon', c.id::text, c.member_id, k.what, k.expected, k.found FROM coupon c
    LEFT JOIN entry spent ON spent.id = c.entry_id AND spent.kind = 'spend' AND spent.reason ->> 'coupon' = c.id::text
    LEFT JOIN coupon_event v ON v.coupon_id = c.id AND v.kind = 'cancelled'
    LEFT JOIN coupon_event u ON u.coupon_id = c.id AND u.kind = 'used'
    LEFT JOIN entry back ON back.key = v.key || ':return' AND back.kind = 'return'
    CROSS JOIN LATERAL (VALUES
      ('points it cost', CASE WHEN c.source = 'redeem' THEN coalesce((c.terms ->> 'cost')::bigint, 0) ELSE 0 END::text, coalesce(-spent.delta, 0)::text),
      ('points given back', CASE WHEN c.cancelled_at IS NOT NULL AND c.left_minor IS NOT DISTINCT FROM c.value_minor THEN coalesce(-spent.delta, 0)
        ELSE 0 END::text, coalesce(back.delta, 0)::text),
      ('cancelled_at', v.at::text, c.cancelled_at::text),
      ('left_minor', (c.value_minor - (SELECT coalesce(sum((g.details ->> 'amountMinor')::bigint), 0) FROM coupon_event g WHERE g.coupon_id = c.id))::text,
        c.left_minor::text),
      ('value_minor', CASE WHEN c.source = 'gift' THEN (SELECT g.details ->> 'amountMinor' FROM coupon_event g WHERE g.key = c.key) END,
        CASE WHEN c.source = 'gift' THEN c.value_minor::text END),
      ('used_at', CASE WHEN c.value_minor IS NULL THEN u.at::text END, CASE WHEN c.value_minor IS NULL THEN c.used_at::text END)
    ) k (what, expected, found) WHERE c.member_id > $1 AND c.member_id <= $2 AND k.expected IS DISTINCT FROM k.found`;

/** Limited stocks against the coupons that were issued of them, all at once. A gift card that was cancelled after a part of it was spent is no piece again. */
export const stockChecks = `
  SELECT 'reward_stock', coalesce(r.reward, c.reward), NULL::int, 'issued', coalesce(c.count, 0)::text, coalesce(r.issued, 0)::text FROM reward_stock r
    FULL JOIN (SELECT reward, count(*) FROM coupon WHERE terms ? 'stock' AND (cancelled_at IS NULL OR left_minor < value_minor) GROUP BY reward) c ON c.reward = r.reward
    WHERE coalesce(c.count, 0) <> coalesce(r.issued, 0)`;
