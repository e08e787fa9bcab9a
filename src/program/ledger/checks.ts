// What verify asks the database: every check selects the rows that are off as (place, id, member, what, expected, found). `e`,
// `allocations`, `lots`, `refunds`, `sales`, `by_sale` and the wallets are those of members $1 < id <= $2.

const numberIn = (name: string): string =>
  `CASE WHEN jsonb_typeof(s.snapshot -> '${name}') = 'number' THEN (s.snapshot ->> '${name}')::numeric END`;

/** The rows of a batch, each read once. */
const rows = `
  e AS MATERIALIZED (
    SELECT n.*, row_number() OVER w AS place_in_chain, entry_hash(coalesce(lag(n.hash) OVER w, ''), n) AS right_hash,
      coalesce(lag(n.balance_after) OVER w, 0) + n.delta AS right_balance, coalesce(lag(n.debt_after) OVER w, 0) + n.debt AS right_debt,
      lead(n.id) OVER w IS NULL AS is_last
    FROM entry n WHERE n.member_id > $1 AND n.member_id <= $2 WINDOW w AS (PARTITION BY n.member_id ORDER BY n.version)
  ), allocations AS MATERIALIZED (
    SELECT a.*, e.member_id, e.kind FROM e JOIN allocation a ON a.entry_id = e.id
  ), lots AS MATERIALIZED (
    SELECT l.*, e.member_id AS owner, e.sale_id, e.at AS given_at, coalesce(a.taken, 0) AS taken, coalesce(a.expired, 0) AS expired
    FROM e JOIN lot l ON l.entry_id = e.id LEFT JOIN (
      SELECT lot_id, sum(amount) AS taken, sum(amount) FILTER (WHERE kind = 'expire') AS expired FROM allocations GROUP BY lot_id
    ) a ON a.lot_id = l.id
  ), refunds AS MATERIALIZED (
    SELECT r.*, s.member_id, s.amount_minor AS paid, e.id AS entry_id, e.delta, e.debt, e.balance_after AS entry_balance, e.reason,
      sum(r.amount_minor) OVER w AS refunded, sum(r.points_back) OVER w AS back, lead(r.id) OVER w IS NULL AS is_last
    FROM refund r JOIN sale s ON s.id = r.sale_id LEFT JOIN e ON e.key = r.key AND e.kind = 'undo' AND e.sale_id = r.sale_id
    WHERE s.member_id > $1 AND s.member_id <= $2 WINDOW w AS (PARTITION BY r.sale_id ORDER BY r.id)
  ), refunds_of AS MATERIALIZED (
    SELECT sale_id, sum(amount_minor) AS refunded, sum(points_back) AS back, bool_and(points_back IS NOT NULL) AS back_known,
      sum(points_taken) AS taken, sum(points_owed) AS owed, max(at) FILTER (WHERE is_last) AS last_at
    FROM refunds GROUP BY sale_id
  ), sales AS MATERIALIZED (
    SELECT s.*, t.carries, t.rule, t.rate, t.per, t.carried_in, t.carried_out, r.sale_id IS NOT NULL AS any_refund, r.refunded, r.back, r.back_known,
      r.taken, r.owed, r.last_at AS refunded_at
    FROM sale s LEFT JOIN refunds_of r ON r.sale_id = s.id CROSS JOIN LATERAL (
      SELECT s.snapshot -> 'carry' = 'true' AS carries, s.snapshot ->> 'rule' AS rule, nullif(${numberIn('points')}, 0) AS rate,
        nullif(${numberIn('per')}, 0) AS per, ${numberIn('carriedIn')} AS carried_in, ${numberIn('carriedOut')} AS carried_out
    ) t WHERE s.member_id > $1 AND s.member_id <= $2
  ), by_sale AS MATERIALIZED (
    SELECT sale_id, sum(delta) FILTER (WHERE kind = 'credit') AS given, sum(delta) FILTER (WHERE kind = 'undo') AS taken_back,
      sum(debt) FILTER (WHERE kind = 'undo') AS owed, max(key) FILTER (WHERE kind = 'credit') AS key,
      (array_agg(balance_after ORDER BY version DESC) FILTER (WHERE kind IN ('credit', 'debt')))[1] AS credit_balance
    FROM e WHERE sale_id IS NOT NULL GROUP BY sale_id
  ), expired_of AS MATERIALIZED (SELECT sale_id, sum(expired) AS expired FROM lots WHERE sale_id IS NOT NULL GROUP BY sale_id)`;

