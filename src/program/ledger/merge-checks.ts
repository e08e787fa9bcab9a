// Two cards that became one, and what parted again: what left one wallet came to the other, except a second welcome gift, plus the points that two
// remainders made together. A closed wallet names the one that is open, a sale is whose the last line about it says.

export const mergeChecks = `
  SELECT 'member_merge', m.id::text, m.merged_id, c.what, c.expected, c.found FROM member_merge m
    LEFT JOIN entry gone ON gone.key = m.key || ':out' AND gone.member_id = m.merged_id LEFT JOIN entry came ON came.key = m.key || ':in' AND came.member_id = m.kept_id
    LEFT JOIN entry parted ON parted.key = m.undone_key || ':out' AND parted.member_id = m.kept_id
    LEFT JOIN entry back ON back.key = m.undone_key || ':in' AND back.member_id = m.merged_id
    CROSS JOIN LATERAL (SELECT coalesce((came.reason ->> 'carried')::bigint, 0) AS carried,
      coalesce((gone.reason ->> 'welcome')::bigint, 0) AS welcome) r
    CROSS JOIN LATERAL (VALUES
      ('points', (coalesce(-gone.delta, 0) - r.welcome + r.carried)::text, coalesce(came.delta, 0)::text),
      ('points of the merge', (coalesce(-gone.delta, 0) - r.welcome)::text, m.points::text),
      ('debt', coalesce(-gone.debt, 0)::text, coalesce(came.debt, 0)::text),
      ('points that went back', CASE WHEN m.undone_at IS NOT NULL THEN coalesce(-parted.delta, 0) + r.welcome END::text,
        CASE WHEN m.undone_at IS NOT NULL THEN coalesce(back.delta, 0) END::text),
      ('points of the parting', m.undone_points::text, CASE WHEN m.undone_at IS NOT NULL THEN coalesce(back.delta, 0) END::text)
    ) c (what, expected, found) WHERE m.merged_id > $1 AND m.merged_id <= $2 AND c.expected IS DISTINCT FROM c.found
  UNION ALL
  SELECT 'wallet', w.member_id::text, w.member_id, 'merged_into', r.root::text, w.merged_into::text FROM wallet w
    CROSS JOIN LATERAL (
      WITH RECURSIVE up AS (
        SELECT m.kept_id AS id, 1 AS depth FROM member_merge m WHERE m.merged_id = w.member_id AND m.undone_at IS NULL
        UNION ALL
        SELECT m.kept_id, up.depth + 1 FROM up JOIN member_merge m ON m.merged_id = up.id AND m.undone_at IS NULL WHERE up.depth < 100
      ) SELECT (SELECT id FROM up ORDER BY depth DESC LIMIT 1) AS root
    ) r
    WHERE w.member_id > $1 AND w.member_id <= $2 AND (w.merged_into IS NOT NULL OR EXISTS (SELECT 1 FROM member_merge m WHERE m.merged_id = w.member_id))
      AND r.root IS DISTINCT FROM w.merged_into
  UNION ALL
  SELECT 'sale', s.id::text, s.bought_by, 'member', x.to_id::text, s.member_id::text FROM sales s
    CROSS JOIN LATERAL (SELECT to_id FROM sale_move WHERE sale_id = s.id ORDER BY id DESC LIMIT 1) x WHERE s.moved AND x.to_id <> s.member_id
  UNION ALL
  SELECT 'pending', s.pending_id::text, s.bought_by, 'member', s.member_id::text, p.member_id::text FROM sales s JOIN pending p ON p.id = s.pending_id
    WHERE p.member_id <> s.member_id`;
