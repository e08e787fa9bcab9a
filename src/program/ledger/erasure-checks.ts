/**
 * What verify asks about people who were erased, of members $1 < id <= $2, in the columns of its other checks: what the log of erasures says left their card is what
 * its entries say, nobody lost points so otherwise, and their wallet is closed.
 */
export const erasureChecks = `
  SELECT 'erasure', coalesce(x.id::text, 'none'), m.id, c.what, c.expected, c.found FROM member m
    LEFT JOIN erasure x ON x.member_id = m.id
    LEFT JOIN (SELECT member_id, sum(-delta) AS points, sum(-debt) AS debt FROM e WHERE kind = 'forfeit' GROUP BY member_id) gone ON gone.member_id = m.id
    CROSS JOIN LATERAL (VALUES
      ('points', coalesce(gone.points, 0)::text, coalesce(x.points, 0)::text),
      ('debt', coalesce(gone.debt, 0)::text, coalesce(x.debt, 0)::text),
      ('closed', CASE WHEN x.id IS NOT NULL THEN x.at::text END, CASE WHEN x.id IS NOT NULL THEN (SELECT w.closed_at::text FROM wallet w WHERE w.member_id = m.id) END)
    ) c (what, expected, found) WHERE m.id > $1 AND m.id <= $2 AND c.expected IS DISTINCT FROM c.found`;
