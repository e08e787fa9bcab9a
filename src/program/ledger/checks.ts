// What verify asks the database: every check selects the rows that are off as (place, id, member, what, expected, found). `e`,
// `allocations`, `lots`, `refunds`, `sales`, `by_sale` and the wallets are those of members $1 < id <= $2. A sale is checked with whoever made it
// (`bought_by`), also after two cards became one: its later entries may then be another member's.

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
    SELECT l.*, e.member_id AS owner, e.at AS given_at, e.kind AS given_kind, e.sale_id AS entry_sale, coalesce(a.taken, 0) AS taken, coalesce(a.expired, 0) AS expired
    FROM e JOIN lot l ON l.entry_id = e.id LEFT JOIN (
      SELECT lot_id, sum(amount) AS taken, sum(amount) FILTER (WHERE kind = 'expire') AS expired FROM allocations GROUP BY lot_id
    ) a ON a.lot_id = l.id
  ), sold AS MATERIALIZED (
    SELECT s.*, s.member_id AS bought_by, false AS moved FROM sale s
      WHERE s.member_id > $1 AND s.member_id <= $2 AND NOT EXISTS (SELECT 1 FROM sale_move x WHERE x.sale_id = s.id)
    UNION ALL
    SELECT s.*, f.from_id, true FROM sale_move f JOIN sale s ON s.id = f.sale_id
      WHERE f.from_id > $1 AND f.from_id <= $2 AND NOT EXISTS (SELECT 1 FROM sale_move x WHERE x.sale_id = f.sale_id AND x.id < f.id)
  ), of_sales AS MATERIALIZED (
    SELECT id, kind, delta, debt, balance_after, key, sale_id, reason, at FROM e WHERE sale_id IS NOT NULL OR kind IN ('return', 'debt')
    UNION ALL
    SELECT n.id, n.kind, n.delta, n.debt, n.balance_after, n.key, n.sale_id, n.reason, n.at FROM sold s JOIN entry n ON n.sale_id = s.id
      WHERE s.moved AND NOT (n.member_id > $1 AND n.member_id <= $2)
    UNION ALL
    SELECT n.id, n.kind, n.delta, n.debt, n.balance_after, n.key, n.sale_id, n.reason, n.at FROM sold s JOIN refund r ON r.sale_id = s.id
      JOIN entry n ON n.key IN (r.key || ':return', r.key || ':return:debt') WHERE s.moved AND n.sale_id IS NULL AND NOT (n.member_id > $1 AND n.member_id <= $2)
  ), refunds AS MATERIALIZED (
    SELECT r.*, s.bought_by AS member_id, s.amount_minor AS paid, e.id AS entry_id, e.delta, e.debt, e.reason AS entry_reason,
      sum(r.amount_minor) OVER w AS refunded, sum(r.points_back) OVER w AS back, sum(r.value_back) OVER w AS value_gone, lead(r.id) OVER w IS NULL AS is_last,
      sum(r.points_returned) OVER w AS all_returned, s.paid_points, came.id AS return_id, came.delta AS came_back,
      coalesce(settled.balance_after, came.balance_after, e.balance_after) AS moved_balance
    FROM refund r JOIN sold s ON s.id = r.sale_id LEFT JOIN of_sales e ON e.key = r.key AND e.kind = 'undo' AND e.sale_id = r.sale_id
      LEFT JOIN of_sales came ON came.key = r.key || ':return' AND came.kind = 'return' LEFT JOIN of_sales settled ON settled.key = r.key || ':return:debt'
    WINDOW w AS (PARTITION BY r.sale_id ORDER BY r.id)
  ), refunds_of AS MATERIALIZED (
    SELECT sale_id, sum(value_back) AS value_back, sum(points_pending) AS from_pending, sum(points_written_off) AS written_off, sum(amount_minor) AS refunded, sum(points_back) AS back, bool_and(points_back IS NOT NULL) AS back_known,
      sum(points_taken) AS taken, sum(points_owed) AS owed, max(at) FILTER (WHERE is_last) AS last_at
    FROM refunds GROUP BY sale_id
  ), sales AS MATERIALIZED (
    SELECT s.*, t.carries, t.rule, t.worth, t.per, t.carried_in, t.carried_out, r.sale_id IS NOT NULL AS any_refund, r.refunded, r.back, r.back_known,
      r.taken, r.owed, r.value_back, r.from_pending, r.written_off, r.last_at AS refunded_at, w.id AS pending_id, w.points AS pending_points,
      w."left" AS pending_left, w.released_at
    FROM sold s LEFT JOIN refunds_of r ON r.sale_id = s.id LEFT JOIN pending w ON w.sale_id = s.id CROSS JOIN LATERAL (
      SELECT s.snapshot -> 'carry' = 'true' AS carries, s.snapshot ->> 'rule' AS rule,
        coalesce(${numberIn('value')}, s.amount_minor * nullif(${numberIn('points')}, 0)) AS worth,
        nullif(${numberIn('per')}, 0) AS per, ${numberIn('carriedIn')} AS carried_in, ${numberIn('carriedOut')} AS carried_out
    ) t
  ), by_sale AS MATERIALIZED (
    SELECT sale_id, sum(delta) FILTER (WHERE kind = 'credit') AS given, sum(delta) FILTER (WHERE kind = 'undo') AS taken_back,
      sum(debt) FILTER (WHERE kind = 'undo' AND NOT reason ? 'writtenOff') AS owed, sum(debt) FILTER (WHERE kind = 'undo' AND reason ? 'writtenOff') AS owed_again, -sum(delta) FILTER (WHERE kind = 'spend') AS paid_points, max(key) FILTER (WHERE kind = 'credit') AS key,
      (array_agg(balance_after ORDER BY id DESC) FILTER (WHERE kind IN ('credit', 'debt')))[1] AS credit_balance
    FROM of_sales WHERE sale_id IS NOT NULL GROUP BY sale_id
  ), expired_of AS MATERIALIZED (
    SELECT l.sale_id, sum(l.expired) AS expired FROM lots l JOIN sold s ON s.id = l.sale_id AND NOT s.moved GROUP BY l.sale_id
    UNION ALL
    SELECT s.id, sum(a.amount) FROM sold s JOIN lot l ON l.sale_id = s.id JOIN allocation a ON a.lot_id = l.id
      JOIN entry x ON x.id = a.entry_id AND x.kind = 'expire' WHERE s.moved GROUP BY s.id
  ),
  -- Of points that came back, those that had ended by then.
  returned_ended AS MATERIALIZED (
    SELECT n.id AS entry_id, sum(a.amount) AS gone FROM of_sales n JOIN lot l ON l.entry_id = n.id AND l.expires_at <= n.at JOIN allocation a ON a.lot_id = l.id
      JOIN entry x ON x.id = a.entry_id AND x.kind = 'expire' WHERE n.kind = 'return' GROUP BY n.id
  )`;

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
        CASE WHEN e.sale_id IS NOT NULL OR e.kind IN ('credit', 'undo') THEN coalesce(CASE WHEN EXISTS (SELECT 1 FROM sale_move x
          WHERE x.sale_id = e.sale_id AND e.member_id IN (x.from_id, x.to_id)) THEN e.member_id ELSE s.member_id END::text, 'no sale') END)
    ) c (what, expected, found) WHERE c.expected IS DISTINCT FROM c.found`;

