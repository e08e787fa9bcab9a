// What segments ask of a member, against what it was copied from. For the members $1 < id <= $2.

export const factChecks = `
  SELECT 'member_fact', x.member_id::text, x.member_id, c.what, c.expected, c.found
  FROM facts_of($1 + 1, $2) x LEFT JOIN member_fact f ON f.member_id = x.member_id
    CROSS JOIN LATERAL (VALUES
      ('row', x.member_id::text, f.member_id::text),
      ('visits', x.visits::text, f.visits::text),
      ('spent_minor', x.spent_minor::text, f.spent_minor::text),
      ('first_at', x.first_at::text, f.first_at::text),
      ('last_at', x.last_at::text, f.last_at::text),
      ('shop', x.shop, f.shop),
      ('open', x.open::text, f.open::text),
      ('joined_at', x.joined_at::text, f.joined_at::text),
      ('birthday', x.birthday, f.birthday),
      ('points', x.points::text, f.points::text),
      ('tier', x.tier, f.tier),
      ('language', x.language, f.language),
      ('marketing', x.marketing::text, f.marketing::text),
      ('channels', x.channels::text, f.channels::text),
      ('tags', x.tags::text, f.tags::text)
    ) c (what, expected, found) WHERE c.expected IS DISTINCT FROM c.found AND (f.member_id IS NOT NULL OR c.what = 'row')`;