const entryChecks = `
  SELECT 'entry', e.id::text, e.member_id, c.what, c.expected, c.found FROM e
    LEFT JOIN (SELECT entry_id, sum(earned) AS earned FROM lots GROUP BY entry_id) l ON l.entry_id = e.id
    LEFT JOIN (SELECT entry_id, sum(amount) AS amount FROM allocations GROUP BY entry_id) a ON a.entry_id = e.id
    LEFT JOIN sale s ON s.id = e.sale_id
    CROSS JOIN LATERAL (VALUES
      ('version', e.place_in_chain::text, e.version::text),
      ('hash', encode(e.right_hash, 'hex'), encode(e.hash, 'hex')),
      ('balance_after', e.right_balance::text, e.balance_after::text),
      ('debt_after', e.right_debt::text, e.debt_after::text),
      ('lots', greatest(e.delta, 0)::text, coalesce(l.earned, 0)::text),
      ('allocations', greatest(-e.delta, 0)::text, coalesce(a.amount, 0)::text),
      ('member of the sale', CASE WHEN e.sale_id IS NOT NULL OR e.kind IN ('credit', 'undo') THEN e.member_id::text END,
        CASE WHEN e.sale_id IS NOT NULL OR e.kind IN ('credit', 'undo') THEN coalesce(s.member_id::text, 'no sale') END)
    ) c (what, expected, found) WHERE c.expected IS DISTINCT FROM c.found`;

const lotChecks = `
  SELECT 'lot', l.id::text, l.owner, c.what, c.expected, c.found FROM lots l
    CROSS JOIN LATERAL (VALUES
      ('remaining', (l.earned - l.taken)::text, l.remaining::text),
      ('member', l.owner::text, l.member_id::text),
      ('earned_at', l.given_at::text, l.earned_at::text)
    ) c (what, expected, found) WHERE c.expected IS DISTINCT FROM c.found
  UNION ALL
  SELECT 'allocation', a.entry_id || '/' || a.lot_id, a.member_id, 'lot of the same member', a.member_id::text, coalesce(l.member_id::text, 'no lot')
    FROM allocations a LEFT JOIN lot l ON l.id = a.lot_id WHERE l.member_id IS DISTINCT FROM a.member_id`;

const walletChecks = `
  SELECT 'wallet', m.id::text, m.id, c.what, c.expected, c.found
    FROM member m LEFT JOIN wallet w ON w.member_id = m.id LEFT JOIN e ON e.member_id = m.id AND e.is_last
      LEFT JOIN (SELECT owner, sum(remaining) AS remaining FROM lots GROUP BY owner) l ON l.owner = m.id
    CROSS JOIN LATERAL (VALUES
      ('balance', coalesce(e.balance_after, 0)::text, coalesce(w.balance::text, 'no wallet')),
      ('debt', coalesce(e.debt_after, 0)::text, coalesce(w.debt::text, 'no wallet')),
      ('version', coalesce(e.version, 0)::text, coalesce(w.version::text, 'no wallet')),
      ('head', encode(coalesce(e.hash, ''), 'hex'), coalesce(encode(w.head, 'hex'), 'no wallet')),
      ('sum of its lots', coalesce(w.balance::text, 'no wallet'), coalesce(l.remaining, 0)::text)
    ) c (what, expected, found) WHERE m.id > $1 AND m.id <= $2 AND c.expected IS DISTINCT FROM c.found`;