const lotChecks = `
  SELECT 'lot', l.id::text, l.owner, c.what, c.expected, c.found FROM lots l LEFT JOIN lot o ON o.id = l.from_lot_id
    CROSS JOIN LATERAL (VALUES
      ('remaining', (l.earned - l.taken)::text, l.remaining::text),
      ('member', l.owner::text, l.member_id::text),
      ('earned_at', coalesce(o.earned_at, l.given_at)::text, l.earned_at::text),
      ('sale before it moved', CASE WHEN o.id IS NOT NULL THEN o.sale_id END::text, CASE WHEN o.id IS NOT NULL THEN l.sale_id END::text),
      ('end before it moved', CASE WHEN o.renew_months IS NULL THEN o.expires_at END::text,
        CASE WHEN o.id IS NOT NULL AND o.renew_months IS NULL THEN l.expires_at END::text)
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
  SELECT 'sale', s.id::text, s.bought_by, c.what, c.expected, c.found FROM sales s LEFT JOIN by_sale b ON b.sale_id = s.id
    LEFT JOIN payment p ON p.sale_id = s.id
    LEFT JOIN LATERAL (
      -- What a rule for money alone says. With bonuses, pieces or caps only the pricing itself can tell, and its parts stand in the snapshot.
      SELECT div((s.amount_minor - CASE WHEN v.rules #>> '{pay,earnOn}' = 'bill' THEN 0 ELSE s.paid_points_minor END) * (x ->> 'points')::numeric * s.per,
        (x ->> 'perMinor')::numeric) AS worth
      FROM program_version v CROSS JOIN LATERAL jsonb_array_elements(v.rules -> 'earn') x
      WHERE v.id = ${numberIn('version')} AND x ->> 'id' = s.rule AND x ->> 'kind' = 'money'
        AND s.snapshot ? 'value' AND NOT s.snapshot ?| ARRAY['parts', 'room']
    ) rule_says ON true
    CROSS JOIN LATERAL (VALUES
      ('points', CASE WHEN s.pending_id IS NULL THEN coalesce(b.given, 0) ELSE s.pending_points END::text, s.points::text),
      ('points released', CASE WHEN s.released_at IS NOT NULL THEN s.pending_points - coalesce(s.from_pending, 0) WHEN s.pending_id IS NOT NULL THEN 0 END::text,
        CASE WHEN s.pending_id IS NOT NULL THEN coalesce(b.given, 0) END::text),
      ('points pending', (s.pending_points - coalesce(s.from_pending, 0))::text, s.pending_left::text),
      ('worth by its rule', coalesce(rule_says.worth, s.worth)::text, s.worth::text),
      ('points by its worth', greatest(floor((s.worth + CASE WHEN s.carries THEN s.carried_in ELSE 0 END) / s.per), 0)::text, s.points::text),
      ('carriedOut', CASE WHEN s.carries THEN s.carried_in + s.worth - s.points * s.per ELSE 0 END::text, s.carried_out::text),
      ('key', CASE WHEN s.pending_id IS NULL THEN coalesce(b.key, s.key) ELSE s.key END, s.key),
      ('balance_after', CASE WHEN s.pending_id IS NULL THEN coalesce(b.credit_balance, s.balance_after) ELSE s.balance_after END::text, s.balance_after::text),
      ('undone_at', CASE WHEN s.refunded = s.amount_minor THEN s.refunded_at END::text, s.undone_at::text),
      ('refunded_minor', coalesce(s.refunded, 0)::text, s.refunded_minor::text),
      ('points taken back', coalesce(-b.taken_back, 0)::text, coalesce(s.taken, 0)::text),
      ('points owed', coalesce(b.owed, 0)::text, coalesce(s.owed, 0)::text),
      ('points owed after all', CASE WHEN b.owed_again > s.written_off THEN 'at most ' || s.written_off ELSE b.owed_again::text END, b.owed_again::text),
      ('points it was paid with', coalesce(b.paid_points, 0)::text, s.paid_points::text),
      ('the question to pay', p.points || ' = ' || p.worth_minor, CASE WHEN p.id IS NOT NULL THEN s.paid_points || ' = ' || s.paid_points_minor END),
      ('request_hash', encode(request_hash('credit', s.bought_by::text, (s.amount_minor + s.discount_minor)::text, s.currency,
        CASE WHEN s.receipt <> '#' || s.id THEN s.receipt END, s.actor_id::text), 'hex'), encode(s.request_hash, 'hex'))
    ) c (what, expected, found) WHERE c.expected IS DISTINCT FROM c.found`;

