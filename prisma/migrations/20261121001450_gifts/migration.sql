-- Printed codes, gift cards spent in parts and given away, events with a waiting list. All of them move what is worth points or money, so the
-- application's role reads these tables and only the functions below write.

-- CreateTable
CREATE TABLE "code_batch" (
    "id" SERIAL NOT NULL,
    "count" INTEGER NOT NULL,
    "gives" JSONB NOT NULL,
    "key" TEXT NOT NULL,
    "actor_id" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "cancelled_at" TIMESTAMPTZ(6),

    CONSTRAINT "code_batch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "printed_code" (
    "code_hash" BYTEA NOT NULL,
    "batch_id" INTEGER NOT NULL,
    "used_at" TIMESTAMPTZ(6),
    "used_by" INTEGER,
    "key" TEXT,
    "coupon_id" BIGINT,

    CONSTRAINT "printed_code_pkey" PRIMARY KEY ("code_hash")
);

-- CreateTable
CREATE TABLE "gift_offer" (
    "code_hash" BYTEA NOT NULL,
    "coupon_id" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "used_at" TIMESTAMPTZ(6),
    "used_key" TEXT,
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "gift_offer_pkey" PRIMARY KEY ("code_hash")
);

-- CreateTable
CREATE TABLE "event_wait" (
    "id" BIGSERIAL NOT NULL,
    "reward" TEXT NOT NULL,
    "member_id" INTEGER NOT NULL,
    "terms" JSONB NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6),
    "outcome" TEXT,
    "end_key" TEXT,

    CONSTRAINT "event_wait_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "code_batch_key_key" ON "code_batch"("key");

-- CreateIndex
CREATE UNIQUE INDEX "printed_code_key_key" ON "printed_code"("key");

-- CreateIndex
CREATE INDEX "printed_code_batch_id_idx" ON "printed_code"("batch_id");

-- CreateIndex
CREATE UNIQUE INDEX "gift_offer_used_key_key" ON "gift_offer"("used_key");

