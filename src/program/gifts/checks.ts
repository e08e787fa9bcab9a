/** What verify asks about printed codes that members $1 < id <= $2 have used, in the columns of its other checks: each gave what it promised, once. */
export const codeChecks = `
  SELECT 'printed_code', encode(x.code_hash, 'hex'), x.used_by, k.what, k.expected, k.found FROM printed_code x JOIN code_batch b ON b.id = x.batch_id
    LEFT JOIN entry e ON e.key = x.key AND e.kind = 'grant' LEFT JOIN coupon c ON c.key = x.key AND c.source = 'code'
    CROSS JOIN LATERAL (VALUES
      ('points', b.gives ->> 'points', e.delta::text),
      ('reward', b.gives -> 'reward' ->> 'id', c.reward)
    ) k (what, expected, found) WHERE x.used_by > $1 AND x.used_by <= $2 AND k.expected IS DISTINCT FROM k.found`;