// A sale isn't in the hash chain, but its entry is, and with it the hash of what was asked for.
const saleChecks = `
  SELECT 'sale', s.id::text, s.member_id, c.what, c.expected, c.found FROM sales s LEFT JOIN by_sale b ON b.sale_id = s.id
    CROSS JOIN LATERAL (VALUES
      ('points', coalesce(b.given, 0)::text, s.points::text),
      ('points by its rate', greatest(floor((s.amount_minor * s.rate + CASE WHEN s.carries THEN s.carried_in ELSE 0 END) / s.per), 0)::text, s.points::text),
      ('carriedOut', CASE WHEN s.carries THEN s.carried_in + s.amount_minor * s.rate - s.points * s.per ELSE 0 END::text, s.carried_out::text),
      ('key', coalesce(b.key, s.key), s.key),
      ('balance_after', coalesce(b.credit_balance, s.balance_after)::text, s.balance_after::text),
      ('undone_at', CASE WHEN s.refunded = s.amount_minor THEN s.refunded_at END::text, s.undone_at::text),
      ('refunded_minor', coalesce(s.refunded, 0)::text, s.refunded_minor::text),
      ('points taken back', coalesce(-b.taken_back, 0)::text, coalesce(s.taken, 0)::text),
      ('points owed', coalesce(b.owed, 0)::text, coalesce(s.owed, 0)::text),
      ('request_hash', encode(request_hash('credit', s.member_id::text, s.amount_minor::text, s.currency,
        CASE WHEN s.receipt <> '#' || s.id THEN s.receipt END, s.actor_id::text), 'hex'), encode(s.request_hash, 'hex'))
    ) c (what, expected, found) WHERE c.expected IS DISTINCT FROM c.found`;

// Over all refunds of a sale: its rule says how many points go back (with a carried remainder it is the carry that says so, see there), and
// what goes back is taken or owed, less what has expired of the sale. What went back is not known of a sale undone before there were
// refunds of parts, when all of its points had expired.
const refundChecks = `
  SELECT 'refund', r.id::text, r.member_id, c.what, c.expected, c.found FROM refunds r JOIN sales s ON s.id = r.sale_id
    LEFT JOIN expired_of x ON x.sale_id = r.sale_id
    CROSS JOIN LATERAL (SELECT coalesce(s.back, s.points) AS back, s.taken + s.owed AS taken) t
    CROSS JOIN LATERAL (SELECT request_hash('undo', s.id::text, r.actor_id::text) AS whole,
      request_hash('refund', s.id::text, r.amount_minor::text, r.actor_id::text) AS part) h
    CROSS JOIN LATERAL (VALUES
      ('points_taken', coalesce(-r.delta, 0)::text, r.points_taken::text),
      ('points_owed', coalesce(r.debt, 0)::text, r.points_owed::text),
      ('balance_after', coalesce(r.entry_balance, r.balance_after)::text, r.balance_after::text),
      ('amount of its entry', CASE WHEN r.entry_id IS NULL OR r.amount_minor = r.paid THEN NULL ELSE r.amount_minor::text END, r.reason ->> 'amountMinor'),
      ('points_back', CASE WHEN s.carries THEN CASE WHEN r.back > s.points THEN 'at most ' || s.points ELSE r.back::text END
        ELSE (s.points - floor((s.amount_minor - r.refunded) * s.rate / s.per))::text END, r.back::text),
      ('points of the sale', CASE WHEN r.is_last AND NOT t.taken BETWEEN greatest(0, t.back - coalesce(x.expired, 0)) AND t.back
        THEN greatest(0, t.back - coalesce(x.expired, 0)) || ' to ' || t.back ELSE t.taken::text END, t.taken::text),
      ('request_hash', encode(CASE WHEN r.refunded = r.paid AND r.request_hash = h.whole THEN h.whole ELSE h.part END, 'hex'), encode(r.request_hash, 'hex'))
    ) c (what, expected, found) WHERE c.expected IS DISTINCT FROM c.found`;

export { entryChecks, lotChecks, refundChecks, rows, saleChecks, walletChecks };
