// Carried remainders, checked per member and rule over the sales that carry, in the order in which they were credited (their ids are drawn
// under the wallet's lock).
//
// While nothing was refunded, the chain is exact, whatever the rate did: the first sale begins with 0, each begins with what the one
// before left (in its own units, when the rate changed), and the carry is what the last one left.
//
// A refund takes its money (amount × rate) out of what is carried, and gives the points that go back (× per) to it. So with one rate, to
// the last part of a point: carry = Σ (carriedOut − carriedIn) + Σ refunds (pointsBack × per − amount × rate).
// After a refund and a change of rate only the single sales are checked, and so they are when nobody knows how many points went back.

/** The sums that the checks below compare. Goes behind the rows of a batch. */
export const carryRows = `
  chain AS MATERIALIZED (
    SELECT s.*, lag(s.carried_out) OVER w AS left_before, lag(s.per) OVER w AS per_before,
      bool_or(s.undone_at IS NOT NULL OR s.any_refund) OVER (PARTITION BY s.member_id, s.rule) AS any_undone
    FROM sales s WHERE s.carries WINDOW w AS (PARTITION BY s.member_id, s.rule ORDER BY s.id)
  ), carried AS MATERIALIZED (
    SELECT c.member_id, c.rule, bool_or(c.any_undone) AS any_undone, (array_agg(c.per ORDER BY c.id DESC))[1] AS last_per,
      min(c.per) = max(c.per) AND bool_and(c.back_known IS NOT false) AS exact,
      sum(c.carried_out - c.carried_in + CASE WHEN c.any_refund THEN c.back * c.per - c.refunded * c.rate ELSE 0 END) AS left_now,
      (array_agg(c.carried_out ORDER BY c.id DESC))[1] AS last_left
    FROM chain c GROUP BY c.member_id, c.rule
  )`;

export const carryChecks = `
  SELECT 'sale', c.id::text, c.member_id, 'carriedIn', r.carried_in::text, c.carried_in::text FROM chain c
    CROSS JOIN LATERAL (SELECT CASE WHEN c.left_before IS NULL THEN 0 ELSE trunc(c.left_before * c.per / c.per_before) END AS carried_in) r
    WHERE NOT c.any_undone AND r.carried_in IS DISTINCT FROM c.carried_in
  UNION ALL
  SELECT 'carry', coalesce(s.rule, c.rule), coalesce(s.member_id, c.member_id), v.what, v.expected, v.found
    FROM carried s FULL JOIN (SELECT * FROM carry WHERE member_id > $1 AND member_id <= $2) c ON c.member_id = s.member_id AND c.rule = s.rule
    CROSS JOIN LATERAL (VALUES
      ('denominator', coalesce(s.last_per::text, 'no sale'), coalesce(c.denominator::text, 'none')),
      ('numerator', CASE WHEN NOT s.any_undone THEN s.last_left WHEN s.exact THEN s.left_now ELSE c.numerator END::text, c.numerator::text)
    ) v (what, expected, found) WHERE v.expected IS DISTINCT FROM v.found`;