// Over all refunds of a sale: its rule says how many points go back (with a carried remainder it is the carry that says so, see there), and
// what goes back is taken or owed, less what has expired of the sale. What went back is not known of a sale undone before there were
// refunds of parts, when all of its points had expired.
const refundChecks = `
  SELECT 'refund', r.id::text, r.member_id, c.what, c.expected, c.found FROM refunds r JOIN sales s ON s.id = r.sale_id
    LEFT JOIN expired_of x ON x.sale_id = r.sale_id LEFT JOIN returned_ended g ON g.entry_id = r.return_id
    CROSS JOIN LATERAL (SELECT coalesce(s.back, s.points) AS back, s.taken + s.owed + s.from_pending + s.written_off AS taken) t
    CROSS JOIN LATERAL (SELECT request_hash('undo', s.id::text, r.actor_id::text) AS whole,
      request_hash('refund', s.id::text, r.amount_minor::text, r.actor_id::text) AS part) h
    CROSS JOIN LATERAL (VALUES
      ('points_taken', coalesce(-r.delta, 0)::text, r.points_taken::text),
      ('points_owed', coalesce(r.debt, 0)::text, r.points_owed::text),
      ('balance_after', coalesce(r.moved_balance - coalesce(g.gone, 0), r.balance_after)::text, r.balance_after::text),
      ('points_returned', coalesce(r.came_back, 0)::text, r.points_returned::text),
      ('points returned so far', CASE WHEN r.paid > 0 THEN div(r.paid_points::numeric * r.refunded, r.paid) ELSE 0 END::text, r.all_returned::text),
      ('amount of its entry', CASE WHEN r.entry_id IS NULL OR r.amount_minor = r.paid THEN NULL ELSE r.amount_minor::text END, r.entry_reason ->> 'amountMinor'),
      ('points_back', CASE WHEN s.carries THEN CASE WHEN r.back > s.points THEN 'at most ' || s.points ELSE r.back::text END
        ELSE (s.points - least(s.points, floor((s.worth - r.value_gone) / s.per)))::text END, r.back::text),
      ('worth', CASE WHEN s.refunded = s.amount_minor AND r.is_last THEN s.worth ELSE r.value_gone END::text, r.value_gone::text),
      ('points of the sale', CASE WHEN r.is_last AND NOT t.taken BETWEEN greatest(0, t.back - coalesce(x.expired, 0)) AND t.back
        THEN greatest(0, t.back - coalesce(x.expired, 0)) || ' to ' || t.back ELSE t.taken::text END, t.taken::text),
      ('request_hash', encode(CASE WHEN r.refunded = r.paid AND r.request_hash = h.whole THEN h.whole ELSE h.part END, 'hex'), encode(r.request_hash, 'hex'))
    ) c (what, expected, found) WHERE c.expected IS DISTINCT FROM c.found`;

export { entryChecks, lotChecks, refundChecks, rows, saleChecks, walletChecks };
