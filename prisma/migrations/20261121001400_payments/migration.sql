-- Paying with points, points that wait, points that end.

-- CreateTable
CREATE TABLE "payment" (
    "id" BIGSERIAL NOT NULL,
    "member_id" INTEGER NOT NULL,
    "asked_by_id" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "due_minor" BIGINT NOT NULL,
    "points" BIGINT NOT NULL,
    "worth_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "receipt" TEXT,
    "items" JSONB NOT NULL,
    "shop" TEXT,
    "state" TEXT NOT NULL DEFAULT 'asked',
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "settled_at" TIMESTAMPTZ(6),
    "settled_key" TEXT,
    "sale_id" BIGINT,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "payment_sale_id_key" ON "payment"("sale_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_key_key" ON "payment"("key");

-- CreateIndex
CREATE INDEX "payment_member_id_idx" ON "payment"("member_id");

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_sale_id_fkey" FOREIGN KEY ("sale_id") REFERENCES "sale"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- One open question per card: a second one takes the place of the first.
CREATE UNIQUE INDEX payment_one_open ON payment (member_id) WHERE state = 'asked';
CREATE INDEX payment_open ON payment (expires_at) WHERE state = 'asked';
ALTER TABLE payment
  ADD CONSTRAINT payment_state_known CHECK (state IN ('asked', 'paid', 'declined', 'withdrawn', 'expired')),
  ADD CONSTRAINT payment_settled_when_over CHECK ((state = 'asked') = (settled_at IS NULL)),
  ADD CONSTRAINT payment_paid_has_sale CHECK ((state = 'paid') = (sale_id IS NOT NULL)),
  ADD CONSTRAINT payment_within_bill CHECK (points > 0 AND worth_minor > 0 AND worth_minor <= due_minor AND due_minor <= amount_minor);

-- A question is asked once and answered once.
CREATE FUNCTION refuse_second_answer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changing text[] := ARRAY['state', 'settled_at', 'settled_key', 'sale_id'];
BEGIN
  IF OLD.state <> 'asked' OR NEW.state = 'asked' OR to_jsonb(NEW) - changing <> to_jsonb(OLD) - changing THEN
    RAISE EXCEPTION 'payment % is settled for good', OLD.id USING ERRCODE = 'RG002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_settled_once BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION refuse_second_answer();
CREATE TRIGGER payment_no_delete BEFORE DELETE ON payment FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_no_truncate BEFORE TRUNCATE ON payment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Asks a member to pay a part of a bill with points. Nothing moves. `p_request`: version, amountMinor, dueMinor (after a discount), points, worthMinor,
-- currency, receipt, items, shop, expiresAt, wanted (the most that was asked for), place (what the member knows the shop by). {stale: true}: the
-- card holds fewer points than were offered; nothing was done. Refuses: member.unknown, staff.only, ledger.self_credit, ledger.receipt_used,
-- ledger.key_reused, payment.no_chat (nobody to ask: a paper card, or a chat that is closed).
CREATE FUNCTION payment_ask(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_member int, p_request jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE w wallet; p payment; request bytea; owner_id int; owner_name text; other record;
BEGIN
  w := wallet_lock(p_member, p_now);
  SELECT m.person_id, coalesce(x.name, m.external_ref, m.code) INTO owner_id, owner_name FROM member m LEFT JOIN person x ON x.id = m.person_id
    WHERE m.id = p_member;
  SELECT * INTO p FROM payment WHERE key = p_key;
  request := request_hash('payment', card_of_then(p.member_id, p_member)::text, p_request ->> 'amountMinor', p_request ->> 'currency',
    p_request ->> 'receipt', p_request ->> 'wanted', p_actor::text);
  IF p.id IS NOT NULL THEN
    IF p.request_hash <> request THEN PERFORM refuse('ledger.key_reused'); END IF;
  ELSE
    IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_actor) THEN PERFORM refuse('staff.only'); END IF;
    IF owner_id = p_actor THEN PERFORM refuse('ledger.self_credit'); END IF;
    IF NOT EXISTS (SELECT 1 FROM address WHERE person_id = owner_id AND dead_at IS NULL) THEN
      PERFORM refuse('payment.no_chat', jsonb_build_object('name', owner_name));
    END IF;
    SELECT x.at, x.amount_minor, x.currency INTO other FROM sale x WHERE x.receipt = p_request ->> 'receipt' AND x.undone_at IS NULL;
    IF FOUND THEN
      PERFORM refuse('ledger.receipt_used', jsonb_build_object('receipt', p_request ->> 'receipt', 'at', other.at, 'amountMinor', other.amount_minor,
        'currency', other.currency));
    END IF;
    IF w.balance < (p_request ->> 'points')::bigint THEN RETURN '{"stale": true}'; END IF;
    UPDATE payment SET state = 'withdrawn', settled_at = p_now, settled_key = p_key WHERE member_id = p_member AND state = 'asked';
    INSERT INTO payment (member_id, asked_by_id, version, amount_minor, due_minor, points, worth_minor, currency, receipt, items, shop, created_at,
        expires_at, key, request_hash)
      VALUES (p_member, p_actor, (p_request ->> 'version')::int, (p_request ->> 'amountMinor')::bigint, (p_request ->> 'dueMinor')::bigint,
        (p_request ->> 'points')::bigint, (p_request ->> 'worthMinor')::bigint, p_request ->> 'currency', p_request ->> 'receipt',
        coalesce(p_request -> 'items', '[]'), p_request ->> 'shop', p_now, (p_request ->> 'expiresAt')::timestamptz, p_key, request)
      ON CONFLICT (key) DO NOTHING RETURNING * INTO p;
    IF NOT FOUND THEN PERFORM refuse('ledger.key_reused'); END IF;
    PERFORM delivery_plan(owner_id, 'pay-ask', jsonb_build_object('payment', p.id, 'place', p_request ->> 'place', 'points', p.points,
      'worthMinor', p.worth_minor, 'dueMinor', p.due_minor, 'currency', p.currency, 'expiresAt', p.expires_at), 'pay-ask:' || p.id, p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('paymentId', p.id, 'name', owner_name, 'points', p.points, 'worthMinor', p.worth_minor, 'amountMinor', p.amount_minor,
    'dueMinor', p.due_minor, 'moneyMinor', p.due_minor - p.worth_minor, 'currency', p.currency, 'expiresAt', p.expires_at);
END $$;

-- Ends a question without anything having moved: 'declined' by the member it was put to, 'withdrawn' by whoever works here. The other side is told.
-- Refuses: payment.unknown (also somebody else's), staff.only, payment.paid, payment.declined, payment.withdrawn, payment.expired.
CREATE FUNCTION payment_close(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_payment bigint, p_state text)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE p payment; owner_id int; owner_name text;
BEGIN
  SELECT * INTO p FROM payment WHERE id = p_payment FOR UPDATE;
  IF NOT FOUND THEN PERFORM refuse('payment.unknown'); END IF;
  SELECT m.person_id, coalesce(x.name, m.external_ref, m.code) INTO owner_id, owner_name FROM member m LEFT JOIN person x ON x.id = m.person_id
    WHERE m.id = p.member_id;
  IF p_state = 'declined' AND owner_id IS DISTINCT FROM p_actor THEN PERFORM refuse('payment.unknown'); END IF;
  IF p_state = 'withdrawn' AND NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_actor) THEN PERFORM refuse('staff.only'); END IF;
  IF p.state <> p_state THEN
    IF p.state <> 'asked' THEN PERFORM refuse(CASE p.state WHEN 'paid' THEN 'payment.paid' WHEN 'declined' THEN 'payment.declined' WHEN 'withdrawn' THEN 'payment.withdrawn' ELSE 'payment.expired' END); END IF;
    UPDATE payment SET state = p_state, settled_at = p_now, settled_key = p_key WHERE id = p.id;
    IF p_state = 'declined' THEN
      PERFORM delivery_plan(p.asked_by_id, 'pay-declined', jsonb_build_object('person', owner_id, 'dueMinor', p.due_minor, 'currency', p.currency),
        'pay-declined:' || p.id, p_now);
    ELSE
      PERFORM delivery_plan(owner_id, 'pay-over', jsonb_build_object('why', 'withdrawn', 'dueMinor', p.due_minor, 'currency', p.currency),
        'pay-over:' || p.id, p_now);
    END IF;
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('paymentId', p.id, 'name', owner_name, 'dueMinor', p.due_minor, 'currency', p.currency);
END $$;

-- Ends questions that nobody answered in time, and tells both sides. Returns how many.
CREATE FUNCTION payments_expire(p_now timestamptz, p_limit int) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE p payment; owner_id int; n int := 0;
BEGIN
  FOR p IN SELECT * FROM payment WHERE state = 'asked' AND expires_at <= p_now ORDER BY expires_at LIMIT p_limit FOR UPDATE SKIP LOCKED LOOP
    UPDATE payment SET state = 'expired', settled_at = p_now WHERE id = p.id;
    SELECT person_id INTO owner_id FROM member WHERE id = p.member_id;
    PERFORM delivery_plan(p.asked_by_id, 'pay-unanswered', jsonb_build_object('person', owner_id, 'dueMinor', p.due_minor, 'currency', p.currency),
      'pay-unanswered:' || p.id, p_now);
    PERFORM delivery_plan(owner_id, 'pay-over', jsonb_build_object('why', 'expired', 'dueMinor', p.due_minor, 'currency', p.currency),
      'pay-over:' || p.id, p_now);
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;

-- The member says yes: points leave the card and the purchase is credited, in one transaction, once. `p_sale` is what ledger_credit takes, priced by
-- the version of the question, with paidPoints and paidPointsMinor. The sale is the one of whoever asked: they may undo it, and it counts for
-- their limits. {stale: true}: the member has bought meanwhile; nothing was done. Refuses: payment.unknown (also somebody else's),
-- payment.declined, payment.withdrawn, payment.expired, payment.changed (the bill is another one now), ledger.already_undone,
-- ledger.not_enough, and what ledger_credit refuses.
CREATE FUNCTION ledger_pay(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_payment bigint, p_sale jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE w wallet; p payment; s sale; owner_id int; owner_name text; done jsonb; spent bigint;
BEGIN
  SELECT * INTO p FROM payment WHERE id = p_payment;
  IF NOT FOUND THEN PERFORM refuse('payment.unknown'); END IF;
  SELECT m.person_id, coalesce(x.name, m.external_ref, m.code) INTO owner_id, owner_name FROM member m LEFT JOIN person x ON x.id = m.person_id
    WHERE m.id = p.member_id;
  IF p_actor IS NULL OR owner_id IS DISTINCT FROM p_actor THEN PERFORM refuse('payment.unknown'); END IF;
  w := wallet_lock(p.member_id, p_now);
  SELECT * INTO p FROM payment WHERE id = p_payment FOR UPDATE;
  IF p.state = 'paid' THEN
    SELECT * INTO s FROM sale WHERE id = p.sale_id;
    -- The same event again gets its first reply, another press learns what has become of it.
    IF s.undone_at IS NOT NULL AND p.settled_key <> p_key THEN
      PERFORM refuse('ledger.already_undone', jsonb_build_object('receipt', s.receipt, 'at', s.undone_at));
    END IF;
  ELSE
    IF p.state <> 'asked' THEN PERFORM refuse(CASE p.state WHEN 'paid' THEN 'payment.paid' WHEN 'declined' THEN 'payment.declined' WHEN 'withdrawn' THEN 'payment.withdrawn' ELSE 'payment.expired' END); END IF;
    IF p_now >= p.expires_at THEN PERFORM refuse('payment.expired'); END IF;
    -- Whoever asked does not work here any more: nobody stands behind the question.
    IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p.asked_by_id) THEN PERFORM refuse('payment.withdrawn'); END IF;
    IF ((p_sale ->> 'amountMinor')::bigint, (p_sale ->> 'paidPoints')::bigint, (p_sale ->> 'paidPointsMinor')::bigint)
      IS DISTINCT FROM (p.due_minor, p.points, p.worth_minor) THEN PERFORM refuse('payment.changed'); END IF;
    IF w.balance < p.points THEN PERFORM refuse('ledger.not_enough', jsonb_build_object('points', p.points, 'balance', w.balance)); END IF;
    done := ledger_credit(p_key, NULL, p_now, p.asked_by_id, p.member_id, p_sale);
    IF done ? 'stale' THEN RETURN done; END IF;
    SELECT * INTO s FROM sale WHERE id = (done ->> 'saleId')::bigint;
    spent := ledger_append(p.member_id, 'spend', -p.points, 0, p_key || ':paid', request_hash('pay', p.id::text, p_actor::text), p_actor, s.id, p_now,
      jsonb_build_object('payment', p.id, 'worthMinor', p.worth_minor));
    PERFORM lots_take_before(p.member_id, spent, p.points, s.id);
    PERFORM lots_renew(p.member_id, p_now);
    UPDATE payment SET state = 'paid', settled_at = p_now, settled_key = p_key, sale_id = s.id WHERE id = p.id RETURNING * INTO p;
    PERFORM delivery_plan(p.asked_by_id, 'pay-done', jsonb_build_object('person', owner_id, 'sale', s.id, 'points', p.points, 'worthMinor', p.worth_minor,
      'dueMinor', p.due_minor, 'earned', s.points, 'currency', p.currency, 'receipt', s.receipt), 'pay-done:' || p.id, p_now);
    PERFORM home_plan(owner_id, s.id || ':paid', p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('paymentId', p.id, 'saleId', s.id, 'name', owner_name, 'receipt', s.receipt, 'points', s.points,
    'paidPoints', p.points, 'worthMinor', p.worth_minor, 'dueMinor', p.due_minor, 'moneyMinor', p.due_minor - p.worth_minor, 'currency', p.currency,
    'balance', (SELECT balance_after FROM entry WHERE key = s.key || ':paid'), 'outcome', s.outcome,
    'releaseAt', (SELECT release_at FROM pending WHERE sale_id = s.id));
END $$;

-- Takes points from what was there before a sale: what it has just given does not pay for itself. Order as in lots_take.
CREATE FUNCTION lots_take_before(p_member int, p_entry bigint, p_points bigint, p_sale bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE taken bigint;
BEGIN
  WITH ordered AS (
    SELECT l.id, l.remaining, sum(l.remaining) OVER (ORDER BY l.expires_at NULLS LAST, l.earned_at, l.id) AS upto
    FROM lot l WHERE l.member_id = p_member AND l.remaining > 0 AND l.sale_id IS DISTINCT FROM p_sale
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

-- Gives what waits of one sale. `p_terms`: tiers, for the function that knows them. Returns the points given; nothing left of it (refunded
-- meanwhile): it only ends. The caller holds the wallet's lock.
CREATE FUNCTION pending_release(p_pending bigint, p_key text, p_actor int, p_at timestamptz, p_now timestamptz, p_terms jsonb) RETURNS bigint
  LANGUAGE plpgsql AS $$
DECLARE wait pending;
BEGIN
  UPDATE pending SET released_at = p_now WHERE id = p_pending AND released_at IS NULL RETURNING * INTO wait;
  IF NOT FOUND OR wait."left" = 0 THEN RETURN 0; END IF;
  PERFORM points_give(wait.member_id, 'credit', wait."left", p_key, request_hash('release', wait.id::text), p_actor, wait.sale_id, p_at, wait.terms,
    '{"released": true}');
  PERFORM lots_renew(wait.member_id, p_at);
  IF p_terms ? 'tiers' THEN PERFORM tier_follow(wait.member_id, p_terms -> 'tiers', wait.sale_id, p_now); END IF;
  RETURN wait."left";
END $$;

CREATE FUNCTION released_tell(p_member int, p_points bigint, p_dedupe text, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE owner_id int; w wallet;
BEGIN
  SELECT person_id INTO owner_id FROM member WHERE id = p_member;
  SELECT * INTO w FROM wallet WHERE member_id = p_member;
  PERFORM delivery_plan(owner_id, 'released', jsonb_build_object('points', p_points, 'balance', w.balance), 'released:' || p_dedupe, p_now);
  PERFORM home_plan(owner_id, 'r' || w.version, p_now);
END $$;

-- Releases points whose time has come, for up to `p_limit` sales; members that somebody holds right now are left for the next call. The entry
-- and the lot are dated when they were due, so a late job changes nothing of them. Each member is told once. Returns how many members.
CREATE FUNCTION ledger_release(p_now timestamptz, p_limit int, p_terms jsonb) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE who int; wait record; given bigint; part bigint; first_id bigint; n int := 0;
BEGIN
  FOR who IN
    SELECT w.member_id FROM wallet w WHERE w.member_id IN (
      SELECT x.member_id FROM pending x WHERE x.released_at IS NULL AND x.release_at <= p_now ORDER BY x.release_at LIMIT p_limit)
    ORDER BY w.member_id FOR UPDATE SKIP LOCKED
  LOOP
    PERFORM wallet_lock(who, p_now);
    given := 0; first_id := NULL;
    FOR wait IN SELECT x.id, x.release_at FROM pending x WHERE x.member_id = who AND x.released_at IS NULL AND x.release_at <= p_now
      ORDER BY x.release_at, x.id LOOP
      first_id := coalesce(first_id, wait.id);
      part := pending_release(wait.id, 'release:' || wait.id, NULL, wait.release_at, p_now, p_terms);
      given := given + part;
    END LOOP;
    CONTINUE WHEN first_id IS NULL;
    -- So late that some have ended already.
    PERFORM wallet_expire(who, p_now);
    IF given > 0 THEN PERFORM released_tell(who, given, first_id::text, p_now); END IF;
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;

-- Releases what waits of a sale now, by an owner. Refuses: sale.unknown, owner.only, pending.none, ledger.key_reused.
CREATE FUNCTION ledger_release_sale(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_sale bigint, p_terms jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE s sale; wait pending; e entry; owner_name text;
BEGIN
  SELECT * INTO s FROM sale WHERE id = p_sale;
  IF NOT FOUND THEN PERFORM refuse('sale.unknown'); END IF;
  -- What waits follows its owner when two cards become one; the sale stays where it was made.
  SELECT * INTO wait FROM pending WHERE sale_id = s.id;
  IF NOT FOUND THEN PERFORM refuse('pending.none', jsonb_build_object('receipt', s.receipt)); END IF;
  PERFORM wallet_lock(wait.member_id, p_now);
  SELECT * INTO wait FROM pending WHERE sale_id = s.id;
  SELECT coalesce(x.name, m.external_ref, m.code) INTO owner_name FROM member m LEFT JOIN person x ON x.id = m.person_id WHERE m.id = wait.member_id;
  SELECT * INTO e FROM entry WHERE key = p_key;
  IF FOUND THEN
    IF e.request_hash <> request_hash('release', wait.id::text) THEN PERFORM refuse('ledger.key_reused'); END IF;
  ELSE
    IF p_actor IS NOT NULL AND NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_actor AND role = 'owner') THEN PERFORM refuse('owner.only'); END IF;
    IF wait.released_at IS NOT NULL OR wait."left" = 0 THEN
      PERFORM refuse('pending.none', jsonb_build_object('receipt', s.receipt));
    END IF;
    PERFORM pending_release(wait.id, p_key, p_actor, p_now, p_now, p_terms);
    PERFORM wallet_expire(wait.member_id, p_now);
    PERFORM released_tell(wait.member_id, wait."left", wait.id::text, p_now);
    SELECT * INTO e FROM entry WHERE key = p_key;
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('receipt', s.receipt, 'name', owner_name, 'points', e.delta, 'balance',
    (SELECT x.balance_after FROM entry x WHERE x.key IN (p_key, p_key || ':debt') ORDER BY x.version DESC LIMIT 1));
END $$;

-- The entry by which a lot ends, dated when it ended. As wallet_expire writes it, for many wallets at once.
CREATE FUNCTION expiry_entry(w wallet, l lot) RETURNS entry LANGUAGE plpgsql AS $$
DECLARE e entry;
BEGIN
  e.id := nextval('entry_id_seq'); e.member_id := w.member_id; e.version := w.version + 1; e.kind := 'expire'; e.delta := -l.remaining; e.debt := 0;
  e.balance_after := w.balance - l.remaining; e.debt_after := w.debt; e.key := 'expire:' || l.id; e.request_hash := request_hash('expire', l.id::text);
  e.at := l.expires_at; e.reason := jsonb_build_object('lot', l.id, 'earnedAt', l.earned_at);
  e.hash := entry_hash(w.head, e);
  RETURN e;
END $$;

-- Expires what is due for up to `p_limit` lots' members; those that somebody holds right now are left for the next call (their own verb
-- expires them). All members in one statement, a member's lots one after the other. Returns how many lots ended.
CREATE OR REPLACE FUNCTION ledger_expire(p_now timestamptz, p_limit int) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE members int[]; lots int; n int := 0;
BEGIN
  members := ARRAY(
    SELECT w.member_id FROM wallet w WHERE w.member_id IN (
      SELECT l.member_id FROM lot l WHERE l.remaining > 0 AND l.expires_at <= p_now ORDER BY l.expires_at LIMIT p_limit)
    ORDER BY w.member_id FOR UPDATE SKIP LOCKED);
  LOOP
    WITH due AS MATERIALIZED (
      SELECT expiry_entry(w, f.l) AS e, (f.l).id AS lot_id, (f.l).remaining AS points FROM (
        SELECT DISTINCT ON (x.member_id) x AS l FROM lot x WHERE x.member_id = ANY (members) AND x.remaining > 0 AND x.expires_at <= p_now
        ORDER BY x.member_id, x.expires_at, x.id
      ) f JOIN wallet w ON w.member_id = (f.l).member_id
    ), written AS (
      INSERT INTO entry SELECT (e).* FROM due
    ), moved AS (
      UPDATE wallet SET balance = (e).balance_after, version = (e).version, head = (e).hash FROM due WHERE wallet.member_id = (e).member_id
    ), emptied AS (
      UPDATE lot SET remaining = 0 FROM due WHERE lot.id = lot_id
    ), noted AS (
      INSERT INTO allocation (entry_id, lot_id, amount) SELECT (e).id, lot_id, points FROM due RETURNING 1
    )
    SELECT count(*) INTO lots FROM noted;
    EXIT WHEN lots = 0;
    n := n + lots;
  END LOOP;
  INSERT INTO delivery (notice, params, person_id, address_id, channel, place, dedupe, not_before, created_at)
    SELECT 'home', '{}', m.person_id, a.id, a.channel, 'home', 'home:' || a.id || ':x' || w.version, p_now, p_now
    FROM member m JOIN wallet w ON w.member_id = m.id JOIN address a ON a.person_id = m.person_id
    WHERE m.id = ANY (members) AND a.home_at IS NOT NULL AND a.dead_at IS NULL
    ON CONFLICT (dedupe) DO NOTHING;
  RETURN n;
END $$;

-- Tells members which points end, some days before: one message per member, date and step, planned once. `p_steps`: days before the end; a step is
-- due `p_morning` after the day's change, when people are awake. A late job plans the nearest step only; a step that is a month late is
-- let go, since what was sent is forgotten after a while. Points that came after a step was due aren't told by it. `p_day`: how long after midnight
-- a business day begins; the last day is the one before. Returns how many messages.
CREATE FUNCTION expiry_warn(p_now timestamptz, p_steps int[], p_morning interval, p_day interval) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE n int;
BEGIN
  WITH ending AS (
    SELECT l.member_id, l.expires_at, sum(l.remaining)::bigint AS points, min(l.earned_at) AS first_at, bool_and(l.renew_months IS NOT NULL) AS renews
    FROM lot l WHERE l.remaining > 0 AND l.expires_at > p_now
      AND l.expires_at <= p_now - p_morning + make_interval(hours => 24 * (SELECT max(s) FROM unnest(p_steps) s))
    GROUP BY 1, 2
  ), step AS (
    SELECT e.*, (SELECT min(s) FROM unnest(p_steps) s WHERE e.expires_at - make_interval(hours => 24 * s) BETWEEN e.first_at AND p_now - p_morning) AS days
    FROM ending e
  ), planned AS (
    INSERT INTO delivery (notice, params, person_id, address_id, channel, dedupe, not_before, created_at)
      SELECT 'expiring', jsonb_build_object('points', t.points, 'lastAt', t.expires_at - p_day - interval '1 second', 'days', t.days, 'renews', t.renews),
        m.person_id, a.id, a.channel, concat_ws(':', 'expiring', t.member_id, extract(epoch FROM t.expires_at)::bigint, t.days), p_now, p_now
      FROM step t JOIN member m ON m.id = t.member_id CROSS JOIN LATERAL (
        SELECT x.id, x.channel FROM address x WHERE x.person_id = m.person_id AND x.dead_at IS NULL ORDER BY x.used_at DESC, x.id DESC LIMIT 1) a
      WHERE t.expires_at - make_interval(hours => 24 * t.days) > p_now - interval '30 days'
      ON CONFLICT (dedupe) DO NOTHING RETURNING 1
  )
  SELECT count(*) INTO n FROM planned;
  RETURN n;
END $$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  GRANT SELECT ON payment TO regulars_app;
  REVOKE EXECUTE ON FUNCTION pending_release, released_tell, lots_take_before, expiry_entry FROM PUBLIC;
END $$;
