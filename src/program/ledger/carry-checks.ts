// Carried remainders, checked per member and rule over the sales that carry, in the order in which they were credited (their ids are drawn
// under the wallet's lock).
//
// While nothing was refunded, the chain is exact, whatever the rate did: the first sale begins with 0, each begins with what the one
// before left (in its own unit, when that changed), and the carry is what the last one left.
//
// A refund takes what its money was worth out of what is carried, and gives the points that go back (× per) to it. So with one unit, to
// the last part of a point: carry = Σ (carriedOut − carriedIn) + Σ refunds (pointsBack × per − worth).
// After a refund and a change of unit only the single sales are checked, and so they are when nobody knows how many points went back.
//
// Two cards that become one add what they carry, and part with it again; each step stands in carry_move and is one more summand. Where a sale that
// moved was refunded, nobody wrote down whose carry that was: only the single sales are checked.

/** The sums that the checks below compare. Goes behind the rows of a batch. */
export const carryRows = `
  chain AS MATERIALIZED (
    SELECT s.*, lag(s.carried_out) OVER w AS left_before, lag(s.per) OVER w AS per_before,
      bool_or(s.undone_at IS NOT NULL OR s.any_refund) OVER (PARTITION BY s.bought_by, s.rule)
        OR EXISTS (SELECT 1 FROM carry_move x WHERE x.member_id = s.bought_by AND x.rule = s.rule) AS any_undone
    FROM sales s WHERE s.carries WINDOW w AS (PARTITION BY s.bought_by, s.rule ORDER BY s.id)
  ), carry_moved AS MATERIALIZED (
    SELECT x.member_id, x.rule, sum(x.numerator) AS numerator, min(x.denominator) AS least, max(x.denominator) AS greatest,
      (array_agg(x.denominator ORDER BY x.id))[1] AS first
    FROM carry_move x WHERE x.member_id > $1 AND x.member_id <= $2 GROUP BY x.member_id, x.rule
  ), shaken AS MATERIALIZED (
    SELECT DISTINCT v.member_id FROM sale_move x JOIN refund r ON r.sale_id = x.sale_id CROSS JOIN LATERAL (VALUES (x.from_id), (x.to_id)) v (member_id)
      WHERE v.member_id > $1 AND v.member_id <= $2
  ), carried AS MATERIALIZED (
    SELECT c.bought_by AS member_id, c.rule, bool_or(c.any_undone) AS any_undone, (array_agg(c.per ORDER BY c.id DESC))[1] AS last_per,
      min(c.per) = max(c.per) AND bool_and(c.back_known IS NOT false) AS exact,
      sum(c.carried_out - c.carried_in + CASE WHEN c.any_refund THEN c.back * c.per - c.value_back ELSE 0 END) AS left_now,
      (array_agg(c.carried_out ORDER BY c.id DESC))[1] AS last_left
    FROM chain c GROUP BY c.bought_by, c.rule
  )`;

export const carryChecks = `
  SELECT 'sale', c.id::text, c.bought_by, 'carriedIn', r.carried_in::text, c.carried_in::text FROM chain c
    CROSS JOIN LATERAL (SELECT CASE WHEN c.left_before IS NULL THEN 0 ELSE trunc(c.left_before * c.per / c.per_before) END AS carried_in) r
    WHERE NOT c.any_undone AND r.carried_in IS DISTINCT FROM c.carried_in
  UNION ALL
  SELECT 'carry', coalesce(s.rule, c.rule), coalesce(s.member_id, c.member_id), v.what, v.expected, v.found
    FROM carried s FULL JOIN (SELECT * FROM carry WHERE member_id > $1 AND member_id <= $2) c ON c.member_id = s.member_id AND c.rule = s.rule
    LEFT JOIN carry_moved x ON x.member_id = coalesce(s.member_id, c.member_id) AND x.rule = coalesce(s.rule, c.rule)
    LEFT JOIN shaken ON shaken.member_id = coalesce(s.member_id, c.member_id)
    CROSS JOIN LATERAL (VALUES
      ('denominator', coalesce(s.last_per::text, x.first::text, 'no sale'), coalesce(c.denominator::text, 'none')),
      ('numerator', CASE WHEN NOT s.any_undone THEN s.last_left
        WHEN shaken.member_id IS NULL AND s.exact IS NOT false AND (x.rule IS NULL OR (x.least = x.greatest AND x.least = coalesce(s.last_per, x.least)))
          THEN coalesce(s.left_now, 0) + coalesce(x.numerator, 0)
        ELSE c.numerator END::text, c.numerator::text)
    ) v (what, expected, found) WHERE v.expected IS DISTINCT FROM v.found`;
