-- Who is who: phone numbers, cards without a chat, one person on several messengers, two cards that become one and part again, birthdays.

-- AlterTable
ALTER TABLE "lot" ADD COLUMN     "from_lot_id" BIGINT;

-- AlterTable
ALTER TABLE "member" ADD COLUMN     "birthday_set_at" TIMESTAMPTZ(6);

-- AlterTable
ALTER TABLE "person" ADD COLUMN     "phone" TEXT,
ADD COLUMN     "phone_at" TIMESTAMPTZ(6);

-- AlterTable
ALTER TABLE "wallet" ADD COLUMN     "merged_into" INTEGER;

-- CreateTable
CREATE TABLE "link_code" (
    "id" SERIAL NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "kind" TEXT NOT NULL,
    "person_id" INTEGER NOT NULL,
    "address_id" INTEGER,
    "actor_id" INTEGER,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6),
    "used_at" TIMESTAMPTZ(6),
    "used_by_id" INTEGER,
    "used_key" TEXT,
    "result" JSONB,
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "link_code_pkey" PRIMARY KEY ("id")
);

-- AlterTable
ALTER TABLE "member" ADD COLUMN     "enrolled_by_id" INTEGER;

-- CreateTable
CREATE TABLE "member_merge" (
    "id" SERIAL NOT NULL,
    "kept_id" INTEGER NOT NULL,
    "merged_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "actor_id" INTEGER,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "points" BIGINT NOT NULL,
    "moved" JSONB NOT NULL,
    "undone_at" TIMESTAMPTZ(6),
    "undone_by_id" INTEGER,
    "undone_key" TEXT,
    "undone_points" BIGINT,

    CONSTRAINT "member_merge_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sale_move" (
    "id" BIGSERIAL NOT NULL,
    "merge_id" INTEGER NOT NULL,
    "sale_id" BIGINT NOT NULL,
    "from_id" INTEGER NOT NULL,
    "to_id" INTEGER NOT NULL,

    CONSTRAINT "sale_move_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "carry_move" (
    "id" BIGSERIAL NOT NULL,
    "merge_id" INTEGER NOT NULL,
    "member_id" INTEGER NOT NULL,
    "rule" TEXT NOT NULL,
    "numerator" BIGINT NOT NULL,
    "denominator" BIGINT NOT NULL,

    CONSTRAINT "carry_move_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "birthday_gift" (
    "member_id" INTEGER NOT NULL,
    "year" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "birthday_gift_pkey" PRIMARY KEY ("member_id","year")
);

-- CreateIndex
CREATE UNIQUE INDEX "link_code_code_hash_key" ON "link_code"("code_hash");

-- CreateIndex
CREATE INDEX "link_code_person_id_idx" ON "link_code"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "member_merge_key_key" ON "member_merge"("key");

-- CreateIndex
CREATE UNIQUE INDEX "member_merge_undone_key_key" ON "member_merge"("undone_key");

-- CreateIndex
CREATE INDEX "member_merge_kept_id_idx" ON "member_merge"("kept_id");

-- CreateIndex
CREATE INDEX "member_merge_merged_id_idx" ON "member_merge"("merged_id");

-- CreateIndex
CREATE INDEX "sale_move_sale_id_idx" ON "sale_move"("sale_id");

-- CreateIndex
CREATE INDEX "sale_move_merge_id_idx" ON "sale_move"("merge_id");

-- CreateIndex
CREATE INDEX "sale_move_from_id_idx" ON "sale_move"("from_id");

-- CreateIndex
CREATE INDEX "carry_move_merge_id_idx" ON "carry_move"("merge_id");

-- CreateIndex
CREATE INDEX "carry_move_member_id_idx" ON "carry_move"("member_id");

-- CreateIndex
CREATE UNIQUE INDEX "person_phone_key" ON "person"("phone");

-- CreateIndex
CREATE INDEX "member_birthday_idx" ON "member"("birthday");

-- CreateIndex
CREATE INDEX "lot_from_lot_id_idx" ON "lot"("from_lot_id");

-- AddForeignKey
ALTER TABLE "wallet" ADD CONSTRAINT "wallet_merged_into_fkey" FOREIGN KEY ("merged_into") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lot" ADD CONSTRAINT "lot_from_lot_id_fkey" FOREIGN KEY ("from_lot_id") REFERENCES "lot"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "link_code" ADD CONSTRAINT "link_code_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member_merge" ADD CONSTRAINT "member_merge_kept_id_fkey" FOREIGN KEY ("kept_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member_merge" ADD CONSTRAINT "member_merge_merged_id_fkey" FOREIGN KEY ("merged_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sale_move" ADD CONSTRAINT "sale_move_merge_id_fkey" FOREIGN KEY ("merge_id") REFERENCES "member_merge"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sale_move" ADD CONSTRAINT "sale_move_sale_id_fkey" FOREIGN KEY ("sale_id") REFERENCES "sale"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "carry_move" ADD CONSTRAINT "carry_move_merge_id_fkey" FOREIGN KEY ("merge_id") REFERENCES "member_merge"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "carry_move" ADD CONSTRAINT "carry_move_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "birthday_gift" ADD CONSTRAINT "birthday_gift_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE person
  ADD CONSTRAINT person_phone_is_e164 CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
  ADD CONSTRAINT person_phone_has_a_date CHECK ((phone IS NULL) = (phone_at IS NULL));
ALTER TABLE member ADD CONSTRAINT member_birthday_exists CHECK (birthday NOT IN ('02-30', '02-31', '04-31', '06-31', '09-31', '11-31'));
ALTER TABLE wallet ADD CONSTRAINT wallet_merged_is_empty CHECK (merged_into IS NULL OR (merged_into <> member_id AND balance = 0 AND debt = 0));
CREATE INDEX wallet_merged ON wallet (merged_into) WHERE merged_into IS NOT NULL;
ALTER TABLE link_code
  ADD CONSTRAINT link_code_kind_known CHECK (kind IN ('link', 'claim')),
  ADD CONSTRAINT link_code_used_whole CHECK ((used_at IS NULL) = (used_by_id IS NULL) AND (used_at IS NULL) = (used_key IS NULL));
ALTER TABLE member_merge
  ADD CONSTRAINT member_merge_of_two CHECK (kept_id <> merged_id),
  ADD CONSTRAINT member_merge_undone_whole CHECK ((undone_at IS NULL) = (undone_key IS NULL) AND (undone_at IS NULL) = (undone_points IS NULL));
CREATE UNIQUE INDEX member_merge_once ON member_merge (merged_id) WHERE undone_at IS NULL;
ALTER TABLE sale_move ADD CONSTRAINT sale_move_moves CHECK (from_id <> to_id);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['sale_move', 'carry_move', 'birthday_gift'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t || '_append_only', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['sale_move', 'carry_move', 'birthday_gift', 'member_merge'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_no_truncate', t);
  END LOOP;
END $$;

-- A merge is never changed; it can be undone, once.
CREATE FUNCTION refuse_other_than_parting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.undone_at IS NOT NULL
    OR to_jsonb(NEW) - ARRAY['undone_at', 'undone_by_id', 'undone_key', 'undone_points'] <> to_jsonb(OLD) - ARRAY['undone_at', 'undone_by_id', 'undone_key', 'undone_points'] THEN
    RAISE EXCEPTION 'member_merge is append-only: % refused', TG_OP USING ERRCODE = 'RG002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER member_merge_append_only BEFORE UPDATE OR DELETE ON member_merge FOR EACH ROW EXECUTE FUNCTION refuse_other_than_parting();

CREATE TRIGGER lot_keeps_its_origin BEFORE UPDATE OF from_lot_id ON lot FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A sale changes hands only together with a line that says so.
DROP TRIGGER sale_keeps_its_price ON sale;
CREATE TRIGGER sale_keeps_its_price
  BEFORE UPDATE OF amount_minor, currency, receipt, items, shop, at, created_at, actor_id, key, request_hash, snapshot, points, balance_after
  ON sale FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION sale_changes_hands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last sale_move;
BEGIN
  SELECT * INTO last FROM sale_move WHERE sale_id = OLD.id ORDER BY id DESC LIMIT 1;
  IF last.from_id IS DISTINCT FROM OLD.member_id OR last.to_id IS DISTINCT FROM NEW.member_id THEN
    RAISE EXCEPTION 'sale % belongs to member %', OLD.id, OLD.member_id USING ERRCODE = 'RG002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sale_keeps_its_member BEFORE UPDATE OF member_id ON sale FOR EACH ROW EXECUTE FUNCTION sale_changes_hands();

-- Waiting points go where their sale goes.
DROP TRIGGER pending_keeps_its_date ON pending;
CREATE TRIGGER pending_keeps_its_date BEFORE UPDATE OF sale_id, points, terms ON pending FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION pending_follows_its_sale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.member_id IS DISTINCT FROM (SELECT member_id FROM sale WHERE id = NEW.sale_id) THEN
    RAISE EXCEPTION 'the points of sale % belong to its member', NEW.sale_id USING ERRCODE = 'RG002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER pending_keeps_its_member BEFORE UPDATE OF member_id ON pending FOR EACH ROW EXECUTE FUNCTION pending_follows_its_sale();

-- As before, and a wallet that went into another one is closed. Refuses: member.unknown, member.merged (at the same moment; who asks again by
-- the card's code finds the other one).
CREATE OR REPLACE FUNCTION wallet_lock(p_member int, p_now timestamptz) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE w wallet;
BEGIN
  SELECT * INTO w FROM wallet WHERE member_id = p_member FOR UPDATE;
  IF NOT FOUND THEN PERFORM refuse('member.unknown'); END IF;
  IF w.merged_into IS NOT NULL THEN PERFORM refuse('member.merged'); END IF;
  IF w.balance > 0 AND EXISTS (SELECT 1 FROM lot WHERE member_id = p_member AND remaining > 0 AND expires_at <= p_now) THEN
    PERFORM wallet_expire(p_member, p_now);
    SELECT * INTO w FROM wallet WHERE member_id = p_member;
  END IF;
  RETURN w;
END $$;

-- The card that a request named: the one of then, when it has become one with the card that is asked for now.
CREATE FUNCTION card_of_then(p_then int, p_asked int) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN EXISTS (SELECT 1 FROM wallet WHERE member_id = p_then AND merged_into = p_asked) THEN p_then ELSE p_asked END;
$$;

-- Every lot of a member that holds points, and every lot its points have been in before.
CREATE FUNCTION lot_lines(p_member int) RETURNS TABLE (lot_id bigint, step_id bigint) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE line AS (
    SELECT l.id AS lot_id, l.id AS step_id, l.from_lot_id FROM lot l WHERE l.member_id = p_member AND l.remaining > 0
    UNION ALL
    SELECT line.lot_id, l.id, l.from_lot_id FROM line JOIN lot l ON l.id = line.from_lot_id
  )
  SELECT line.lot_id, line.step_id FROM line;
$$;

-- What is carried of a member's purchases goes to another member, into that one's units. Returns the whole points that the two remainders make
-- together: money spent is cumulative. Each step is written down, so that it can be taken back and checked. The caller holds both wallets.
CREATE FUNCTION carry_merge(p_merge int, p_from int, p_to int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE c carry; k carry; part numeric; whole numeric; points bigint := 0;
BEGIN
  -- Also where nothing is left over: a refund of a purchase that came along asks what is carried, and in which unit.
  FOR c IN SELECT * FROM carry WHERE member_id = p_from ORDER BY rule LOOP
    SELECT * INTO k FROM carry WHERE member_id = p_to AND rule = c.rule;
    IF NOT FOUND THEN k.numerator := 0; k.denominator := c.denominator; END IF;
    part := div(c.numerator::numeric * k.denominator, c.denominator);
    whole := greatest(0, div(k.numerator + part, k.denominator));
    INSERT INTO carry_move (merge_id, member_id, rule, numerator, denominator)
      VALUES (p_merge, p_from, c.rule, -c.numerator, c.denominator), (p_merge, p_to, c.rule, part - whole * k.denominator, k.denominator);
    UPDATE carry SET numerator = 0 WHERE member_id = p_from AND rule = c.rule;
    INSERT INTO carry (member_id, rule, numerator, denominator) VALUES (p_to, c.rule, k.numerator + part - whole * k.denominator, k.denominator)
      ON CONFLICT (member_id, rule) DO UPDATE SET numerator = excluded.numerator;
    points := points + whole;
  END LOOP;
  RETURN points;
END $$;

-- The same back. What was made of it meanwhile stays where it is: the remainder there may fall below zero, and later purchases fill it first.
CREATE FUNCTION carry_part(p_merge int, p_kept int, p_merged int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE c carry_move; k carry; part numeric;
BEGIN
  FOR c IN SELECT * FROM carry_move WHERE merge_id = p_merge AND member_id = p_merged ORDER BY id LOOP
    SELECT * INTO k FROM carry WHERE member_id = p_kept AND rule = c.rule;
    part := div(-c.numerator::numeric * k.denominator, c.denominator);
    INSERT INTO carry_move (merge_id, member_id, rule, numerator, denominator)
      VALUES (p_merge, p_kept, c.rule, -part, k.denominator), (p_merge, p_merged, c.rule, -c.numerator, c.denominator);
    UPDATE carry SET numerator = numerator - part WHERE member_id = p_kept AND rule = c.rule;
    UPDATE carry SET numerator = numerator - c.numerator WHERE member_id = p_merged AND rule = c.rule;
  END LOOP;
END $$;

-- Stamps go along, and a card that is full now gives its coupon. `p_terms`: stamps, an array of card, of, reward (see stamps_complete).
CREATE FUNCTION stamps_merge(p_key text, p_actor int, p_from int, p_to int, p_terms jsonb, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE had record; act text := p_key || ':stamps'; terms jsonb;
BEGIN
  FOR had IN SELECT card, sum(delta)::int AS stamps FROM stamp WHERE member_id = p_from GROUP BY card HAVING sum(delta) <> 0 ORDER BY card LOOP
    PERFORM stamp_append(act, NULL, 'move_out', p_from, had.card, -had.stamps, NULL, NULL, NULL, p_actor, p_now);
    PERFORM stamp_append(act, NULL, 'move_in', p_to, had.card, had.stamps, NULL, NULL, NULL, p_actor, p_now);
    SELECT x INTO terms FROM jsonb_array_elements(coalesce(p_terms -> 'stamps', '[]')) x WHERE x ->> 'card' = had.card;
    IF terms IS NOT NULL THEN PERFORM stamps_complete(act, NULL, p_actor, NULL, p_to, terms, p_now); END IF;
  END LOOP;
END $$;

-- The stamps that came go back, as far as they have not become a coupon.
CREATE FUNCTION stamps_part(p_merge_key text, p_key text, p_actor int, p_kept int, p_merged int, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE came record; back int; act text := p_key || ':stamps';
BEGIN
  FOR came IN SELECT card, delta FROM stamp WHERE key = p_merge_key || ':stamps' AND kind = 'move_in' ORDER BY id LOOP
    back := CASE WHEN came.delta > 0 THEN greatest(0, least(came.delta, stamp_count(p_kept, came.card))) ELSE came.delta END;
    CONTINUE WHEN back = 0;
    PERFORM stamp_append(act, NULL, 'move_out', p_kept, came.card, -back, NULL, NULL, NULL, p_actor, p_now);
    PERFORM stamp_append(act, NULL, 'move_in', p_merged, came.card, back, NULL, NULL, NULL, p_actor, p_now);
  END LOOP;
END $$;

-- Writes lots of one wallet into another: `p_lots` of (lot, amount), each with its end, its sale and its age, under a new entry.
CREATE FUNCTION lots_arrive(p_member int, p_entry bigint, p_lots jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO lot (entry_id, member_id, earned, remaining, earned_at, expires_at, sale_id, renew_months, renew_zone, from_lot_id)
    SELECT p_entry, p_member, x.amount, x.amount, l.earned_at, l.expires_at, l.sale_id, l.renew_months, l.renew_zone, l.id
    FROM jsonb_to_recordset(p_lots) AS x(lot bigint, amount bigint) JOIN lot l ON l.id = x.lot ORDER BY l.id;
$$;

-- Makes one card of two: points with the ends they have, debt, carried remainders, purchases, waiting points, coupons. `p_kept` goes on,
-- `p_merged` is closed; both histories stay as they were written. A person is welcomed once: what is left of a second welcome gift stays
-- behind. `p_terms`: expiresAt, renewMonths, renewZone (for a point that two remainders make together). `p_moved`: what else the parting
-- must know. Stamps and tiers follow (`p_terms`: stamps, tiers, each for who knows it). The caller holds both wallets. Returns the merge. Refuses: member.merged, ledger.too_many_points, ledger.key_reused.
CREATE FUNCTION cards_join(p_key text, p_request bytea, p_now timestamptz, p_actor int, p_kept int, p_merged int, p_terms jsonb, p_moved jsonb)
  RETURNS int LANGUAGE plpgsql AS $$
DECLARE m int := nextval('member_merge_id_seq'); kept wallet; merged wallet; gone bigint; came bigint; entry_id bigint; lots jsonb; stays bigint := 0; whole bigint;
  welcomed boolean; codes jsonb;
BEGIN
  kept := wallet_lock(p_kept, p_now);
  merged := wallet_lock(p_merged, p_now);
  IF merged.balance > 999000000 OR merged.debt > 999000000 THEN
    PERFORM refuse('ledger.too_many_points', jsonb_build_object('points', greatest(merged.balance, merged.debt)));
  END IF;
  SELECT jsonb_object_agg(id, code) INTO codes FROM member WHERE id IN (p_kept, p_merged);
  welcomed := EXISTS (SELECT 1 FROM entry e WHERE e.kind = 'welcome' AND (e.member_id = p_kept
    OR e.member_id IN (SELECT member_id FROM wallet WHERE merged_into = p_kept)));
  SELECT jsonb_agg(jsonb_build_object('lot', l.id, 'amount', l.remaining, 'second', welcomed AND EXISTS (
      SELECT 1 FROM lot_lines(p_merged) line JOIN lot s ON s.id = line.step_id JOIN entry e ON e.id = s.entry_id WHERE line.lot_id = l.id AND e.kind = 'welcome')))
    INTO lots FROM lot l WHERE l.member_id = p_merged AND l.remaining > 0;
  SELECT coalesce(sum((x ->> 'amount')::bigint), 0) INTO stays FROM jsonb_array_elements(lots) x WHERE (x ->> 'second')::boolean;
  SELECT jsonb_agg(x) INTO lots FROM jsonb_array_elements(lots) x WHERE NOT (x ->> 'second')::boolean;

  INSERT INTO member_merge (id, kept_id, merged_id, at, actor_id, key, request_hash, points, moved)
    VALUES (m, p_kept, p_merged, p_now, p_actor, p_key, p_request, merged.balance - stays, p_moved || jsonb_build_object(
      'coupons', (SELECT coalesce(jsonb_agg(id), '[]') FROM coupon WHERE member_id = p_merged)));
  IF merged.balance > 0 OR merged.debt > 0 THEN
    gone := ledger_append(p_merged, 'move_out', -merged.balance, -merged.debt, p_key || ':out', p_request, p_actor, NULL, p_now,
      jsonb_strip_nulls(jsonb_build_object('merge', m, 'code', codes ->> p_kept::text, 'welcome', nullif(stays, 0))));
    IF merged.balance > 0 THEN PERFORM lots_take(p_merged, gone, merged.balance); END IF;
  END IF;
  whole := carry_merge(m, p_merged, p_kept);
  came := merged.balance - stays + whole;
  IF came > 0 OR merged.debt > 0 THEN
    entry_id := ledger_append(p_kept, 'move_in', came, merged.debt, p_key || ':in', p_request, p_actor, NULL, p_now,
      jsonb_strip_nulls(jsonb_build_object('merge', m, 'code', codes ->> p_merged::text, 'welcome', nullif(stays, 0), 'carried', nullif(whole, 0))));
    PERFORM lots_arrive(p_kept, entry_id, lots);
    IF whole > 0 THEN
      INSERT INTO lot (entry_id, member_id, earned, remaining, earned_at, expires_at, renew_months, renew_zone) VALUES (entry_id, p_kept, whole, whole, p_now,
        (p_terms ->> 'expiresAt')::timestamptz, (p_terms ->> 'renewMonths')::int, p_terms ->> 'renewZone');
    END IF;
    SELECT balance INTO came FROM wallet WHERE member_id = p_kept;
    IF came > 0 THEN PERFORM debt_pay(p_kept, 'move_in', came, p_key, p_request, p_actor, NULL, p_now); END IF;
  END IF;

  INSERT INTO sale_move (merge_id, sale_id, from_id, to_id) SELECT m, id, p_merged, p_kept FROM sale WHERE member_id = p_merged ORDER BY id;
  UPDATE sale SET member_id = p_kept WHERE member_id = p_merged;
  UPDATE pending SET member_id = p_kept WHERE member_id = p_merged;
  UPDATE coupon SET member_id = p_kept WHERE member_id = p_merged;
  PERFORM stamps_merge(p_key, p_actor, p_merged, p_kept, p_terms, p_now);
  UPDATE payment SET state = 'withdrawn', settled_at = p_now, settled_key = p_key WHERE member_id = p_merged AND state = 'asked';
  INSERT INTO birthday_gift (member_id, year, at) SELECT p_kept, year, at FROM birthday_gift WHERE member_id = p_merged ON CONFLICT DO NOTHING;
  UPDATE member k SET birthday = g.birthday, birthday_set_at = g.birthday_set_at FROM member g
    WHERE k.id = p_kept AND g.id = p_merged AND k.birthday_set_at IS NULL AND g.birthday_set_at IS NOT NULL;
  UPDATE wallet SET merged_into = p_kept WHERE member_id = p_merged OR merged_into = p_merged;
  IF p_terms ? 'tiers' THEN
    PERFORM tier_follow(p_kept, p_terms -> 'tiers', NULL, p_now);
    PERFORM tier_follow(p_merged, p_terms -> 'tiers', NULL, p_now);
  END IF;
  RETURN m;
END $$;

-- Locks the wallets of two members in the order of their ids, so that two who do it the other way round can't wait for each other.
CREATE FUNCTION wallets_lock(p_one int, p_other int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM wallet WHERE member_id IN (p_one, p_other) ORDER BY member_id FOR UPDATE;
END $$;

-- Two people turn out to be one: chats, messages under way, the phone number and the stricter answer about offers go to `p_kept`. What
-- somebody may do here never goes along: who works here is the one that is kept. Returns what a parting must know.
CREATE FUNCTION person_absorb(p_kept int, p_gone int, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE addresses jsonb; number record; kept_says consent; gone_says consent; came jsonb := '{}';
BEGIN
  SELECT coalesce(jsonb_agg(id), '[]') INTO addresses FROM address WHERE person_id = p_gone;
  UPDATE address SET person_id = p_kept WHERE person_id = p_gone;
  UPDATE delivery SET person_id = p_kept WHERE person_id = p_gone AND state IN ('planned', 'retry', 'claimed');
  SELECT phone, phone_at INTO number FROM person WHERE id = p_gone;
  UPDATE person SET phone = NULL, phone_at = NULL WHERE id = p_gone AND phone IS NOT NULL;
  UPDATE person SET phone = number.phone, phone_at = number.phone_at WHERE id = p_kept AND phone IS NULL AND number.phone IS NOT NULL;
  -- Not the number itself: this is never changed, and a number can be erased.
  IF FOUND THEN came := jsonb_build_object('phoneAt', number.phone_at); END IF;
  UPDATE person SET language = (SELECT language FROM person WHERE id = p_gone) WHERE id = p_kept AND language IS NULL;
  SELECT * INTO kept_says FROM consent WHERE person_id = p_kept AND kind = 'marketing' ORDER BY at DESC, id DESC LIMIT 1;
  SELECT * INTO gone_says FROM consent WHERE person_id = p_gone AND kind = 'marketing' ORDER BY at DESC, id DESC LIMIT 1;
  IF gone_says.id IS NOT NULL AND (kept_says.id IS NULL OR (kept_says.granted AND NOT gone_says.granted)) THEN
    INSERT INTO consent (person_id, kind, granted, wording, at) VALUES (p_kept, 'marketing', gone_says.granted, gone_says.wording, p_now)
      RETURNING * INTO kept_says;
    came := came || jsonb_build_object('consent', kept_says.id);
  END IF;
  RETURN came || jsonb_build_object('addresses', addresses, 'person', p_gone);
END $$;

-- What person_absorb and cards_join brought along goes back, unless something else was said since: a phone number finds whose it is, a birthday is
-- who told it, and nobody has agreed to offers for somebody else.
CREATE FUNCTION person_part(m member_merge, p_kept int, p_merged int, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE number record; says consent;
BEGIN
  SELECT phone, phone_at INTO number FROM person WHERE id = p_kept AND phone_at = (m.moved ->> 'phoneAt')::timestamptz;
  IF FOUND AND p_merged IS NOT NULL THEN
    UPDATE person SET phone = NULL, phone_at = NULL WHERE id = p_kept;
    UPDATE person SET phone = number.phone, phone_at = number.phone_at WHERE id = p_merged AND phone IS NULL;
  END IF;
  UPDATE member k SET birthday = NULL, birthday_set_at = NULL FROM member g
    WHERE k.id = m.kept_id AND g.id = m.merged_id AND k.birthday_set_at = g.birthday_set_at;
  SELECT * INTO says FROM consent WHERE person_id = p_kept AND kind = 'marketing' ORDER BY at DESC, id DESC LIMIT 1;
  IF says.granted AND says.id = (m.moved ->> 'consent')::bigint THEN
    INSERT INTO consent (person_id, kind, granted, wording, at) VALUES (p_kept, 'marketing', false, says.wording, p_now);
  END IF;
END $$;

-- Makes one person of two, and one card if both have one. The caller holds both people. Returns the merge, or null when only one had a card.
CREATE FUNCTION people_join(p_key text, p_request bytea, p_now timestamptz, p_actor int, p_kept int, p_gone int, p_terms jsonb) RETURNS int LANGUAGE plpgsql AS $$
DECLARE mine int; theirs int; moved jsonb; m int;
BEGIN
  SELECT id INTO mine FROM member WHERE person_id = p_kept;
  SELECT id INTO theirs FROM member WHERE person_id = p_gone;
  IF mine IS NOT NULL AND theirs IS NOT NULL THEN PERFORM wallets_lock(mine, theirs); END IF;
  moved := person_absorb(p_kept, p_gone, p_now);
  IF mine IS NOT NULL AND theirs IS NOT NULL THEN
    m := cards_join(p_key, p_request, p_now, p_actor, mine, theirs, p_terms, moved);
  ELSIF theirs IS NOT NULL THEN
    -- Wallet before card, as whoever credits it does: else the two wait for each other.
    PERFORM wallets_lock(theirs, theirs);
    UPDATE member SET person_id = p_kept WHERE id = theirs;
  END IF;
  RETURN m;
END $$;

-- Uses a code that was made on another messenger (kind link) or stands on a paper card (kind claim): whoever writes it here and whoever it is
-- of are one person from now on. Used once, also when two try at the same instant. The chat where it was made is told, and the owners when
-- the person works here. `p_terms`: see cards_join, and welcome (points). With the same key: the first result. Refuses: link.unknown (wrong, used, too old, taken back: one answer), link.same,
-- link.both_staff, link.works_here, and what cards_join refuses.
CREATE FUNCTION link_use(p_key text, p_origin jsonb, p_now timestamptz, p_channel text, p_user text, p_chat text, p_name text, p_language text,
  p_hash bytea, p_terms jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE c link_code; me int; kept int; gone int; staff_count int; m int; merged member_merge; told jsonb; card record; joining int; paper record;
BEGIN
  me := person_at(p_channel, p_user, p_chat, p_name, p_language, p_now);
  SELECT * INTO c FROM link_code WHERE code_hash = p_hash FOR UPDATE;
  IF c.used_key = p_key THEN
    PERFORM inbox_note(p_key, p_origin, p_now);
    RETURN c.result;
  END IF;
  IF c.id IS NULL OR c.used_at IS NOT NULL OR c.revoked_at IS NOT NULL OR c.expires_at <= p_now THEN PERFORM refuse('link.unknown'); END IF;
  IF c.person_id = me THEN PERFORM refuse('link.same'); END IF;
  PERFORM 1 FROM person WHERE id IN (me, c.person_id) ORDER BY id FOR UPDATE;
  -- Somebody joined the two meanwhile in another way.
  IF c.kind = 'link' AND NOT EXISTS (SELECT 1 FROM address WHERE person_id = c.person_id) THEN PERFORM refuse('link.unknown'); END IF;
  IF c.kind = 'claim' AND NOT EXISTS (SELECT 1 FROM member x JOIN wallet w ON w.member_id = x.id WHERE x.person_id = c.person_id AND w.merged_into IS NULL) THEN
    PERFORM refuse('link.unknown');
  END IF;
  SELECT count(*) INTO staff_count FROM staff WHERE person_id IN (me, c.person_id);
  IF staff_count = 2 THEN PERFORM refuse('link.both_staff'); END IF;
  -- Whoever made the code would get what they may do here. At a counter codes are scanned all day: it goes the other way only.
  IF c.kind = 'link' AND EXISTS (SELECT 1 FROM staff WHERE person_id = me) THEN PERFORM refuse('link.works_here'); END IF;
  kept := CASE WHEN c.kind = 'claim' THEN me ELSE c.person_id END;
  gone := CASE WHEN kept = me THEN c.person_id ELSE me END;
  SELECT x.code, w.balance INTO paper FROM member x JOIN wallet w ON w.member_id = x.id WHERE x.person_id = c.person_id;
  m := people_join(p_key, request_hash('link', c.id::text), p_now, kept, kept, gone, p_terms);
  SELECT * INTO merged FROM member_merge WHERE id = m;
  -- A card that came out of a file has not been welcomed: its owner joins now.
  SELECT x.id INTO joining FROM member x WHERE x.person_id = kept;
  IF c.kind = 'claim' AND m IS NULL AND (p_terms ->> 'welcome')::bigint > 0 AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.kind = 'welcome'
      AND (e.member_id = joining OR e.member_id IN (SELECT member_id FROM wallet WHERE merged_into = joining))) THEN
    PERFORM wallet_lock(joining, p_now);
    PERFORM points_give(joining, 'welcome', (p_terms ->> 'welcome')::bigint, 'welcome:' || kept, request_hash('welcome', kept::text), NULL, NULL, p_now, p_terms,
      jsonb_build_object('claim', c.id));
  END IF;
  IF c.kind = 'claim' THEN PERFORM delivery_plan(kept, 'welcome', '{}', 'welcome:' || kept, p_now); END IF;
  SELECT x.id, x.code, w.balance, w.debt INTO card FROM member x JOIN wallet w ON w.member_id = x.id WHERE x.person_id = kept;
  told := jsonb_build_object('personId', kept, 'kind', c.kind, 'memberId', card.id, 'code', card.code, 'balance', card.balance, 'debt', card.debt,
    'name', (SELECT name FROM person WHERE id = kept), 'mergeId', m, 'points', merged.points);
  UPDATE link_code SET used_at = p_now, used_by_id = me, used_key = p_key, result = told WHERE id = c.id;
  IF c.address_id IS NOT NULL THEN
    INSERT INTO delivery (notice, params, person_id, address_id, channel, dedupe, not_before, created_at)
      SELECT 'identity-linked', jsonb_build_object('channel', p_channel, 'joined', m IS NOT NULL, 'balance', coalesce(card.balance, 0)), kept, a.id, a.channel,
        'linked:' || c.id, p_now, p_now FROM address a WHERE a.id = c.address_id AND a.dead_at IS NULL ON CONFLICT (dedupe) DO NOTHING;
  END IF;
  IF staff_count = 1 AND c.kind = 'link' THEN
    PERFORM owners_told(kept, 'identity-staff-linked', jsonb_build_object('person', kept, 'channel', p_channel), 'staff-linked:' || c.id, p_now);
  END IF;
  -- They may have credited it themselves.
  IF staff_count = 1 AND c.kind = 'claim' THEN
    PERFORM owners_told(kept, 'identity-staff-claimed', jsonb_build_object('person', kept, 'code', paper.code, 'points', paper.balance),
      'staff-claimed:' || c.id, p_now);
  END IF;
  PERFORM home_plan(kept, 'linked:' || c.id, p_now);
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN told;
END $$;

-- An owner makes one card of two. The one with a chat is kept, else the first. With the same key: the first result. Refuses: owner.only,
-- member.unknown, member.merged, merge.same, merge.staff (somebody's chat would get what somebody else may do here), ledger.key_reused.
CREATE FUNCTION members_merge(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_one int, p_other int, p_terms jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE m member_merge; kept member; gone member; request bytea; chats int; made int;
BEGIN
  request := request_hash('merge', least(p_one, p_other)::text, greatest(p_one, p_other)::text, p_actor::text);
  PERFORM 1 FROM person WHERE id IN (SELECT person_id FROM member WHERE id IN (p_one, p_other)) ORDER BY id FOR UPDATE;
  PERFORM wallets_lock(p_one, p_other);
  SELECT * INTO m FROM member_merge WHERE key = p_key;
  IF FOUND THEN
    -- Whoever asks again finds one card by both codes.
    IF m.request_hash <> request AND NOT (p_one IN (m.kept_id, m.merged_id) AND p_other IN (m.kept_id, m.merged_id)) THEN
      PERFORM refuse('ledger.key_reused');
    END IF;
  ELSE
    IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_actor AND role = 'owner') THEN PERFORM refuse('owner.only'); END IF;
    IF p_one = p_other THEN PERFORM refuse('merge.same'); END IF;
    SELECT * INTO kept FROM member WHERE id = p_one;
    SELECT * INTO gone FROM member WHERE id = p_other;
    SELECT count(DISTINCT person_id) INTO chats FROM address WHERE person_id IN (kept.person_id, gone.person_id);
    IF chats = 2 AND EXISTS (SELECT 1 FROM staff WHERE person_id IN (kept.person_id, gone.person_id)) THEN PERFORM refuse('merge.staff'); END IF;
    IF EXISTS (SELECT 1 FROM staff WHERE person_id = gone.person_id) OR NOT EXISTS (SELECT 1 FROM address WHERE person_id = kept.person_id)
      AND (EXISTS (SELECT 1 FROM address WHERE person_id = gone.person_id) OR kept.person_id IS NULL AND gone.person_id IS NOT NULL) THEN
      SELECT * INTO gone FROM member WHERE id = p_one;
      SELECT * INTO kept FROM member WHERE id = p_other;
    END IF;
    IF kept.person_id IS NOT NULL AND gone.person_id IS NOT NULL THEN
      made := people_join(p_key, request, p_now, p_actor, kept.person_id, gone.person_id, p_terms);
    ELSE
      made := cards_join(p_key, request, p_now, p_actor, kept.id, gone.id, p_terms, '{}');
    END IF;
    SELECT * INTO m FROM member_merge WHERE id = made;
    PERFORM delivery_plan(kept.person_id, 'identity-joined', jsonb_build_object('points', m.points,
      'balance', (SELECT balance FROM wallet WHERE member_id = kept.id)), 'merged:' || m.id, p_now);
    PERFORM home_plan(kept.person_id, 'merged:' || m.id, p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN merge_json(m);
END $$;

-- A merge as it is told.
CREATE FUNCTION merge_json(m member_merge) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('mergeId', m.id, 'at', m.at, 'points', m.points, 'back', m.undone_points,
    'kept', jsonb_build_object('code', k.code, 'name', coalesce(kp.name, k.external_ref, k.code), 'balance', kw.balance),
    'merged', jsonb_build_object('code', g.code, 'name', coalesce(gp.name, g.external_ref, g.code), 'balance', gw.balance))
  FROM member k JOIN wallet kw ON kw.member_id = k.id LEFT JOIN person kp ON kp.id = k.person_id,
    member g JOIN wallet gw ON gw.member_id = g.id LEFT JOIN person gp ON gp.id = g.person_id
  WHERE k.id = m.kept_id AND g.id = m.merged_id;
$$;

-- Parts two cards that were made one: what is left of the points that came goes back with the ends it has, and so do the debt, the carried
-- remainder, the purchases with their waiting points, unused coupons, the chats. What was spent meanwhile stays spent; what was
-- bought meanwhile stays with the card that was kept. A debt that the merge had settled stands again. With the same key: the first result. Refuses: owner.only,
-- merge.unknown, merge.parted, merge.further { code } (the kept card went into another one since: part those first), ledger.key_reused.
CREATE FUNCTION members_part(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_merge int, p_terms jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE m member_merge; request bytea; w wallet; came entry; gone entry; paid entry; made bigint; lots jsonb; stayed jsonb; back bigint; owed bigint;
  kept_person int; merged_person int; further text;
BEGIN
  request := request_hash('part', p_merge::text, p_actor::text);
  SELECT * INTO m FROM member_merge WHERE id = p_merge;
  IF NOT FOUND THEN PERFORM refuse('merge.unknown'); END IF;
  SELECT person_id INTO kept_person FROM member WHERE id = m.kept_id;
  SELECT person_id INTO merged_person FROM member WHERE id = m.merged_id;
  PERFORM 1 FROM person WHERE id IN (kept_person, merged_person) ORDER BY id FOR UPDATE;
  PERFORM wallets_lock(m.kept_id, m.merged_id);
  SELECT * INTO m FROM member_merge WHERE id = p_merge FOR UPDATE;
  IF m.undone_key IS DISTINCT FROM p_key THEN
    IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_actor AND role = 'owner') THEN PERFORM refuse('owner.only'); END IF;
    IF m.undone_at IS NOT NULL THEN PERFORM refuse('merge.parted', jsonb_build_object('at', m.undone_at)); END IF;
    SELECT x.code INTO further FROM member_merge y JOIN member x ON x.id = y.kept_id WHERE y.merged_id = m.kept_id AND y.undone_at IS NULL;
    IF further IS NOT NULL THEN PERFORM refuse('merge.further', jsonb_build_object('code', further)); END IF;
    -- The card is open again, for itself and for what had gone into it before.
    UPDATE wallet SET merged_into = NULL WHERE member_id = m.merged_id;
    WITH RECURSIVE below AS (
      SELECT x.merged_id FROM member_merge x WHERE x.kept_id = m.merged_id AND x.undone_at IS NULL
      UNION SELECT x.merged_id FROM member_merge x JOIN below ON x.kept_id = below.merged_id WHERE x.undone_at IS NULL
    )
    UPDATE wallet SET merged_into = m.merged_id FROM below WHERE member_id = below.merged_id;
    w := wallet_lock(m.kept_id, p_now);
    SELECT * INTO gone FROM entry WHERE key = m.key || ':out' AND member_id = m.merged_id;
    SELECT * INTO came FROM entry WHERE key = m.key || ':in' AND member_id = m.kept_id;
    SELECT * INTO paid FROM entry WHERE key = m.key || ':debt' AND member_id = m.kept_id;
    IF paid.id IS NOT NULL THEN
      made := ledger_append(m.kept_id, 'move_in', -paid.delta, -paid.debt, p_key || ':debt', request, p_actor, NULL, p_now,
        jsonb_build_object('unmerge', m.id, 'settled', true));
      PERFORM lots_arrive(m.kept_id, made, (SELECT jsonb_agg(jsonb_build_object('lot', a.lot_id, 'amount', a.amount)) FROM allocation a WHERE a.entry_id = paid.id));
      PERFORM wallet_expire(m.kept_id, p_now);
    END IF;
    SELECT debt INTO owed FROM wallet WHERE member_id = m.kept_id;
    owed := least(owed, coalesce(came.debt, 0));
    SELECT jsonb_agg(jsonb_build_object('lot', l.id, 'amount', l.remaining)), coalesce(sum(l.remaining), 0) INTO lots, back FROM lot l
      WHERE l.member_id = m.kept_id AND l.remaining > 0 AND l.id IN (SELECT line.lot_id FROM lot_lines(m.kept_id) line JOIN lot s ON s.id = line.step_id
        WHERE s.entry_id = came.id AND s.from_lot_id IS NOT NULL);
    IF back > 0 OR owed > 0 THEN
      made := ledger_append(m.kept_id, 'move_out', -back, -owed, p_key || ':out', request, p_actor, NULL, p_now,
        jsonb_build_object('unmerge', m.id, 'code', (SELECT code FROM member WHERE id = m.merged_id)));
      INSERT INTO allocation (entry_id, lot_id, amount) SELECT made, x.lot, x.amount FROM jsonb_to_recordset(lots) AS x(lot bigint, amount bigint);
      UPDATE lot SET remaining = 0 FROM jsonb_to_recordset(lots) AS x(lot bigint) WHERE lot.id = x.lot;
    END IF;
    -- The second welcome gift, which had stayed behind.
    SELECT jsonb_agg(jsonb_build_object('lot', a.lot_id, 'amount', a.amount)) INTO stayed FROM allocation a
      WHERE a.entry_id = gone.id AND NOT EXISTS (SELECT 1 FROM lot n WHERE n.from_lot_id = a.lot_id AND n.entry_id = came.id);
    lots := coalesce(lots, '[]') || coalesce(stayed, '[]');
    SELECT coalesce(sum((x ->> 'amount')::bigint), 0) INTO back FROM jsonb_array_elements(lots) x;
    IF back > 0 OR owed > 0 THEN
      made := ledger_append(m.merged_id, 'move_in', back, owed, p_key || ':in', request, p_actor, NULL, p_now,
        jsonb_build_object('unmerge', m.id, 'code', (SELECT code FROM member WHERE id = m.kept_id)));
      PERFORM lots_arrive(m.merged_id, made, lots);
      IF back > 0 THEN PERFORM debt_pay(m.merged_id, 'move_in', back, p_key || ':back', request, p_actor, NULL, p_now); END IF;
      PERFORM wallet_expire(m.merged_id, p_now);
    END IF;
    PERFORM carry_part(m.id, m.kept_id, m.merged_id);
    INSERT INTO sale_move (merge_id, sale_id, from_id, to_id)
      SELECT m.id, s.id, m.kept_id, m.merged_id FROM sale s WHERE s.member_id = m.kept_id AND EXISTS (SELECT 1 FROM sale_move x WHERE x.sale_id = s.id AND x.merge_id = m.id)
      ORDER BY s.id;
    UPDATE sale SET member_id = m.merged_id FROM sale_move x WHERE x.sale_id = sale.id AND x.merge_id = m.id AND x.to_id = m.merged_id AND sale.member_id = m.kept_id;
    UPDATE pending SET member_id = m.merged_id FROM sale s WHERE s.id = pending.sale_id AND s.member_id = m.merged_id AND pending.member_id = m.kept_id;
    UPDATE coupon SET member_id = m.merged_id WHERE member_id = m.kept_id AND id IN (SELECT x::bigint FROM jsonb_array_elements_text(m.moved -> 'coupons') x);
    PERFORM stamps_part(m.key, p_key, p_actor, m.kept_id, m.merged_id, p_now);
    UPDATE address SET person_id = merged_person WHERE person_id = kept_person
      AND id IN (SELECT x::int FROM jsonb_array_elements_text(coalesce(m.moved -> 'addresses', '[]')) x);
    UPDATE delivery SET person_id = merged_person WHERE person_id = kept_person AND state IN ('planned', 'retry', 'claimed')
      AND address_id IN (SELECT x::int FROM jsonb_array_elements_text(coalesce(m.moved -> 'addresses', '[]')) x);
    PERFORM person_part(m, kept_person, merged_person, p_now);
    IF p_terms ? 'tiers' THEN
      PERFORM tier_follow(m.kept_id, p_terms -> 'tiers', NULL, p_now);
      PERFORM tier_follow(m.merged_id, p_terms -> 'tiers', NULL, p_now);
    END IF;
    UPDATE member_merge SET undone_at = p_now, undone_by_id = p_actor, undone_key = p_key, undone_points = back WHERE id = m.id RETURNING * INTO m;
    PERFORM delivery_plan(kept_person, 'identity-parted', jsonb_build_object('balance', (SELECT balance FROM wallet WHERE member_id = m.kept_id)), 'parted:' || m.id, p_now);
    PERFORM home_plan(kept_person, 'parted:' || m.id, p_now);
    PERFORM delivery_plan(merged_person, 'identity-parted', jsonb_build_object('balance', (SELECT balance FROM wallet WHERE member_id = m.merged_id)),
      'parted:' || m.id || ':back', p_now);
    PERFORM home_plan(merged_person, 'parted:' || m.id, p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN merge_json(m);
END $$;

-- Makes a member without a chat: a person nobody can write to, card, wallet, welcome bonus. A member code that is taken raises unique_violation on
-- member_code_key: the caller comes back with another. `p_expiry`: expiresAt, renewMonths, renewZone. Refuses: staff.only.
CREATE FUNCTION member_enrol(p_now timestamptz, p_actor int, p_name text, p_code text, p_version int, p_welcome bigint, p_expiry jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE who int; m member;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_actor) THEN PERFORM refuse('staff.only'); END IF;
  INSERT INTO person (name, created_at) VALUES (p_name, p_now) RETURNING id INTO who;
  INSERT INTO member (person_id, code, joined_at, enrolled_by_id) VALUES (who, p_code, p_now, p_actor) RETURNING * INTO m;
  INSERT INTO wallet (member_id, head) VALUES (m.id, '');
  IF p_welcome > 0 THEN
    PERFORM points_give(m.id, 'welcome', p_welcome, 'welcome:' || who, request_hash('welcome', who::text), p_actor, NULL, p_now, p_expiry,
      jsonb_build_object('version', p_version));
  END IF;
  RETURN jsonb_build_object('memberId', m.id, 'personId', who, 'code', m.code, 'name', p_name, 'balance', p_welcome);
END $$;

-- Gives the birthday's coupon to those whose day it is, or was in the last days while nobody was looking: once per member and year. `p_days`: an array
-- of day (MM-DD), year, until (when that day ends: who names the day afterwards waits for the next). `p_reward`: see coupon_issue. Those that
-- somebody holds right now are left for the next call. Returns how many.
CREATE FUNCTION birthday_gifts(p_now timestamptz, p_days jsonb, p_reward jsonb, p_limit int) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE due record; n int := 0;
BEGIN
  FOR due IN
    SELECT m.id, x.year FROM jsonb_to_recordset(p_days) AS x(day text, year int, until timestamptz) JOIN member m ON m.birthday = x.day
      JOIN wallet w ON w.member_id = m.id
      WHERE w.merged_into IS NULL AND m.birthday_set_at < x.until
        AND NOT EXISTS (SELECT 1 FROM birthday_gift g WHERE g.member_id = m.id AND g.year = x.year)
      ORDER BY m.id LIMIT p_limit FOR UPDATE OF w SKIP LOCKED
  LOOP
    INSERT INTO birthday_gift (member_id, year, at) VALUES (due.id, due.year, p_now) ON CONFLICT DO NOTHING;
    CONTINUE WHEN NOT FOUND;
    PERFORM coupon_issue('birthday:' || due.id || ':' || due.year, due.id, p_reward, 'birthday', NULL, NULL, p_now);
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;

-- As before; a card that went into another one is that one, also for a file written before.
CREATE OR REPLACE FUNCTION import_member(p_ref text, p_code text, p_spare text, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE found_id int;
BEGIN
  IF p_code IS NOT NULL THEN
    SELECT coalesce(w.merged_into, m.id) INTO found_id FROM member m JOIN wallet w ON w.member_id = m.id WHERE m.code = p_code;
    IF FOUND THEN RETURN found_id; END IF;
  END IF;
  found_id := member_imported(p_ref, p_spare, p_at);
  SELECT coalesce(merged_into, found_id) INTO found_id FROM wallet WHERE member_id = found_id;
  -- A file need not be sorted: a member without a chat has been one since the first purchase.
  UPDATE member SET joined_at = p_at WHERE id = found_id AND person_id IS NULL AND joined_at > p_at;
  RETURN found_id;
END $$;

-- What the rules ask of a member, and the stamp of it. `p_windows`: purchases in the last so many days; `p_limited`: how often each of these
-- bonuses was given. A sale that was taken back whole never was; a card that went into another one is that one.
CREATE FUNCTION member_facts(p_code text, p_now timestamptz, p_windows int[], p_limited text[]) RETURNS jsonb
  LANGUAGE sql STABLE SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT jsonb_build_object('stamp', member_stamp(m.id), 'facts', jsonb_build_object(
    'purchases', (SELECT count(*) FROM sale s WHERE s.member_id = m.id AND s.undone_at IS NULL),
    'within', (SELECT coalesce(jsonb_object_agg(d, (SELECT count(*) FROM sale s WHERE s.member_id = m.id AND s.undone_at IS NULL
      AND s.at > p_now - make_interval(days => d))), '{}') FROM unnest(p_windows) d),
    'used', (SELECT coalesce(jsonb_object_agg(b, (SELECT count(*) FROM sale s WHERE s.member_id = m.id AND s.undone_at IS NULL
      AND s.snapshot -> 'parts' @> jsonb_build_array(jsonb_build_object('rule', b)))), '{}') FROM unnest(p_limited) b),
    'tier', t.tier, 'birthday', m.birthday))
  FROM member typed JOIN wallet w ON w.member_id = typed.id JOIN member m ON m.id = coalesce(w.merged_into, typed.id) LEFT JOIN standing t ON t.member_id = m.id
  WHERE typed.code = p_code;
$$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  GRANT SELECT ON member_merge, sale_move, carry_move, birthday_gift TO regulars_app;
  GRANT SELECT, INSERT, UPDATE ON link_code TO regulars_app;
  GRANT USAGE ON SEQUENCE link_code_id_seq TO regulars_app;
END $$;
REVOKE EXECUTE ON FUNCTION carry_merge, carry_part, stamps_merge, stamps_part, lots_arrive, cards_join, wallets_lock, person_absorb, person_part, people_join FROM PUBLIC;
