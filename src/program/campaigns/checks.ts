/** What verify asks about budgets, all at once, in the columns of its other checks: a campaign gave what its claims say. */
export const budgetChecks = `
  SELECT 'campaign', c.id::text, NULL::int, k.what, k.expected, k.found FROM campaign c
    LEFT JOIN (SELECT r.campaign_id, count(r.coupon_id) AS coupons, sum(e.delta) AS points FROM campaign_response r LEFT JOIN entry e ON e.id = r.entry_id
      WHERE r.kind = 'claimed' GROUP BY r.campaign_id) g ON g.campaign_id = c.id
    CROSS JOIN LATERAL (VALUES
      ('given_coupons', coalesce(g.coupons, 0)::text, c.given_coupons::text),
      ('given_points', coalesce(g.points, 0)::text, c.given_points::text)
    ) k (what, expected, found) WHERE k.expected <> k.found`;
