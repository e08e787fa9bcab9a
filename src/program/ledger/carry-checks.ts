// Carried remainders, checked per member and rule over the sales that carry, in the order in which they were credited (their ids are drawn
// under the wallet's lock).
//
// While nothing was undone, the chain is exact, whatever the rate did: the first sale begins with 0, each begins with what the one before
// left (in its own units, when the rate changed), and the carry is what the last one left.
//
// Undoing a sale gives its points back as money (points × per − amount × rate) and keeps at most one point that later sales have
// earned. So with one rate: carry = Σ (carriedOut − carriedIn) + Σ undone (points × per − amount × rate) − kept × per. What was kept shows in the
// refund (points − taken − owed), unless some of the sale had expired by then: `kept` lies between two bounds that are equal without expiry.
// After an undo and a change of rate only the single sales are checked.

/** The sums that the checks below compare. Goes behind the rows of a batch. */
export const carryRows = `
  chain AS MATERIALIZED (
    SELECT s.*, lag(s.carried_out) OVER w AS left_before, lag(s.per) OVER w AS per_before,
      bool_or(s.undone_at IS NOT NULL OR s.refund_id IS NOT NULL) OVER (PARTITION BY s.member_id, s.rule) AS any_undone
    FROM sales s WHERE s.carries WINDOW w AS (PARTITION BY s.member_id, s.rule ORDER BY s.id)
  ), carried AS MATERIALIZED (
    SELECT c.member_id, c.rule, min(c.per) AS least_per, max(c.per) AS most_per, bool_or(c.any_undone) AS any_undone,
      (array_agg(c.per ORDER BY c.id DESC))[1] AS last_per,
      sum(c.carried_out - c.carried_in + CASE WHEN c.refund_id IS NULL THEN 0 ELSE c.points * c.per - c.amount_minor * c.rate END) AS kept_none,
      sum(CASE WHEN c.refund_id IS NULL THEN 0 ELSE greatest(0, c.points - c.points_taken - c.points_owed - coalesce(x.expired, 0)) END) AS kept_least,
      sum(CASE WHEN c.refund_id IS NULL THEN 0 ELSE least(1, c.points - c.points_taken - c.points_owed) END) AS kept_most,
      (array_agg(c.carried_out ORDER BY c.id DESC))[1] AS last_left
    FROM chain c LEFT JOIN expired_of x ON x.sale_id = c.id GROUP BY c.member_id, c.rule
  )`;

export const carryChecks = `
  SELECT 'sale', c.id::text, c.member_id, 'carriedIn', r.carried_in::text, c.carried_in::text FROM chain c
    CROSS JOIN LATERAL (SELECT CASE WHEN c.left_before IS NULL THEN 0 ELSE trunc(c.left_before * c.per / c.per_before) END AS carried_in) r
    WHERE NOT c.any_undone AND r.carried_in IS DISTINCT FROM c.carried_in
  UNION ALL
  SELECT 'carry', coalesce(s.rule, c.rule), coalesce(s.member_id, c.member_id), v.what, v.expected, v.found
    FROM carried s FULL JOIN (SELECT * FROM carry WHERE member_id > $1 AND member_id <= $2) c ON c.member_id = s.member_id AND c.rule = s.rule
    CROSS JOIN LATERAL (SELECT (s.kept_none - c.numerator) / s.most_per AS kept) k
    CROSS JOIN LATERAL (VALUES
      ('denominator', coalesce(s.last_per::text, 'no sale'), coalesce(c.denominator::text, 'none')),
      ('numerator', CASE
        WHEN NOT s.any_undone THEN s.last_left::text
        WHEN s.least_per <> s.most_per OR (k.kept = trunc(k.kept) AND k.kept BETWEEN s.kept_least AND s.kept_most) THEN c.numerator::text
        ELSE concat_ws(' to ', s.kept_none - s.kept_most * s.most_per, CASE WHEN s.kept_least <> s.kept_most THEN s.kept_none - s.kept_least * s.most_per END)
        END, c.numerator::text)
    ) v (what, expected, found) WHERE v.expected IS DISTINCT FROM v.found`;
