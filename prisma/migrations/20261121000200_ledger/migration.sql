-- The ledger. Money-like: every verb is one function, one call, one transaction. Each locks the member's wallet first, then looks
-- its key up (the same key gives the first result again), then acts. READ COMMITTED is sufficient because of that order.
-- The search path names pg_temp last: left out, it would come first, and a temporary table could stand in for a wallet.

-- A refusal: `code` is a locale key, `params` fill its sentence.
CREATE FUNCTION refuse(code text, params jsonb DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'RG001', MESSAGE = code, DETAIL = params::text;
END $$;

CREATE FUNCTION request_hash(VARIADIC parts text[]) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(convert_to(array_to_string(parts, '|', '-'), 'UTF8'));
$$;

-- One link of a member's hash chain: h = sha256(previous h || canonical row).
CREATE FUNCTION entry_hash(previous bytea, e entry) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(previous || convert_to(concat_ws('|', e.member_id, e.version, e.kind, e.delta, e.debt, e.balance_after, e.debt_after, e.key,
    encode(e.request_hash, 'hex'), coalesce(e.actor_id::text, '-'), coalesce(e.sale_id::text, '-'),
    (extract(epoch FROM e.at) * 1000000)::bigint, e.reason::text), 'UTF8'));
$$;

-- Locks the wallet for the rest of the transaction and makes room for what was due: a lot past its date is gone even when the
-- expiry job is late. Every verb begins here.
CREATE FUNCTION wallet_lock(p_member int, p_now timestamptz) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE w wallet;
BEGIN
  SELECT * INTO w FROM wallet WHERE member_id = p_member FOR UPDATE;
  IF NOT FOUND THEN PERFORM refuse('member.unknown'); END IF;
  IF w.balance > 0 AND EXISTS (SELECT 1 FROM lot WHERE member_id = p_member AND remaining > 0 AND expires_at <= p_now) THEN
    PERFORM wallet_expire(p_member, p_now);
    SELECT * INTO w FROM wallet WHERE member_id = p_member;
  END IF;
  RETURN w;
END $$;

-- Writes one entry and moves the wallet with it. The caller holds the wallet's lock. Refuses: ledger.key_reused (the key was used
-- at the same moment for another member, so nobody's lock could show it before).
CREATE FUNCTION ledger_append(p_member int, p_kind text, p_delta bigint, p_debt bigint, p_key text, p_request bytea, p_actor int, p_sale bigint,
  p_at timestamptz, p_reason jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE w wallet; e entry;
BEGIN
  SELECT * INTO w FROM wallet WHERE member_id = p_member;
  e.id := nextval('entry_id_seq');
  e.member_id := p_member; e.version := w.version + 1; e.kind := p_kind; e.delta := p_delta; e.debt := p_debt;
  e.balance_after := w.balance + p_delta; e.debt_after := w.debt + p_debt; e.key := p_key; e.request_hash := p_request;
  e.actor_id := p_actor; e.sale_id := p_sale; e.at := p_at; e.reason := p_reason;
  e.hash := entry_hash(w.head, e);
  INSERT INTO entry SELECT e.* ON CONFLICT (key) DO NOTHING;
  IF NOT FOUND THEN PERFORM refuse('ledger.key_reused'); END IF;
  UPDATE wallet SET balance = e.balance_after, debt = e.debt_after, version = e.version, head = e.hash WHERE member_id = p_member;
  RETURN e.id;
END $$;

-- Takes points from lots for an entry: first from the lots of `p_first_sale` (when given), then nearest expiry, then oldest,
-- never-expiring last.
CREATE FUNCTION lots_take(p_member int, p_entry bigint, p_points bigint, p_first_sale bigint DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE taken bigint; own bigint[];
BEGIN
  own := ARRAY(SELECT id FROM entry WHERE sale_id = p_first_sale);
  WITH ordered AS (
    SELECT l.id, l.remaining, sum(l.remaining) OVER (ORDER BY l.entry_id = ANY (own) DESC, l.expires_at NULLS LAST, l.earned_at, l.id) AS upto
    FROM lot l WHERE l.member_id = p_member AND l.remaining > 0
  ), part AS (
    SELECT id, least(remaining, p_points - (upto - remaining)) AS amount FROM ordered WHERE upto - remaining < p_points
  ), moved AS (
    UPDATE lot SET remaining = lot.remaining - part.amount FROM part WHERE lot.id = part.id
  ), noted AS (
    INSERT INTO allocation (entry_id, lot_id, amount) SELECT p_entry, id, amount FROM part RETURNING amount
  )
  SELECT coalesce(sum(amount), 0) INTO taken FROM noted;
  IF taken <> p_points THEN
    RAISE EXCEPTION 'lots of member % hold % of the % points to take', p_member, taken, p_points;
  END IF;
END $$;

-- Expires what is due, one entry per lot, dated when the lot ended. The caller holds the wallet's lock.
CREATE FUNCTION wallet_expire(p_member int, p_now timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE due record; entry_id bigint; n int := 0;
BEGIN
  FOR due IN SELECT * FROM lot WHERE member_id = p_member AND remaining > 0 AND expires_at <= p_now ORDER BY expires_at, lot.id LOOP
    entry_id := ledger_append(p_member, 'expire', -due.remaining, 0, 'expire:' || due.id, request_hash('expire', due.id::text), NULL, NULL, due.expires_at,
      jsonb_build_object('lot', due.id, 'earnedAt', due.earned_at));
    UPDATE lot SET remaining = 0 WHERE lot.id = due.id;
    INSERT INTO allocation (entry_id, lot_id, amount) VALUES (entry_id, due.id, due.remaining);
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;

-- Gives points and lets them pay what is owed first. The caller holds the wallet's lock.
CREATE FUNCTION points_give(p_member int, p_kind text, p_points bigint, p_key text, p_request bytea, p_actor int, p_sale bigint, p_at timestamptz,
  p_expires_at timestamptz, p_reason jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE given bigint; owed bigint; paying bigint;
BEGIN
  given := ledger_append(p_member, p_kind, p_points, 0, p_key, p_request, p_actor, p_sale, p_at, p_reason);
  INSERT INTO lot (entry_id, member_id, earned, remaining, earned_at, expires_at) VALUES (given, p_member, p_points, p_points, p_at, p_expires_at);
  SELECT debt INTO owed FROM wallet WHERE member_id = p_member;
  IF owed > 0 THEN
    owed := least(owed, p_points);
    paying := ledger_append(p_member, 'debt', -owed, -owed, p_key || ':debt', p_request, p_actor, p_sale, p_at, jsonb_build_object('paidBy', p_kind));
    PERFORM lots_take(p_member, paying, owed, p_sale);
  END IF;
END $$;

-- Notes that a key has been used, and the conversation that led here as ended. `p_request` is what the kernel needs to give the
-- same reply again; without it (imports, jobs) there is nobody to reply to.
CREATE FUNCTION inbox_note(p_key text, p_origin jsonb, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_origin IS NULL THEN RETURN; END IF;
  INSERT INTO inbox (key, at, channel, user_id, request) VALUES (p_key, p_now, p_origin ->> 'channel', p_origin ->> 'user', p_origin -> 'request')
    ON CONFLICT (key) DO NOTHING;
  DELETE FROM conversation WHERE stamp = p_key;
END $$;

-- Plans a message to a person, on the address they used last. Nobody to reach: nothing is planned.
CREATE FUNCTION delivery_plan(p_person int, p_notice text, p_params jsonb, p_dedupe text, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_person IS NULL THEN RETURN; END IF;
  INSERT INTO delivery (notice, params, person_id, address_id, channel, dedupe, not_before, created_at)
    SELECT p_notice, p_params, p_person, a.id, a.channel, p_dedupe, p_now, p_now
    FROM address a WHERE a.person_id = p_person AND a.dead_at IS NULL ORDER BY a.used_at DESC, a.id DESC LIMIT 1
    ON CONFLICT (dedupe) DO NOTHING;
END $$;

-- Plans a repaint wherever this person keeps their card open (Slack's App Home).
CREATE FUNCTION home_plan(p_person int, p_version text, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_person IS NULL THEN RETURN; END IF;
  INSERT INTO delivery (notice, params, person_id, address_id, channel, place, dedupe, not_before, created_at)
    SELECT 'home', '{}', p_person, a.id, a.channel, 'home', 'home:' || a.id || ':' || p_version, p_now, p_now
    FROM address a WHERE a.person_id = p_person AND a.home_at IS NOT NULL AND a.dead_at IS NULL
    ON CONFLICT (dedupe) DO NOTHING;
END $$;

-- Credits a purchase. Points = floor((amount × points + carried) / per); what is left is carried, per member and rule, so that
-- money spent is cumulative. Refuses: member.unknown, staff.only, ledger.self_credit, ledger.key_reused, ledger.receipt_used,
-- ledger.too_many_points.
CREATE FUNCTION ledger_credit(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_member int, p_amount bigint, p_currency text,
  p_receipt text, p_items int, p_shop text, p_at timestamptz, p_version int, p_points bigint, p_per bigint, p_carry boolean,
  p_expires_at timestamptz, p_notify boolean) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE w wallet; s sale; c carry; owner_id int; owner_name text; request bytea; total numeric; other record;
BEGIN
  request := request_hash('credit', p_member::text, p_amount::text, p_currency, p_receipt, p_actor::text);
  w := wallet_lock(p_member, p_now);
  SELECT m.person_id, coalesce(p.name, m.external_ref, m.code) INTO owner_id, owner_name FROM member m LEFT JOIN person p ON p.id = m.person_id
    WHERE m.id = p_member;
  SELECT * INTO s FROM sale WHERE key = p_key;
  IF FOUND THEN
    IF s.request_hash <> request THEN PERFORM refuse('ledger.key_reused'); END IF;
  ELSE
    IF p_actor IS NOT NULL THEN
      IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_actor) THEN PERFORM refuse('staff.only'); END IF;
      IF owner_id = p_actor THEN PERFORM refuse('ledger.self_credit'); END IF;
    END IF;
    c.numerator := 0;
    IF p_carry THEN
      SELECT * INTO c FROM carry WHERE member_id = p_member AND rule = 'base';
      IF NOT FOUND THEN c.numerator := 0; c.denominator := p_per; END IF;
      -- Another rate than last time: the same part of a point, in the new units.
      IF c.denominator <> p_per THEN c.numerator := trunc(c.numerator::numeric * p_per / c.denominator); END IF;
    END IF;
    total := p_amount::numeric * p_points + c.numerator;
    s.points := greatest(floor(total / p_per), 0);
    IF s.points > 1000000000 THEN PERFORM refuse('ledger.too_many_points', jsonb_build_object('points', s.points)); END IF;
    s.id := nextval('sale_id_seq'); s.member_id := p_member; s.amount_minor := p_amount; s.currency := p_currency;
    s.receipt := coalesce(p_receipt, '#' || s.id); s.items := p_items; s.shop := p_shop; s.at := p_at; s.created_at := p_now;
    s.actor_id := p_actor; s.key := p_key; s.request_hash := request;
    s.snapshot := jsonb_build_object('version', p_version, 'rule', 'base', 'points', p_points, 'per', p_per, 'carry', p_carry,
      'carriedIn', c.numerator, 'carriedOut', CASE WHEN p_carry THEN total - s.points * p_per ELSE 0 END);
    -- What the entries below will leave: points given, less what they pay of a debt.
    s.balance_after := w.balance + s.points - least(w.debt, s.points);
    INSERT INTO sale SELECT s.* ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      SELECT x.at, x.amount_minor, x.currency INTO other FROM sale x WHERE x.receipt = s.receipt AND x.undone_at IS NULL;
      IF NOT FOUND THEN PERFORM refuse('ledger.key_reused'); END IF;
      PERFORM refuse('ledger.receipt_used', jsonb_build_object('receipt', s.receipt, 'at', other.at, 'amountMinor', other.amount_minor, 'currency', other.currency));
    END IF;
    IF p_carry THEN
      INSERT INTO carry (member_id, rule, numerator, denominator) VALUES (p_member, 'base', (s.snapshot ->> 'carriedOut')::bigint, p_per)
        ON CONFLICT (member_id, rule) DO UPDATE SET numerator = excluded.numerator, denominator = excluded.denominator;
    END IF;
    IF s.points > 0 THEN
      PERFORM points_give(p_member, 'credit', s.points, p_key, request, p_actor, s.id, p_at, p_expires_at, '{}');
    END IF;
    IF p_notify THEN
      PERFORM delivery_plan(owner_id, 'credited', jsonb_build_object('sale', s.id, 'points', s.points, 'balance', s.balance_after, 'amountMinor', s.amount_minor,
        'currency', s.currency, 'receipt', s.receipt), 'credited:' || s.id, p_now);
      PERFORM home_plan(owner_id, s.id || ':credit', p_now);
    END IF;
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('saleId', s.id, 'receipt', s.receipt, 'points', s.points, 'balance', s.balance_after, 'amountMinor', s.amount_minor,
    'currency', s.currency, 'at', s.at, 'name', owner_name);
END $$;

-- Takes a sale back: what it gave, less what has expired of it since. From its own lots, then from others, and what is no longer
-- there is owed. Refuses: sale.unknown, ledger.already_undone, ledger.undo_too_late, ledger.undo_not_yours, staff.only, ledger.key_reused.
CREATE FUNCTION ledger_undo(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_sale bigint, p_window interval)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE w wallet; s sale; r refund; c carry; request bytea; actor_role text; owner_id int; back numeric; claw bigint; gone bigint; spare bigint; entry_id bigint;
BEGIN
  request := request_hash('undo', p_sale::text, p_actor::text);
  SELECT * INTO s FROM sale WHERE id = p_sale;
  IF NOT FOUND THEN PERFORM refuse('sale.unknown'); END IF;
  w := wallet_lock(s.member_id, p_now);
  SELECT * INTO r FROM refund WHERE key = p_key;
  IF FOUND THEN
    IF r.request_hash <> request THEN PERFORM refuse('ledger.key_reused'); END IF;
  ELSE
    SELECT * INTO s FROM sale WHERE id = p_sale;
    IF s.undone_at IS NOT NULL THEN
      PERFORM refuse('ledger.already_undone', jsonb_build_object('receipt', s.receipt, 'at', s.undone_at));
    END IF;
    IF p_actor IS NOT NULL THEN
      SELECT role INTO actor_role FROM staff WHERE person_id = p_actor;
      IF actor_role IS NULL THEN PERFORM refuse('staff.only'); END IF;
      IF actor_role <> 'owner' AND (s.actor_id IS DISTINCT FROM p_actor OR p_now - s.created_at > p_window) THEN
        PERFORM refuse(CASE WHEN s.actor_id IS DISTINCT FROM p_actor THEN 'ledger.undo_not_yours' ELSE 'ledger.undo_too_late' END,
          jsonb_build_object('minutes', extract(epoch FROM p_window)::int / 60));
      END IF;
    END IF;
    claw := s.points;
    IF (s.snapshot ->> 'carry')::boolean THEN
      SELECT * INTO c FROM carry WHERE member_id = s.member_id AND rule = s.snapshot ->> 'rule' FOR UPDATE;
      -- The sale leaves the running total of money: points it gave come back as money not yet turned into points, its own amount goes.
      -- When that makes whole points, later sales have earned them: they stay. When it falls below zero, later sales fill it first.
      back := trunc((s.points::numeric * (s.snapshot ->> 'per')::bigint - s.amount_minor::numeric * (s.snapshot ->> 'points')::bigint)
        * c.denominator / (s.snapshot ->> 'per')::bigint) + c.numerator;
      spare := least(claw, greatest(0, floor(back / c.denominator)));
      claw := claw - spare;
      UPDATE carry SET numerator = back - spare * c.denominator WHERE member_id = s.member_id AND rule = c.rule;
    END IF;
    SELECT coalesce(sum(a.amount), 0) INTO gone FROM lot l JOIN allocation a ON a.lot_id = l.id
      WHERE l.entry_id = ANY (ARRAY(SELECT id FROM entry WHERE sale_id = s.id)) AND (SELECT kind FROM entry x WHERE x.id = a.entry_id) = 'expire';
    claw := greatest(0, claw - gone);
    r.points_taken := least(claw, w.balance); r.points_owed := claw - r.points_taken;
    r.balance_after := w.balance - r.points_taken;
    IF claw > 0 THEN
      entry_id := ledger_append(s.member_id, 'undo', -r.points_taken, r.points_owed, p_key, request, p_actor, s.id, p_now, '{}');
      IF r.points_taken > 0 THEN PERFORM lots_take(s.member_id, entry_id, r.points_taken, s.id); END IF;
    END IF;
    UPDATE sale SET undone_at = p_now WHERE id = s.id;
    INSERT INTO refund (sale_id, points_taken, points_owed, balance_after, at, actor_id, key, request_hash)
      VALUES (s.id, r.points_taken, r.points_owed, r.balance_after, p_now, p_actor, p_key, request) ON CONFLICT (key) DO NOTHING;
    IF NOT FOUND THEN PERFORM refuse('ledger.key_reused'); END IF;
    SELECT person_id INTO owner_id FROM member WHERE id = s.member_id;
    PERFORM delivery_plan(owner_id, 'undone', jsonb_build_object('sale', s.id, 'points', r.points_taken, 'owed', r.points_owed, 'balance', r.balance_after,
      'amountMinor', s.amount_minor, 'currency', s.currency, 'receipt', s.receipt), 'undone:' || s.id, p_now);
    PERFORM home_plan(owner_id, s.id || ':undo', p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('saleId', s.id, 'memberId', s.member_id, 'receipt', s.receipt, 'points', r.points_taken, 'owed', r.points_owed,
    'balance', r.balance_after, 'amountMinor', s.amount_minor, 'currency', s.currency);
END $$;

-- Spends points. Refuses: member.unknown, ledger.not_enough, ledger.key_reused, ledger.points_not_positive, ledger.too_many_points.
CREATE FUNCTION ledger_spend(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_member int, p_points bigint, p_reason jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE w wallet; e entry; request bytea; entry_id bigint;
BEGIN
  request := request_hash('spend', p_member::text, p_points::text, p_reason::text, p_actor::text);
  w := wallet_lock(p_member, p_now);
  SELECT * INTO e FROM entry WHERE key = p_key;
  IF FOUND THEN
    IF e.request_hash <> request THEN PERFORM refuse('ledger.key_reused'); END IF;
  ELSE
    IF p_points <= 0 THEN PERFORM refuse('ledger.points_not_positive'); END IF;
    IF p_points > 1000000000 THEN PERFORM refuse('ledger.too_many_points', jsonb_build_object('points', p_points)); END IF;
    IF w.balance < p_points THEN
      PERFORM refuse('ledger.not_enough', jsonb_build_object('points', p_points, 'balance', w.balance));
    END IF;
    entry_id := ledger_append(p_member, 'spend', -p_points, 0, p_key, request, p_actor, NULL, p_now, p_reason);
    PERFORM lots_take(p_member, entry_id, p_points);
    SELECT * INTO e FROM entry WHERE id = entry_id;
    PERFORM home_plan((SELECT person_id FROM member WHERE member.id = p_member), 'e' || e.id, p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('entryId', e.id, 'points', p_points, 'balance', e.balance_after);
END $$;

-- Expires what is due for up to `p_limit` members; those that somebody holds right now are left for the next call (their own verb
-- expires them). Returns how many lots ended.
CREATE FUNCTION ledger_expire(p_now timestamptz, p_limit int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE due int; n int := 0; lots int;
BEGIN
  FOR due IN
    SELECT w.member_id FROM wallet w WHERE w.member_id IN (
      SELECT l.member_id FROM lot l WHERE l.remaining > 0 AND l.expires_at <= p_now ORDER BY l.expires_at LIMIT p_limit)
    ORDER BY w.member_id FOR UPDATE SKIP LOCKED
  LOOP
    lots := wallet_expire(due, p_now);
    n := n + lots;
    PERFORM home_plan((SELECT person_id FROM member WHERE id = due), 'x' || (SELECT version FROM wallet WHERE member_id = due), p_now);
  END LOOP;
  RETURN n;
END $$;