-- CreateIndex
CREATE INDEX "gift_offer_coupon_id_idx" ON "gift_offer"("coupon_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_wait_key_key" ON "event_wait"("key");

-- CreateIndex
CREATE INDEX "event_wait_member_id_idx" ON "event_wait"("member_id");

-- AddForeignKey
ALTER TABLE "code_batch" ADD CONSTRAINT "code_batch_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "printed_code" ADD CONSTRAINT "printed_code_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "code_batch"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "printed_code" ADD CONSTRAINT "printed_code_used_by_fkey" FOREIGN KEY ("used_by") REFERENCES "member"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gift_offer" ADD CONSTRAINT "gift_offer_coupon_id_fkey" FOREIGN KEY ("coupon_id") REFERENCES "coupon"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_wait" ADD CONSTRAINT "event_wait_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE UNIQUE INDEX event_wait_once ON event_wait (reward, member_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX gift_offer_one ON gift_offer (coupon_id) WHERE used_at IS NULL AND revoked_at IS NULL;

ALTER TABLE code_batch
  ADD CONSTRAINT code_batch_size CHECK (count BETWEEN 1 AND 5000),
  ADD CONSTRAINT code_batch_gives_one_thing CHECK (((gives ->> 'points')::bigint > 0) IS TRUE <> (gives ? 'reward')),
  ADD CONSTRAINT code_batch_lives CHECK (expires_at > created_at);
ALTER TABLE printed_code ADD CONSTRAINT printed_code_used_with_key CHECK ((used_at IS NULL) = (key IS NULL) AND (used_at IS NOT NULL OR num_nonnulls(used_by, coupon_id) = 0));
ALTER TABLE gift_offer ADD CONSTRAINT gift_offer_ends_once CHECK ((used_at IS NULL) = (used_key IS NULL) AND num_nonnulls(used_at, revoked_at) <= 1);
ALTER TABLE event_wait ADD CONSTRAINT event_wait_ends CHECK ((ended_at IS NULL) = (outcome IS NULL) AND outcome IN ('seated', 'skipped', 'left'));

CREATE TRIGGER code_batch_kept BEFORE UPDATE OF id, count, gives, key, actor_id, created_at, expires_at ON code_batch FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER code_batch_cancelled_for_good BEFORE UPDATE OF cancelled_at ON code_batch FOR EACH ROW WHEN (OLD.cancelled_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER printed_code_used_for_good BEFORE UPDATE ON printed_code FOR EACH ROW
  WHEN (OLD.used_at IS NOT NULL AND (OLD.used_by IS NOT DISTINCT FROM NEW.used_by OR NEW.used_by IS NOT NULL)) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER code_batch_no_delete BEFORE DELETE ON code_batch FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER printed_code_no_delete BEFORE DELETE ON printed_code FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER code_batch_no_truncate BEFORE TRUNCATE ON code_batch FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER printed_code_no_truncate BEFORE TRUNCATE ON printed_code FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whether somebody is an owner now, for what only owners may do. Refuses: owner.only.
CREATE FUNCTION owner_hold(p_person int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_person AND role = 'owner') THEN PERFORM refuse('owner.only'); END IF;
END $$;

-- A batch of printed codes, of which only the hashes are kept. `p_gives`: {points} or {reward}, the whole reward as it is in the program now. With the same
-- key the batch again, `again`: the plain codes are known to nobody any more. Refuses: owner.only.
CREATE FUNCTION codes_make(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_gives jsonb, p_expires timestamptz, p_hashes bytea[])
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE b code_batch; fresh boolean;
BEGIN
  PERFORM owner_hold(p_actor);
  INSERT INTO code_batch (count, gives, key, actor_id, created_at, expires_at) VALUES (cardinality(p_hashes), p_gives, p_key, p_actor, p_now, p_expires)
    ON CONFLICT (key) DO NOTHING RETURNING * INTO b;
  fresh := FOUND;
  IF fresh THEN
    INSERT INTO printed_code (code_hash, batch_id) SELECT hash, b.id FROM unnest(p_hashes) hash;
  ELSE
    SELECT * INTO b FROM code_batch WHERE key = p_key;
    IF b.actor_id <> p_actor THEN PERFORM refuse('ledger.key_reused'); END IF;
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('id', b.id, 'count', b.count, 'gives', b.gives, 'createdAt', b.created_at, 'expiresAt', b.expires_at, 'again', NOT fresh);
END $$;

-- What nobody has used of a batch is worth nothing from now on. Returns how many. Refuses: owner.only, codes.no_batch.
CREATE FUNCTION codes_cancel(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_batch int)
  RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
  PERFORM owner_hold(p_actor);
  -- Waits for those who are using one this instant, and they for it.
  PERFORM 1 FROM code_batch WHERE id = p_batch FOR UPDATE;
  IF NOT FOUND THEN PERFORM refuse('codes.no_batch'); END IF;
  UPDATE code_batch SET cancelled_at = p_now WHERE id = p_batch AND cancelled_at IS NULL;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN (SELECT count(*) FROM printed_code WHERE batch_id = p_batch AND used_at IS NULL);
END $$;

-- Turns a printed code into what it gives, exactly once: the row's lock makes one of two the first. `p_terms`: how long the points live, or the coupon's
-- terms. Wrong, used, cancelled and over are one answer. Refuses: member.unknown, member.merged, claim.unknown, ledger.key_reused.
CREATE FUNCTION code_claim(p_key text, p_origin jsonb, p_now timestamptz, p_member int, p_hash bytea, p_terms jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE x printed_code; b code_batch; given bigint; points bigint;
BEGIN
  PERFORM wallet_lock(p_member, p_now);
  SELECT * INTO x FROM printed_code WHERE code_hash = p_hash FOR UPDATE;
  IF NOT FOUND THEN PERFORM refuse('claim.unknown'); END IF;
  SELECT * INTO b FROM code_batch WHERE id = x.batch_id FOR SHARE;
  points := (b.gives ->> 'points')::bigint;
  IF x.key IS DISTINCT FROM p_key THEN
    IF x.used_at IS NOT NULL OR b.cancelled_at IS NOT NULL OR b.expires_at <= p_now THEN PERFORM refuse('claim.unknown'); END IF;
    IF points IS NULL THEN
      x.coupon_id := coupon_issue(p_key, p_member, p_terms, 'code', NULL, NULL, p_now);
    ELSE
      -- Nobody of the shop gave them: there is no actor.
      given := points_give(p_member, 'grant', points, p_key, request_hash('code', p_member::text, b.id::text), NULL, NULL, p_now, p_terms,
        jsonb_build_object('code', b.id));
      PERFORM lots_renew(p_member, p_now);
      PERFORM home_plan((SELECT person_id FROM member WHERE member.id = p_member), 'e' || given, p_now);
    END IF;
    UPDATE printed_code SET used_at = p_now, used_by = p_member, key = p_key, coupon_id = x.coupon_id WHERE code_hash = p_hash;
  ELSIF x.used_by <> card_of_then(x.used_by, p_member) THEN
    PERFORM refuse('ledger.key_reused');
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('points', points, 'coupon', (SELECT code FROM coupon WHERE id = x.coupon_id),
    'balance', (SELECT balance FROM wallet WHERE member_id = p_member));
END $$;

-- Pays a part of a bill from a gift card. The row's lock lines up those who try at once; what is left never falls below nothing. The owner of the card is told.
-- Refuses: staff.only, ledger.key_reused, coupon.unknown, coupon.used, coupon.cancelled, coupon.expired, gift.not_stored, gift.too_much { left }.
CREATE FUNCTION gift_use(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_code text, p_amount bigint, p_shop text)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE c coupon; e coupon_event; request bytea; owner_id int; owner_name text; rest bigint;
BEGIN
  request := request_hash('gift', p_code, p_amount::text, p_actor::text);
  SELECT * INTO c FROM coupon WHERE code = p_code FOR UPDATE;
  IF NOT FOUND THEN PERFORM refuse('coupon.unknown'); END IF;
  SELECT m.person_id, coalesce(p.name, m.external_ref, m.code) INTO owner_id, owner_name FROM member m LEFT JOIN person p ON p.id = m.person_id
    WHERE m.id = c.member_id;
  SELECT * INTO e FROM coupon_event WHERE key = p_key;
  IF FOUND THEN
    IF e.request_hash <> request THEN PERFORM refuse('ledger.key_reused'); END IF;
  ELSE
    IF p_actor IS NOT NULL AND NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_actor) THEN PERFORM refuse('staff.only'); END IF;
    PERFORM coupon_hold_open(c, p_now);
    IF c.left_minor IS NULL THEN PERFORM refuse('gift.not_stored'); END IF;
    IF p_amount <= 0 OR p_amount > c.left_minor THEN PERFORM refuse('gift.too_much', jsonb_build_object('left', c.left_minor)); END IF;
    rest := c.left_minor - p_amount;
    INSERT INTO coupon_event (coupon_id, kind, at, actor_id, key, request_hash, details)
      VALUES (c.id, 'spent', p_now, p_actor, p_key, request, jsonb_strip_nulls(jsonb_build_object('amountMinor', p_amount, 'leftMinor', rest, 'shop', p_shop)))
      ON CONFLICT (key) DO NOTHING RETURNING * INTO e;
    IF NOT FOUND THEN PERFORM refuse('ledger.key_reused'); END IF;
    UPDATE coupon SET left_minor = rest, used_at = CASE WHEN rest = 0 THEN p_now END, used_by = CASE WHEN rest = 0 THEN p_actor END,
      used_shop = CASE WHEN rest = 0 THEN p_shop END WHERE id = c.id;
    PERFORM delivery_plan(owner_id, 'gift-spent', jsonb_build_object('code', c.code, 'name', c.terms -> 'name', 'at', p_now, 'amountMinor', p_amount,
      'leftMinor', rest), 'coupon:' || c.id || ':spent:' || e.id, p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN coupon_json(c) || jsonb_build_object('name', owner_name, 'leftMinor', (e.details ->> 'leftMinor')::bigint, 'amountMinor', p_amount);
END $$;

-- What is left on a gift card becomes a card of somebody else, with a code of its own: the giver's picture of it is worth nothing from then on. The caller holds both
-- wallets and the coupon's row. Returns the new coupon.
CREATE FUNCTION gift_move(c coupon, p_to int, p_key text, p_actor int, p_now timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n coupon; request bytea := request_hash('give', c.id::text, p_to::text);
BEGIN
  PERFORM coupon_hold_open(c, p_now);
  IF c.left_minor IS NULL THEN PERFORM refuse('gift.not_stored'); END IF;
  n.member_id := p_to; n.reward := c.reward; n.source := 'gift'; n.key := p_key; n.request_hash := request; n.issued_at := p_now;
  -- Its piece of a limited stock was counted when the first card was made.
  n.terms := (c.terms - 'stock') || jsonb_build_object('amountMinor', c.left_minor, 'expiresAt', c.expires_at);
  n := coupon_insert(n, p_actor, NULL);
  INSERT INTO coupon_event (coupon_id, kind, at, actor_id, key, request_hash, details)
    VALUES (c.id, 'given', p_now, p_actor, p_key, request, jsonb_build_object('to', n.id, 'amountMinor', c.left_minor));
  UPDATE coupon SET left_minor = 0, used_at = p_now, used_by = p_actor WHERE id = c.id;
  UPDATE gift_offer SET revoked_at = p_now WHERE coupon_id = c.id AND used_at IS NULL AND revoked_at IS NULL;
  PERFORM delivery_plan((SELECT person_id FROM member WHERE member.id = p_to), 'coupon-given', jsonb_build_object('code', n.code, 'source', 'gift',
    'name', n.terms -> 'name', 'until', n.terms -> 'until'), 'coupon:' || n.id || ':given', p_now);
  RETURN n.id;
END $$;

-- Gives a gift card to the member behind a code, at once. Refuses: coupon.unknown, coupon.used, coupon.cancelled, coupon.expired, gift.not_stored, gift.own,
-- member.unknown, member.merged, ledger.key_reused.
CREATE FUNCTION gift_give(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_member int, p_code text, p_to int)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE c coupon; n coupon;
BEGIN
  IF p_to = p_member THEN PERFORM refuse('gift.own'); END IF;
  PERFORM wallets_lock(p_member, p_to);
  PERFORM wallet_lock(p_member, p_now);
  PERFORM wallet_lock(p_to, p_now);
  SELECT * INTO c FROM coupon WHERE code = p_code AND member_id = p_member FOR UPDATE;
  IF NOT FOUND THEN PERFORM refuse('coupon.unknown'); END IF;
  SELECT * INTO n FROM coupon WHERE key = p_key;
  IF NOT FOUND THEN
    n.id := gift_move(c, p_to, p_key, p_actor, p_now);
    SELECT * INTO n FROM coupon WHERE id = n.id;
  ELSIF n.request_hash <> request_hash('give', c.id::text, p_to::text) THEN
    PERFORM refuse('ledger.key_reused');
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('amountMinor', n.value_minor, 'name', n.terms -> 'name');
END $$;

-- Puts a gift card behind a one-time code, in place of one that it had. It stays the giver's until somebody takes it. Refuses: as gift_give.
CREATE FUNCTION gift_offer_make(p_now timestamptz, p_member int, p_code text, p_hash bytea, p_until timestamptz)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE c coupon; ends timestamptz;
BEGIN
  SELECT * INTO c FROM coupon WHERE code = p_code AND member_id = p_member FOR UPDATE;
  IF NOT FOUND THEN PERFORM refuse('coupon.unknown'); END IF;
  PERFORM coupon_hold_open(c, p_now);
  IF c.left_minor IS NULL THEN PERFORM refuse('gift.not_stored'); END IF;
  ends := least(p_until, c.expires_at);
  UPDATE gift_offer SET revoked_at = p_now WHERE coupon_id = c.id AND used_at IS NULL AND revoked_at IS NULL;
  INSERT INTO gift_offer (code_hash, coupon_id, created_at, expires_at) VALUES (p_hash, c.id, p_now, ends);
  RETURN jsonb_build_object('amountMinor', c.left_minor, 'name', c.terms -> 'name', 'expiresAt', ends);
END $$;

-- Takes the gift card behind a one-time code. The giver is told. Wrong, taken, taken back and over are one answer. Refuses: claim.unknown, gift.own, member.unknown,
-- member.merged.
CREATE FUNCTION gift_take(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_member int, p_hash bytea)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE c coupon; o gift_offer; n coupon; giver int;
BEGIN
  SELECT x.member_id INTO giver FROM gift_offer g JOIN coupon x ON x.id = g.coupon_id WHERE g.code_hash = p_hash;
  IF NOT FOUND THEN PERFORM refuse('claim.unknown'); END IF;
  IF giver = p_member THEN PERFORM refuse('gift.own'); END IF;
  PERFORM wallets_lock(giver, p_member);
  PERFORM wallet_lock(giver, p_now);
  PERFORM wallet_lock(p_member, p_now);
  SELECT x.* INTO c FROM gift_offer g JOIN coupon x ON x.id = g.coupon_id WHERE g.code_hash = p_hash AND x.member_id = giver FOR UPDATE OF x;
  IF NOT FOUND THEN PERFORM refuse('claim.unknown'); END IF;
  SELECT * INTO o FROM gift_offer WHERE code_hash = p_hash FOR UPDATE;
  IF o.used_key = p_key THEN
    SELECT * INTO n FROM coupon WHERE key = p_key;
    IF n.member_id <> p_member THEN PERFORM refuse('ledger.key_reused'); END IF;
  ELSE
    IF o.used_at IS NOT NULL OR o.revoked_at IS NOT NULL OR o.expires_at <= p_now OR num_nonnulls(c.used_at, c.cancelled_at, c.expired_at) > 0
      OR c.expires_at <= p_now THEN PERFORM refuse('claim.unknown'); END IF;
    UPDATE gift_offer SET used_at = p_now, used_key = p_key WHERE code_hash = p_hash;
    n.id := gift_move(c, p_member, p_key, p_actor, p_now);
    SELECT * INTO n FROM coupon WHERE id = n.id;
    PERFORM delivery_plan((SELECT person_id FROM member WHERE member.id = giver), 'gift-taken', jsonb_build_object('name', c.terms -> 'name',
      'amountMinor', n.value_minor), 'coupon:' || c.id || ':taken', p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN coupon_json(n);
END $$;

-- The member that somebody's card is now part of.
CREATE FUNCTION member_now(p_member int) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT coalesce(merged_into, member_id) FROM wallet WHERE member_id = p_member;
$$;

-- An event as the program in force has it; null when it has none of this name.
CREATE FUNCTION event_now(p_reward text, p_now timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT r FROM (SELECT rules FROM program_version WHERE starts_at <= p_now AND withdrawn_at IS NULL ORDER BY starts_at DESC, id DESC LIMIT 1) v,
    jsonb_array_elements(v.rules -> 'rewards') r WHERE r ->> 'id' = p_reward AND r ->> 'kind' = 'event';
$$;

-- How many seats an event has that has not begun; null when there is none.
CREATE FUNCTION event_places(p_reward text, p_now timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT least((e ->> 'places')::bigint, (e ->> 'stock')::bigint) FROM event_now(p_reward, p_now) e WHERE (e ->> 'at')::timestamptz > p_now;
$$;

-- Lines up everybody who changes the seats of an event, before any wallet is locked: who holds this needs wallets of others, whose owners may want this
-- event too. Then, in the order of their ids, the wallets of the member (if any) and of the head of the list: up to as many who can pay as there are free seats, and one
-- more, for the seat that may become free. Returns whose they are.
CREATE FUNCTION seats_lock(p_reward text, p_member int, p_now timestamptz) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE x record; ids int[] := array_remove(ARRAY[p_member], NULL); seats bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('event'), hashtext(p_reward));
  seats := 1 + greatest(0, event_places(p_reward, p_now) - coalesce((SELECT issued FROM reward_stock WHERE reward = p_reward), 0));
  FOR x IN SELECT w.member_id, w.balance, (e.terms ->> 'cost')::bigint AS cost FROM event_wait e JOIN wallet w ON w.member_id = member_now(e.member_id)
      WHERE e.reward = p_reward AND e.ended_at IS NULL ORDER BY e.id LOOP
    ids := ids || x.member_id;
    IF x.balance >= x.cost THEN seats := seats - 1; END IF;
    EXIT WHEN seats <= 0;
  END LOOP;
  PERFORM 1 FROM wallet WHERE member_id = ANY (ids) ORDER BY member_id FOR UPDATE;
  RETURN ids;
END $$;

-- Free seats go to the list, in its order: points are taken only now, who can't pay is told and leaves it. `p_held`: what
-- seats_lock has locked. Whoever lost their points in between leaves a seat to somebody whose wallet isn't: it waits for the next call, since a wallet locked
-- now, out of order, could wait for ever. Returns how many got a seat.
CREATE FUNCTION seats_fill(p_reward text, p_held int[], p_now timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE places bigint := event_places(p_reward, p_now); x event_wait; w wallet; person int; c jsonb; cost bigint; seated int := 0;
BEGIN
  IF places IS NULL THEN RETURN 0; END IF;
  LOOP
    SELECT * INTO x FROM event_wait WHERE reward = p_reward AND ended_at IS NULL ORDER BY id LIMIT 1;
    EXIT WHEN NOT FOUND OR NOT member_now(x.member_id) = ANY (p_held);
    w := wallet_lock(member_now(x.member_id), p_now);
    EXIT WHEN coalesce((SELECT issued FROM reward_stock WHERE reward = p_reward FOR UPDATE), 0) >= places;
    SELECT person_id INTO person FROM member WHERE id = w.member_id;
    cost := (x.terms ->> 'cost')::bigint;
    IF w.balance < cost THEN
      UPDATE event_wait SET ended_at = p_now, outcome = 'skipped' WHERE id = x.id;
      PERFORM delivery_plan(person, 'seat-missed', jsonb_build_object('name', x.terms -> 'name', 'event', p_reward, 'points', cost), 'seat:' || x.id, p_now);
    ELSE
      c := reward_redeem('seat:' || x.id, NULL, p_now, person, w.member_id, p_reward, x.terms, jsonb_build_object('agreed', cost, 'limit', places));
      UPDATE event_wait SET ended_at = p_now, outcome = 'seated' WHERE id = x.id;
      PERFORM delivery_plan(person, 'seat-given', jsonb_build_object('name', x.terms -> 'name', 'code', c -> 'code', 'at', x.terms -> 'at', 'points', cost),
        'seat:' || x.id, p_now);
      seated := seated + 1;
    END IF;
  END LOOP;
  RETURN seated;
END $$;

-- The place of somebody on a list, counted from one; null when they are not on it.
CREATE FUNCTION event_place(p_reward text, p_member int) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT count(*)::int FROM event_wait e WHERE e.reward = p_reward AND e.ended_at IS NULL
    AND e.id <= (SELECT min(x.id) FROM event_wait x WHERE x.reward = p_reward AND x.ended_at IS NULL AND member_now(x.member_id) = p_member)
    HAVING count(*) > 0;
$$;

-- A seat of an event, or a place on its list when it is full. `p_terms` and `p_holds`: see reward_redeem. With the same key: the same seat or place. Returns the coupon, or
-- {place}; {place: null} when they have left the list since. Refuses: as reward_redeem, but for reward.sold_out.
CREATE FUNCTION seat_take(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_member int, p_reward text, p_terms jsonb, p_holds jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE x event_wait; held int[]; request bytea := request_hash('seat', p_member::text, p_reward, p_actor::text);
BEGIN
  held := seats_lock(p_reward, p_member, p_now);
  PERFORM wallet_lock(p_member, p_now);
  SELECT * INTO x FROM event_wait WHERE key = p_key;
  IF FOUND THEN
    -- Their card, or their chat, may have become one with another since.
    IF x.request_hash <> request AND (x.reward <> p_reward OR member_now(x.member_id) <> p_member) THEN PERFORM refuse('ledger.key_reused'); END IF;
  ELSE
    -- The owner may have added places since.
    IF NOT EXISTS (SELECT 1 FROM coupon WHERE key = p_key) THEN PERFORM seats_fill(p_reward, held, p_now); END IF;
    BEGIN
      RETURN reward_redeem(p_key, p_origin, p_now, p_actor, p_member, p_reward, p_terms, p_holds);
    EXCEPTION WHEN SQLSTATE 'RG001' THEN
      -- Everything else that stands in the way of a seat was asked before it, but for the points, which are taken when there is one.
      IF SQLERRM <> 'reward.sold_out' THEN RAISE; END IF;
    END;
    IF event_place(p_reward, p_member) IS NULL THEN
      INSERT INTO event_wait (reward, member_id, terms, key, request_hash, at) VALUES (p_reward, p_member, p_terms, p_key, request, p_now);
    END IF;
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('place', event_place(p_reward, p_member));
END $$;

-- Leaves the list of an event. Refuses: event.not_waiting.
CREATE FUNCTION seat_leave(p_key text, p_origin jsonb, p_now timestamptz, p_member int, p_reward text)
  RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('event'), hashtext(p_reward));
  UPDATE event_wait SET ended_at = p_now, outcome = 'left', end_key = p_key WHERE reward = p_reward AND ended_at IS NULL AND member_now(member_id) = p_member;
  IF NOT FOUND AND NOT EXISTS (SELECT 1 FROM event_wait WHERE reward = p_reward AND end_key = p_key) THEN PERFORM refuse('event.not_waiting'); END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
END $$;

-- Gives seats of an event that became free otherwise (an owner added places) to those who wait. One event in a transaction: the line of another may only be joined
-- while no wallet is held. Returns how many got a seat.
CREATE FUNCTION seats_offer(p_reward text, p_now timestamptz) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
  RETURN seats_fill(p_reward, seats_lock(p_reward, NULL, p_now), p_now);
END $$;

-- A member gives a coupon back that they had taken for points (or for nothing); a seat goes to the first of the list. Refuses: member.unknown,
-- ledger.key_reused, coupon.unknown, coupon.used, coupon.cancelled, coupon.expired, coupon.used_partly, coupon.a_gift, coupon.event_begun.
CREATE FUNCTION coupon_cancel(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_member int, p_code text)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE c coupon; e coupon_event; seat boolean; held int[];
BEGIN
  SELECT * INTO c FROM coupon WHERE code = p_code AND member_id = p_member;
  seat := coalesce(c.terms ->> 'kind' = 'event', false);
  IF seat THEN held := seats_lock(c.reward, p_member, p_now); END IF;
  PERFORM wallet_lock(p_member, p_now);
  SELECT * INTO c FROM coupon WHERE code = p_code AND member_id = p_member FOR UPDATE;
  IF NOT FOUND THEN PERFORM refuse('coupon.unknown'); END IF;
  SELECT * INTO e FROM coupon_event WHERE key = p_key;
  IF FOUND THEN
    IF e.coupon_id <> c.id OR e.kind <> 'cancelled' THEN PERFORM refuse('ledger.key_reused'); END IF;
  ELSE
    PERFORM coupon_hold_open(c, p_now);
    IF c.left_minor < c.value_minor THEN PERFORM refuse('coupon.used_partly'); END IF;
    IF c.source <> 'redeem' THEN PERFORM refuse('coupon.a_gift'); END IF;
    IF seat AND (c.terms ->> 'at')::timestamptz <= p_now THEN PERFORM refuse('coupon.event_begun'); END IF;
    PERFORM coupon_void(c.id, p_key, p_actor, p_now, '{}');
    SELECT * INTO e FROM coupon_event WHERE key = p_key;
    PERFORM home_plan((SELECT person_id FROM member WHERE member.id = p_member), 'c' || e.id, p_now);
    IF seat THEN PERFORM seats_fill(c.reward, held, p_now); END IF;
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN coupon_json(c) || jsonb_build_object('cancelledAt', e.at, 'balance', (SELECT balance FROM wallet WHERE wallet.member_id = p_member));
END $$;

-- An owner takes a coupon back. What it had cost returns when nothing of it was used; a seat goes to the first of the list. Its member is told. Refuses: owner.only,
-- coupon.unknown, coupon.used, coupon.cancelled, coupon.expired, coupon.event_begun, ledger.key_reused.
CREATE FUNCTION coupon_take_back(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_code text)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE c coupon; e coupon_event; holder int; seat boolean; held int[];
BEGIN
  PERFORM owner_hold(p_actor);
  SELECT * INTO c FROM coupon WHERE code = p_code;
  IF NOT FOUND THEN PERFORM refuse('coupon.unknown'); END IF;
  holder := c.member_id;
  seat := c.terms ->> 'kind' = 'event';
  IF seat THEN held := seats_lock(c.reward, holder, p_now); END IF;
  PERFORM wallet_lock(holder, p_now);
  SELECT * INTO c FROM coupon WHERE code = p_code AND member_id = holder FOR UPDATE;
  IF NOT FOUND THEN PERFORM refuse('coupon.unknown'); END IF;
  SELECT * INTO e FROM coupon_event WHERE key = p_key;
  IF FOUND THEN
    IF e.coupon_id <> c.id OR e.kind <> 'cancelled' THEN PERFORM refuse('ledger.key_reused'); END IF;
  ELSE
    PERFORM coupon_hold_open(c, p_now);
    IF seat AND (c.terms ->> 'at')::timestamptz <= p_now THEN PERFORM refuse('coupon.event_begun'); END IF;
    IF coupon_void(c.id, p_key, p_actor, p_now, '{"voided": true}') IS NULL THEN
      UPDATE coupon SET cancelled_at = p_now WHERE id = c.id;
      INSERT INTO coupon_event (coupon_id, kind, at, actor_id, key, request_hash, details)
        VALUES (c.id, 'cancelled', p_now, p_actor, p_key, request_hash('void', c.id::text, p_actor::text), '{"voided": true, "points": 0}');
    END IF;
    SELECT * INTO e FROM coupon_event WHERE key = p_key;
    PERFORM delivery_plan((SELECT person_id FROM member WHERE member.id = holder), 'coupon-voided', jsonb_build_object('name', c.terms -> 'name',
      'points', e.details -> 'points'), 'coupon:' || c.id || ':voided', p_now);
    PERFORM home_plan((SELECT person_id FROM member WHERE member.id = holder), 'c' || e.id, p_now);
    IF seat THEN PERFORM seats_fill(c.reward, held, p_now); END IF;
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('name', c.terms -> 'name', 'points', e.details -> 'points', 'leftMinor', c.left_minor);
END $$;

-- Who did what, read from where it was written once and for all. `id` is unique; `kind` says what `detail` holds. A refund of one's own sale
-- within ten minutes is an undo. `person_id` is whom it was done to, of those who work here.
CREATE VIEW deed AS
  SELECT 's' || s.id AS id, s.created_at AS at, s.actor_id, 'credit' AS kind, s.member_id, NULL::int AS person_id, s.shop, s.points,
      s.amount_minor, jsonb_build_object('receipt', s.receipt, 'undone', s.undone_at IS NOT NULL) AS detail
    FROM sale s WHERE s.actor_id IS NOT NULL
  UNION ALL
  SELECT 'r' || r.id, r.at, r.actor_id, CASE WHEN s.actor_id = r.actor_id AND r.at - s.created_at <= interval '10 minutes' THEN 'undo' ELSE 'refund' END,
      s.member_id, NULL, s.shop, -(r.points_taken + r.points_owed + r.points_pending + r.points_written_off), r.amount_minor,
      jsonb_build_object('receipt', s.receipt, 'reason', r.reason)
    FROM refund r JOIN sale s ON s.id = r.sale_id WHERE r.actor_id IS NOT NULL
  UNION ALL
  SELECT 'e' || e.id, e.at, e.actor_id, 'grant', e.member_id, NULL, NULL, e.delta, NULL, e.reason
    FROM entry e WHERE e.actor_id IS NOT NULL AND e.kind = 'grant'
  UNION ALL
  SELECT 'l' || l.id, l.at, l.staff_id, 'over_limit', l.member_id, NULL, NULL, NULL, NULL,
      jsonb_build_object('limit', l.limit_name, 'allowed', l.allowed, 'reached', l.reached)
    FROM limit_note l
  UNION ALL
  SELECT 'a' || a.id, a.created_at, a.asker_id, 'asked', a.member_id, NULL, NULL, NULL, (a.what ->> 'amountMinor')::bigint,
      jsonb_build_object('of', a.kind, 'limit', a.limit_name, 'allowed', a.allowed, 'decision', a.decision)
    FROM approval a
  UNION ALL
  SELECT 'd' || a.id, a.decided_at, a.decided_by, a.decision, a.member_id, a.asker_id, NULL, NULL, (a.what ->> 'amountMinor')::bigint,
      jsonb_build_object('of', a.kind, 'limit', a.limit_name)
    FROM approval a WHERE a.decided_by IS NOT NULL
  UNION ALL
  SELECT 't' || t.id, t.at, t.actor_id, t.kind, NULL, t.person_id, NULL, NULL, NULL, t.detail FROM team_change t WHERE t.actor_id IS NOT NULL
  UNION ALL
  SELECT 'i' || i.id, i.created_at, i.inviter_id, 'invited', NULL, i.used_by_id, i.shop, NULL, NULL, jsonb_build_object('role', i.role)
    FROM invitation i WHERE i.inviter_id IS NOT NULL
  UNION ALL
  SELECT 'v' || v.id, v.created_at, v.actor_id, 'program', NULL, NULL, NULL, NULL, NULL, jsonb_build_object('version', v.id, 'startsAt', v.starts_at)
    FROM program_version v WHERE v.actor_id IS NOT NULL
  UNION ALL
  SELECT 'k' || k.id, k.noted_at, k.actor_id, 'tier', k.member_id, NULL, NULL, NULL, NULL,
      jsonb_build_object('tier', CASE WHEN k.cause = 'manual' THEN k.to_tier END, 'cause', k.cause)
    FROM tier_change k WHERE k.cause IN ('manual', 'automatic')
  UNION ALL
  SELECT 'c' || x.id, x.at, x.actor_id, 'coupon_used', c.member_id, NULL, c.used_shop, NULL, c.value_minor, jsonb_build_object('texts', c.terms -> 'name')
    FROM coupon_event x JOIN coupon c ON c.id = x.coupon_id WHERE x.actor_id IS NOT NULL AND x.kind = 'used'
  UNION ALL
  SELECT 'p' || p.id, p.at, p.actor_id, CASE WHEN p.kind = 'hand' THEN 'stamp' ELSE 'stamp_undo' END, p.member_id, NULL, NULL, p.delta, NULL,
      jsonb_build_object('card', p.card)
    FROM stamp p WHERE p.actor_id IS NOT NULL AND p.kind IN ('hand', 'undo')
  UNION ALL
  SELECT 'g' || x.id, x.at, x.actor_id, CASE x.kind WHEN 'spent' THEN 'gift_spent' ELSE 'coupon_voided' END, c.member_id, NULL, x.details ->> 'shop',
      (x.details ->> 'points')::bigint, coalesce((x.details ->> 'amountMinor')::bigint, 0), jsonb_build_object('texts', c.terms -> 'name')
    FROM coupon_event x JOIN coupon c ON c.id = x.coupon_id
    WHERE x.actor_id IS NOT NULL AND (x.kind = 'spent' OR x.kind = 'cancelled' AND x.details ? 'voided')
  UNION ALL
  SELECT 'b' || b.id, b.created_at, b.actor_id, 'codes', NULL, NULL, NULL, b.count, NULL, jsonb_build_object('batch', b.id)
    FROM code_batch b
  UNION ALL
  SELECT 'w' || e.id, e.at, e.actor_id, 'released', e.member_id, NULL, NULL, e.delta, NULL, jsonb_build_object('receipt', s.receipt)
    FROM pending w JOIN sale s ON s.id = w.sale_id JOIN entry e ON e.sale_id = w.sale_id AND e.kind = 'credit' WHERE e.actor_id IS NOT NULL
  UNION ALL
  SELECT 'n' || m.id, m.joined_at, m.enrolled_by_id, 'enrolled', m.id, NULL, NULL, NULL, NULL, '{}'::jsonb FROM member m WHERE m.enrolled_by_id IS NOT NULL
  UNION ALL
  -- Customers link their own cards; who works here, or did, is named.
  SELECT 'm' || m.id, m.at, m.actor_id, 'merged', m.kept_id, NULL, NULL, m.points, NULL, '{}'::jsonb FROM member_merge m
    WHERE EXISTS (SELECT 1 FROM staff x WHERE x.person_id = m.actor_id) OR EXISTS (SELECT 1 FROM team_change x WHERE x.person_id = m.actor_id)
  UNION ALL
  SELECT 'u' || m.id, m.undone_at, m.undone_by_id, 'parted', m.kept_id, NULL, NULL, m.undone_points, NULL, '{}'::jsonb
    FROM member_merge m WHERE m.undone_by_id IS NOT NULL;

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  GRANT SELECT ON code_batch, printed_code, gift_offer, event_wait, deed TO regulars_app;
  REVOKE EXECUTE ON FUNCTION owner_hold, gift_move, seats_lock, seats_fill FROM PUBLIC;
END $$;
