-- Stamp cards. A stamp is a movement, never changed; how full a card is, is their sum. A full card takes its stamps and gives a coupon in the same
-- transaction. Everything here happens under the lock of the member's wallet.

-- CreateTable
CREATE TABLE "stamp" (
    "id" BIGSERIAL NOT NULL,
    "member_id" INTEGER NOT NULL,
    "card" TEXT NOT NULL,
    "delta" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "sale_id" BIGINT,
    "coupon_id" BIGINT,
    "reverses" BIGINT,
    "actor_id" INTEGER,
    "key" TEXT NOT NULL,
    "part" INTEGER NOT NULL,
    "request_hash" BYTEA,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "stamp_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "stamp_member_id_card_idx" ON "stamp"("member_id", "card");

-- CreateIndex
CREATE INDEX "stamp_sale_id_idx" ON "stamp"("sale_id");

-- CreateIndex
CREATE UNIQUE INDEX "stamp_key_part_key" ON "stamp"("key", "part");

-- CreateIndex
CREATE UNIQUE INDEX "stamp_reverses_key" ON "stamp"("reverses");

-- AddForeignKey
ALTER TABLE "stamp" ADD CONSTRAINT "stamp_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stamp" ADD CONSTRAINT "stamp_sale_id_fkey" FOREIGN KEY ("sale_id") REFERENCES "sale"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stamp" ADD CONSTRAINT "stamp_coupon_id_fkey" FOREIGN KEY ("coupon_id") REFERENCES "coupon"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- sale: a purchase's. hand: by a member of staff. full: a full card gave a coupon. refund: what a purchase's refund took. undo: of a hand.
-- reopen: a full card whose coupon was cancelled, because it was not full after all. move_in, move_out: two members became one.
ALTER TABLE stamp
  ADD CONSTRAINT stamp_moves_something CHECK (delta <> 0 AND abs(delta) <= 100000),
  ADD CONSTRAINT stamp_kind_known CHECK (kind IN ('sale', 'hand', 'full', 'refund', 'undo', 'reopen', 'move_in', 'move_out')),
  ADD CONSTRAINT stamp_adds_or_takes CHECK (kind IN ('move_in', 'move_out') OR (delta > 0) = (kind IN ('sale', 'hand', 'reopen'))),
  ADD CONSTRAINT stamp_of_a_purchase CHECK (sale_id IS NOT NULL OR kind NOT IN ('sale', 'refund')),
  ADD CONSTRAINT stamp_by_somebody CHECK (actor_id IS NOT NULL OR kind NOT IN ('hand', 'undo')),
  ADD CONSTRAINT stamp_names_its_coupon CHECK ((coupon_id IS NOT NULL) = (kind IN ('full', 'reopen'))),
  ADD CONSTRAINT stamp_names_what_it_reverses CHECK ((reverses IS NOT NULL) = (kind IN ('undo', 'reopen')));
CREATE INDEX stamp_coupon_idx ON stamp (coupon_id) WHERE coupon_id IS NOT NULL;
CREATE TRIGGER stamp_append_only BEFORE UPDATE OR DELETE ON stamp FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stamp_no_truncate BEFORE TRUNCATE ON stamp FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How full a card is. Below zero: a purchase was refunded whose stamps had become a coupon that was used; the next stamps make up for it.
CREATE FUNCTION stamp_count(p_member int, p_card text) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(delta), 0)::int FROM stamp WHERE member_id = p_member AND card = p_card;
$$;

-- Writes one movement, the next part of its act (`p_key`). The caller holds the wallet's lock. Refuses: ledger.key_reused (the key was used at the
-- same moment for another member).
CREATE FUNCTION stamp_append(p_key text, p_request bytea, p_kind text, p_member int, p_card text, p_delta int, p_sale bigint, p_coupon bigint,
  p_reverses bigint, p_actor int, p_now timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE made bigint;
BEGIN
  INSERT INTO stamp (member_id, card, delta, kind, sale_id, coupon_id, reverses, actor_id, key, part, request_hash, at)
    SELECT p_member, p_card, p_delta, p_kind, p_sale, p_coupon, p_reverses, p_actor, p_key, coalesce(max(part) + 1, 0), p_request, p_now
      FROM stamp WHERE key = p_key
    ON CONFLICT (key, part) DO NOTHING RETURNING id INTO made;
  IF made IS NULL THEN PERFORM refuse('ledger.key_reused'); END IF;
  RETURN made;
END $$;

-- Gives a coupon for every time a card is full: its stamps go, what is left counts for the next. `p_card`: card, of, reward (see coupon_issue).
-- Returns the coupons' codes. The caller holds the wallet's lock.
CREATE FUNCTION stamps_complete(p_key text, p_request bytea, p_actor int, p_sale bigint, p_member int, p_card jsonb, p_now timestamptz) RETURNS jsonb
  LANGUAGE plpgsql AS $$
DECLARE card_id text := p_card ->> 'card'; size int := (p_card ->> 'of')::int; times int; coupon_id bigint; codes jsonb := '[]';
BEGIN
  times := greatest(stamp_count(p_member, card_id), 0) / size;
  FOR n IN 1 .. times LOOP
    coupon_id := coupon_issue(p_key || ':' || card_id || ':' || n, p_member, p_card -> 'reward', 'stamps', p_actor, p_sale, p_now);
    PERFORM stamp_append(p_key, p_request, 'full', p_member, card_id, -size, p_sale, coupon_id, NULL, p_actor, p_now);
    codes := codes || (SELECT to_jsonb(c.code) FROM coupon c WHERE c.id = coupon_id);
  END LOOP;
  RETURN codes;
END $$;

-- A card below zero was not full after all: its coupons are taken back, the latest first, as long as there are some that nobody used, wholly or in
-- part, and that are still this member's. Returns their codes. The caller holds the wallet's lock.
CREATE FUNCTION stamps_reopen(p_key text, p_request bytea, p_actor int, p_sale bigint, p_member int, p_card text, p_now timestamptz) RETURNS jsonb
  LANGUAGE plpgsql AS $$
DECLARE spare record; codes jsonb := '[]';
BEGIN
  WHILE stamp_count(p_member, p_card) < 0 LOOP
    SELECT f.id, f.delta, c.id AS coupon_id, c.code, c.expired_at IS NOT NULL OR c.expires_at <= p_now AS ended INTO spare
      FROM coupon c JOIN stamp f ON f.coupon_id = c.id AND f.kind = 'full' AND f.card = p_card
      WHERE c.member_id = p_member AND c.source = 'stamps' AND c.used_at IS NULL AND c.cancelled_at IS NULL
        AND c.left_minor IS NOT DISTINCT FROM c.value_minor AND NOT EXISTS (SELECT 1 FROM stamp x WHERE x.reverses = f.id)
      ORDER BY f.id DESC LIMIT 1 FOR UPDATE OF c;
    EXIT WHEN NOT FOUND;
    -- One that has ended unused gave nothing away: its stamps come back, and it stays as it is.
    EXIT WHEN NOT spare.ended AND coupon_void(spare.coupon_id, p_key || ':coupon:' || spare.coupon_id, p_actor, p_now, '{"because": "stamps"}') IS NULL;
    PERFORM stamp_append(p_key, p_request, 'reopen', p_member, p_card, -spare.delta, p_sale, spare.coupon_id, spare.id, p_actor, p_now);
    codes := codes || to_jsonb(spare.code);
  END LOOP;
  RETURN codes;
END $$;

-- Stamps of a purchase. `p_terms`: an array of card, name, of, stamps, reward, for every card that gets some. Returns an array of card, name, stamps,
-- count (after), of, coupons (codes). Called by ledger_credit, under the wallet's lock.
CREATE FUNCTION stamps_give(p_key text, p_actor int, p_sale bigint, p_member int, p_terms jsonb, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE card jsonb; codes jsonb; done jsonb := '[]';
BEGIN
  FOR card IN SELECT value FROM jsonb_array_elements(p_terms) LOOP
    PERFORM stamp_append(p_key, NULL, 'sale', p_member, card ->> 'card', (card ->> 'stamps')::int, p_sale, NULL, NULL, p_actor, p_now);
    codes := stamps_complete(p_key, NULL, p_actor, p_sale, p_member, card, p_now);
    done := done || (jsonb_build_object('card', card -> 'card', 'name', card -> 'name', 'stamps', card -> 'stamps', 'of', card -> 'of',
      'count', stamp_count(p_member, card ->> 'card'), 'coupons', codes));
  END LOOP;
  RETURN done;
END $$;

-- Takes back the stamps of a purchase that what is left of it would not have given. `p_terms`: an array of card, name, of, left (stamps for what is left),
-- by the sale's own version. Returns an array of card, name, stamps (below zero), count (after), of, coupons (codes taken back), of the cards that changed.
-- Called by ledger_refund, under the wallet's lock. As if the refunded part had never been bought: stamps given = those of what is left, and as many
-- coupons as full cards, unless more were used.
CREATE FUNCTION stamps_follow(p_key text, p_actor int, p_sale bigint, p_member int, p_terms jsonb, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE one jsonb; back int; codes jsonb; done jsonb := '[]';
BEGIN
  FOR one IN SELECT value FROM jsonb_array_elements(p_terms) LOOP
    SELECT coalesce(sum(delta), 0) - (one ->> 'left')::int INTO back FROM stamp
      WHERE sale_id = p_sale AND stamp.card = one ->> 'card' AND kind IN ('sale', 'refund');
    CONTINUE WHEN back <= 0;
    PERFORM stamp_append(p_key, NULL, 'refund', p_member, one ->> 'card', -back, p_sale, NULL, NULL, p_actor, p_now);
    codes := stamps_reopen(p_key, NULL, p_actor, p_sale, p_member, one ->> 'card', p_now);
    done := done || (jsonb_build_object('card', one -> 'card', 'name', one -> 'name', 'stamps', -back, 'of', one -> 'of',
      'count', stamp_count(p_member, one ->> 'card'), 'coupons', codes));
  END LOOP;
  RETURN done;
END $$;

-- Stamps that a member of staff gives by themselves. `p_card`: card, name, of, reward. With the same key and the same request: the first result again.
-- Returns id, memberId, name (the member's), stamps, count (after), of, coupons. Refuses: member.unknown, staff.only, stamps.self, stamps.too_many,
-- ledger.key_reused.
CREATE FUNCTION stamp_hand(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_member int, p_stamps int, p_card jsonb) RETURNS jsonb
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE s stamp; request bytea; owner_id int; owner_name text; codes jsonb; counted int; made bigint;
BEGIN
  PERFORM wallet_lock(p_member, p_now);
  SELECT m.person_id, coalesce(p.name, m.external_ref, m.code) INTO owner_id, owner_name FROM member m LEFT JOIN person p ON p.id = m.person_id
    WHERE m.id = p_member;
  SELECT * INTO s FROM stamp WHERE key = p_key AND part = 0;
  request := request_hash('stamp', card_of_then(s.member_id, p_member)::text, p_card ->> 'card', p_stamps::text, p_actor::text);
  IF s.id IS NOT NULL THEN
    IF s.request_hash IS DISTINCT FROM request THEN PERFORM refuse('ledger.key_reused'); END IF;
    made := s.id;
    SELECT coalesce(jsonb_agg(c.code ORDER BY x.id), '[]') INTO codes FROM stamp x JOIN coupon c ON c.id = x.coupon_id WHERE x.key = p_key;
    SELECT sum(delta) INTO counted FROM stamp WHERE member_id = s.member_id AND card = s.card AND id <= (SELECT max(x.id) FROM stamp x WHERE x.key = p_key);
  ELSE
    IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_actor) THEN PERFORM refuse('staff.only'); END IF;
    IF owner_id = p_actor THEN PERFORM refuse('stamps.self'); END IF;
    IF p_stamps NOT BETWEEN 1 AND 5 THEN PERFORM refuse('stamps.too_many', '{"count": 5}'); END IF;
    made := stamp_append(p_key, request, 'hand', p_member, p_card ->> 'card', p_stamps, NULL, NULL, NULL, p_actor, p_now);
    codes := stamps_complete(p_key, request, p_actor, NULL, p_member, p_card, p_now);
    counted := stamp_count(p_member, p_card ->> 'card');
    PERFORM delivery_plan(owner_id, 'stamped', jsonb_build_object('stamps', jsonb_build_array(jsonb_build_object('card', p_card -> 'card',
      'name', p_card -> 'name', 'stamps', p_stamps, 'of', p_card -> 'of', 'count', counted, 'coupons', codes))), 'stamped:' || made, p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('id', made, 'memberId', p_member, 'name', owner_name, 'card', p_card -> 'card', 'stamps', p_stamps, 'of', p_card -> 'of',
    'count', counted, 'coupons', codes);
END $$;

-- Takes back stamps that somebody gave by themselves: within `p_window` they may do so, afterwards and for others an owner. `p_cards`: name and of
-- of the program's cards, by card. Refuses: stamps.unknown, stamps.already_undone, stamps.undo_too_late, stamps.undo_not_yours, staff.only,
-- ledger.key_reused.
CREATE FUNCTION stamp_undo(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_stamp bigint, p_window interval, p_cards jsonb) RETURNS jsonb
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE s stamp; u stamp; request bytea; owner_id int; owner_name text; actor_role text; codes jsonb; counted int;
BEGIN
  request := request_hash('stamp_undo', p_stamp::text, p_actor::text);
  SELECT * INTO s FROM stamp WHERE id = p_stamp AND kind = 'hand';
  IF NOT FOUND THEN PERFORM refuse('stamps.unknown'); END IF;
  PERFORM wallet_lock(s.member_id, p_now);
  SELECT m.person_id, coalesce(p.name, m.external_ref, m.code) INTO owner_id, owner_name FROM member m LEFT JOIN person p ON p.id = m.person_id
    WHERE m.id = s.member_id;
  SELECT * INTO u FROM stamp WHERE reverses = s.id;
  IF u.id IS NOT NULL AND u.key = p_key THEN
    IF u.request_hash IS DISTINCT FROM request THEN PERFORM refuse('ledger.key_reused'); END IF;
    SELECT coalesce(jsonb_agg(c.code ORDER BY x.id), '[]') INTO codes FROM stamp x JOIN coupon c ON c.id = x.coupon_id WHERE x.key = p_key;
    SELECT sum(delta) INTO counted FROM stamp WHERE member_id = s.member_id AND card = s.card AND id <= (SELECT max(x.id) FROM stamp x WHERE x.key = p_key);
  ELSE
    IF u.id IS NOT NULL THEN PERFORM refuse('stamps.already_undone', jsonb_build_object('at', u.at)); END IF;
    SELECT role INTO actor_role FROM staff WHERE person_id = p_actor;
    IF actor_role IS NULL THEN PERFORM refuse('staff.only'); END IF;
    IF actor_role <> 'owner' AND (s.actor_id <> p_actor OR p_now - s.at > p_window) THEN
      PERFORM refuse(CASE WHEN s.actor_id <> p_actor THEN 'stamps.undo_not_yours' ELSE 'stamps.undo_too_late' END,
        jsonb_build_object('count', extract(epoch FROM p_window)::int / 60));
    END IF;
    PERFORM stamp_append(p_key, request, 'undo', s.member_id, s.card, -s.delta, NULL, NULL, s.id, p_actor, p_now);
    codes := stamps_reopen(p_key, request, p_actor, NULL, s.member_id, s.card, p_now);
    counted := stamp_count(s.member_id, s.card);
    PERFORM delivery_plan(owner_id, 'stamped', jsonb_build_object('stamps', jsonb_build_array(jsonb_build_object('card', s.card,
      'name', coalesce(p_cards -> s.card -> 'name', jsonb_build_object('en', s.card)), 'stamps', -s.delta, 'of', coalesce(p_cards -> s.card -> 'of', '0'),
      'count', counted, 'coupons', codes))), 'stamped:' || s.id || ':undone', p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('id', s.id, 'memberId', s.member_id, 'name', owner_name, 'card', s.card, 'stamps', -s.delta,
    'of', coalesce(p_cards -> s.card -> 'of', '0'), 'count', counted, 'coupons', codes);
END $$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  GRANT SELECT ON stamp TO regulars_app;
END $$;
REVOKE EXECUTE ON FUNCTION stamp_append, stamps_complete, stamps_reopen, stamps_give, stamps_follow FROM PUBLIC;
