-- Being forgotten: what is somebody's goes, the books stay, without a name (docs/adr/0027-forgetting.md).

-- Closed for good: whoever it was has been erased. Nothing moves here any more.
ALTER TABLE wallet ADD COLUMN closed_at timestamptz(6);
ALTER TABLE wallet ADD CONSTRAINT wallet_closed_is_empty CHECK (closed_at IS NULL OR (balance = 0 AND debt = 0));

ALTER TABLE entry DROP CONSTRAINT entry_kind_known,
  ADD CONSTRAINT entry_kind_known
    CHECK (kind IN ('credit', 'welcome', 'grant', 'undo', 'spend', 'expire', 'debt', 'return', 'move_in', 'move_out', 'forfeit'));

-- That somebody was erased, when, by whom, and what went with them: the proof, and what the books are checked by. Append-only.
CREATE TABLE erasure (
  id serial NOT NULL,
  person_id int NOT NULL,
  member_id int,
  -- Themselves, or an owner on their demand.
  actor_id int,
  at timestamptz(6) NOT NULL,
  key text NOT NULL,
  points bigint NOT NULL,
  -- Of these, what coupons had cost that were still open.
  coupon_points bigint NOT NULL,
  debt bigint NOT NULL,
  coupons int NOT NULL,
  CONSTRAINT erasure_pkey PRIMARY KEY (id),
  CONSTRAINT erasure_not_negative CHECK (coupon_points BETWEEN 0 AND points AND debt >= 0 AND coupons >= 0)
);
CREATE UNIQUE INDEX erasure_key_key ON erasure (key);
CREATE UNIQUE INDEX erasure_person_id_key ON erasure (person_id);
CREATE UNIQUE INDEX erasure_member_id_key ON erasure (member_id);
CREATE TRIGGER erasure_append_only BEFORE UPDATE OR DELETE ON erasure FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasure_no_truncate BEFORE TRUNCATE ON erasure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- As before, and a wallet whose owner was erased is closed for good. Refuses: member.unknown, member.merged, member.erased.
CREATE OR REPLACE FUNCTION wallet_lock(p_member int, p_now timestamptz) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE w wallet;
BEGIN
  SELECT * INTO w FROM wallet WHERE member_id = p_member FOR UPDATE;
  IF NOT FOUND THEN PERFORM refuse('member.unknown'); END IF;
  IF w.closed_at IS NOT NULL THEN PERFORM refuse('member.erased'); END IF;
  IF w.merged_into IS NOT NULL THEN PERFORM refuse('member.merged'); END IF;
  IF w.balance > 0 AND EXISTS (SELECT 1 FROM lot WHERE member_id = p_member AND remaining > 0 AND expires_at <= p_now) THEN
    PERFORM wallet_expire(p_member, p_now);
    SELECT * INTO w FROM wallet WHERE member_id = p_member;
  END IF;
  RETURN w;
END $$;

CREATE FUNCTION is_closed(p_member int) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM wallet WHERE member_id = p_member AND closed_at IS NOT NULL);
$$;

-- What never changes may lose one thing, once its member is erased: the words somebody wrote, the birthday that a price was made by, the code of the card.
DROP TRIGGER refund_append_only ON refund;
CREATE FUNCTION refund_keeps_all_but_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.reason IS NOT NULL OR to_jsonb(NEW) - 'reason' <> to_jsonb(OLD) - 'reason'
    OR NOT is_closed((SELECT member_id FROM sale WHERE id = OLD.sale_id)) THEN
    RAISE EXCEPTION 'refund is append-only: % refused', TG_OP USING ERRCODE = 'RG002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refund_append_only BEFORE UPDATE OR DELETE ON refund FOR EACH ROW EXECUTE FUNCTION refund_keeps_all_but_words();

DROP TRIGGER sale_keeps_its_price ON sale;
CREATE TRIGGER sale_keeps_its_price
  BEFORE UPDATE OF amount_minor, currency, receipt, items, shop, at, created_at, actor_id, key, request_hash, points, balance_after
  ON sale FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION sale_keeps_all_but_birthday() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.snapshot IS DISTINCT FROM OLD.snapshot #- '{facts,birthday}' OR NOT is_closed(OLD.member_id) THEN
    RAISE EXCEPTION 'sale is append-only: % refused', TG_OP USING ERRCODE = 'RG002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sale_keeps_its_snapshot BEFORE UPDATE OF snapshot ON sale FOR EACH ROW EXECUTE FUNCTION sale_keeps_all_but_birthday();

DROP TRIGGER approval_keeps_its_request ON approval;
CREATE TRIGGER approval_keeps_its_request
  BEFORE UPDATE OF key, kind, asker_id, member_id, limit_name, allowed, used, wanted, created_at, expires_at ON approval
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TRIGGER approval_decided_once ON approval;
CREATE FUNCTION approval_keeps_all_but_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE words text[] := ARRAY['reason', 'member'];
BEGIN
  IF (OLD.decided_at IS NOT NULL AND to_jsonb(NEW) - 'what' <> to_jsonb(OLD) - 'what')
    OR (NEW.what <> OLD.what AND (NEW.what - words <> OLD.what - words OR NEW.what ? 'reason' OR NOT is_closed(OLD.member_id)))
    OR (OLD.decided_at IS NOT NULL AND NEW.what = OLD.what) THEN
    RAISE EXCEPTION 'approval is append-only: % refused', TG_OP USING ERRCODE = 'RG002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approval_decided_once BEFORE UPDATE ON approval FOR EACH ROW EXECUTE FUNCTION approval_keeps_all_but_words();

-- What was on its way when somebody was erased is not written after them.
CREATE FUNCTION skip_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RETURN NULL;
END $$;
CREATE TRIGGER person_stays_erased BEFORE UPDATE ON person FOR EACH ROW WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION skip_erased();
CREATE TRIGGER member_stays_erased BEFORE UPDATE OF person_id, code, external_ref, birthday, birthday_set_at ON member FOR EACH ROW
  WHEN (is_closed(OLD.id)) EXECUTE FUNCTION skip_erased();
CREATE FUNCTION refuse_of_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM person WHERE id = NEW.person_id AND erased_at IS NOT NULL) THEN PERFORM refuse('member.erased'); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER link_code_of_somebody BEFORE INSERT ON link_code FOR EACH ROW EXECUTE FUNCTION refuse_of_erased();

-- As before; of an event whose sender was erased nobody knows any more who sent it: whoever sends it again gets the first reply.
CREATE OR REPLACE FUNCTION arrival(p_channel text, p_user text, p_place text, p_key text, p_now timestamptz, p_chat text) RETURNS json
  LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
  RETURN (SELECT row_to_json(known) FROM (
    SELECT p.id AS person_id, p.name, p.language, s.role, s.shops, CASE WHEN s.shop_until > p_now THEN s.shop END AS shop,
      m.id AS member_id, m.code, w.balance, w.debt,
      (SELECT l.expires_at FROM lot l WHERE l.member_id = m.id AND l.remaining > 0 ORDER BY l.expires_at, l.earned_at, l.id LIMIT 1) AS next_expiry,
      coalesce(a.dead_at IS NOT NULL OR a.used_at < p_now - interval '1 hour' OR a.chat_id <> p_chat, false) AS stale,
      CASE WHEN c.stamp IS NOT NULL THEN json_build_object('command', c.command, 'answers', c.answers, 'stamp', c.stamp) END AS asked,
      CASE WHEN i.key IS NOT NULL THEN json_build_object('key', i.key, 'request', i.request,
        'user', CASE WHEN i.user_id IS NULL AND i.channel = p_channel THEN p_user ELSE i.user_id END) END AS done,
      v.id AS version
    FROM (SELECT id FROM program_version WHERE starts_at <= p_now AND withdrawn_at IS NULL ORDER BY starts_at DESC, id DESC LIMIT 1) v
      LEFT JOIN address a ON a.channel = p_channel AND a.user_id = p_user
      LEFT JOIN person p ON p.id = a.person_id
      LEFT JOIN staff s ON s.person_id = p.id
      LEFT JOIN member m ON m.person_id = p.id
      LEFT JOIN wallet w ON w.member_id = m.id
      LEFT JOIN conversation c ON c.channel = p_channel AND c.user_id = p_user AND c.place = p_place
      LEFT JOIN inbox i ON i.key = p_key
  ) known);
END $$;

-- Everybody who has turned out to be this person: whose card went into theirs, whose chat was linked to theirs. People who have parted again,
-- or have a chat or a card of their own, are somebody else.
CREATE FUNCTION people_of(p_person int) RETURNS int[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH RECURSIVE them AS (
    SELECT p_person AS id
    UNION
    SELECT o.id FROM them CROSS JOIN LATERAL (
      SELECT g.person_id AS id FROM member k JOIN member_merge m ON m.kept_id = k.id AND m.undone_at IS NULL JOIN member g ON g.id = m.merged_id
        WHERE k.person_id = them.id
      UNION ALL
      SELECT CASE WHEN c.person_id = them.id THEN c.used_by_id ELSE c.person_id END FROM link_code c
        LEFT JOIN member_merge m ON m.id = (c.result ->> 'mergeId')::int
        WHERE them.id IN (c.person_id, c.used_by_id) AND c.used_at IS NOT NULL AND m.undone_at IS NULL
    ) o
    WHERE o.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM address a WHERE a.person_id = o.id)
      AND NOT EXISTS (SELECT 1 FROM staff s WHERE s.person_id = o.id)
      AND NOT EXISTS (SELECT 1 FROM member x JOIN wallet w ON w.member_id = x.id WHERE x.person_id = o.id AND w.merged_into IS NULL)
  )
  SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM them WHERE id IS NOT NULL;
$$;

-- The cards of people, and those that went into one of them.
CREATE FUNCTION cards_of(p_people int[], p_member int) RETURNS int[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(x.id ORDER BY x.id), '{}') FROM (
    SELECT id FROM member WHERE person_id = ANY (p_people) UNION SELECT p_member WHERE p_member IS NOT NULL
    UNION SELECT member_id FROM wallet WHERE merged_into = p_member
  ) x;
$$;

-- Open coupons end; what a coupon had cost comes back first, to leave with the rest. A seat is free for the next on the list, who gets it when the
-- list is looked through (only whoever holds no wallet may wait for an event's line). Returns how many. The caller holds the wallet.
CREATE FUNCTION coupons_forfeit(p_member int, p_actor int, p_now timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE c coupon; n int := 0; act text;
BEGIN
  FOR c IN SELECT * FROM coupon WHERE member_id = p_member AND num_nonnulls(used_at, cancelled_at, expired_at) = 0 AND expires_at > p_now ORDER BY id FOR UPDATE LOOP
    act := 'erase:' || p_member || ':coupon:' || c.id;
    IF coupon_void(c.id, act, p_actor, p_now, '{"erased": true}') IS NULL THEN
      UPDATE coupon SET cancelled_at = p_now WHERE id = c.id;
      INSERT INTO coupon_event (coupon_id, kind, at, actor_id, key, request_hash, details)
        VALUES (c.id, 'cancelled', p_now, p_actor, act, request_hash('void', c.id::text, p_actor::text), '{"erased": true, "points": 0}');
    END IF;
    n := n + 1;
  END LOOP;
  UPDATE gift_offer g SET revoked_at = p_now FROM coupon x WHERE x.id = g.coupon_id AND x.member_id = p_member AND g.used_at IS NULL AND g.revoked_at IS NULL;
  RETURN n;
END $$;

-- What is on a card leaves it, by entries that anybody can check: first what waits is given, then all of it is forfeited, and with it what is owed. Returns
-- {points, couponPoints, debt, coupons}. The caller holds the wallet's person.
CREATE FUNCTION wallet_forfeit(p_member int, p_actor int, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE w wallet; wait record; gone bigint := 0; owed bigint := 0; n int := 0; coupons int; made bigint; take bigint; lose bigint;
BEGIN
  w := wallet_lock(p_member, p_now);
  UPDATE payment SET state = 'withdrawn', settled_at = p_now, settled_key = 'erase:' || p_member WHERE member_id = p_member AND state = 'asked';
  UPDATE event_wait SET ended_at = p_now, outcome = 'left' WHERE ended_at IS NULL AND member_now(member_id) = p_member;
  FOR wait IN SELECT id FROM pending WHERE member_id = p_member AND released_at IS NULL ORDER BY id LOOP
    PERFORM pending_release(wait.id, 'release:' || wait.id, NULL, p_now, p_now, '{}');
  END LOOP;
  coupons := coupons_forfeit(p_member, p_actor, p_now);
  w := wallet_lock(p_member, p_now);
  WHILE w.balance > 0 OR w.debt > 0 LOOP
    n := n + 1; take := least(w.balance, 1000000000); lose := least(w.debt, 1000000000);
    made := ledger_append(p_member, 'forfeit', -take, -lose, 'erase:' || p_member || ':' || n, request_hash('erase', p_member::text), p_actor, NULL, p_now,
      '{"erased": true}');
    IF take > 0 THEN PERFORM lots_take(p_member, made, take); END IF;
    gone := gone + take; owed := owed + lose;
    SELECT * INTO w FROM wallet WHERE member_id = p_member;
  END LOOP;
  RETURN jsonb_build_object('points', gone, 'debt', owed, 'coupons', coupons, 'couponPoints', least(gone, (SELECT coalesce(sum(e.delta), 0) FROM entry e
    WHERE e.member_id = p_member AND e.kind = 'return' AND e.key LIKE 'erase:' || p_member || ':coupon:%')));
END $$;

-- What others' events and the store for events that could not be read say about somebody: `p_words` as whole JSON strings, `p_ids` (of their chats, on
-- `p_channels`) as whole words; and their wrong tries of codes.
CREATE FUNCTION traces_wipe(p_words text[], p_ids text[], p_channels text[], p_people int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE inbox SET request = NULL, result = NULL FROM unnest(p_words) AS said (word)
    WHERE position(to_jsonb(said.word)::text IN concat(inbox.request, inbox.result)) > 0;
  DELETE FROM conversation USING unnest(p_words) AS said (word) WHERE position(to_jsonb(said.word)::text IN answers::text) > 0;
  DELETE FROM poison USING unnest(p_ids) AS own (chat) WHERE channel = ANY (p_channels)
    AND event::text ~ ('(^|[^[:alnum:]])' || regexp_replace(own.chat, '([^[:alnum:]])', '\\\1', 'g') || '([^[:alnum:]]|$)');
  DELETE FROM attempt WHERE split_part(key, ':', -1) = ANY (p_ids || p_people::text[]);
  DELETE FROM playground_message USING unnest(p_words) AS said (word) WHERE length(said.word) > 2 AND position(btrim(to_jsonb(said.word)::text, '"') IN view::text) > 0;
END $$;

-- What is kept at the addresses of people, and the addresses themselves.
CREATE FUNCTION addresses_wipe(p_people int[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE words text[]; ids text[]; channels text[];
BEGIN
  SELECT array_agg(DISTINCT x.word) INTO words FROM (
    SELECT user_id AS word FROM address WHERE person_id = ANY (p_people) UNION SELECT chat_id FROM address WHERE person_id = ANY (p_people)
    UNION SELECT phone FROM person WHERE id = ANY (p_people) UNION SELECT name FROM person WHERE id = ANY (p_people)
  ) x WHERE length(x.word) > 0;
  SELECT array_agg(DISTINCT x.id), array_agg(DISTINCT x.channel) INTO ids, channels FROM (
    SELECT user_id AS id, channel FROM address WHERE person_id = ANY (p_people) UNION SELECT chat_id, channel FROM address WHERE person_id = ANY (p_people)
  ) x;
  -- That an event was taken stays, so that it is not taken again; what was in it and whose it was goes.
  UPDATE inbox i SET user_id = NULL, request = NULL, result = NULL FROM address a
    WHERE a.person_id = ANY (p_people) AND i.channel = a.channel AND i.user_id = a.user_id;
  DELETE FROM conversation c USING address a WHERE a.person_id = ANY (p_people) AND c.channel = a.channel AND c.user_id = a.user_id;
  DELETE FROM playground_message x USING address a WHERE a.person_id = ANY (p_people) AND a.channel = 'playground' AND x.phone = a.user_id;
  PERFORM traces_wipe(words, ids, channels, p_people);
  DELETE FROM link_code WHERE person_id = ANY (p_people) OR used_by_id = ANY (p_people);
  -- A report that comes late counts for the attempt it is about, and so no more: it would bring the chat's id back. What came to their chats while their card
  -- was part of another's stayed with that one's person when they parted.
  UPDATE delivery SET state = CASE WHEN state IN ('planned', 'claimed', 'sending', 'retry') THEN 'dropped' ELSE state END, leased_by = NULL, lease_until = NULL,
      attempt = attempt + 1, params = '{}', result = CASE WHEN state IN ('planned', 'claimed', 'sending', 'retry') THEN '{"code": "erased"}' ELSE result - ARRAY['message', 'chat', 'error'] END
    WHERE id IN (
      SELECT id FROM delivery WHERE person_id = ANY (p_people)
      UNION ALL SELECT d.id FROM member g JOIN member_merge m ON m.merged_id = g.id JOIN member k ON k.id = m.kept_id JOIN delivery d ON d.person_id = k.person_id
        JOIN address a ON a.id = d.address_id WHERE g.person_id = ANY (p_people) AND a.person_id = ANY (p_people));
  DELETE FROM address WHERE person_id = ANY (p_people);
END $$;

-- Erases a person (`p_person`), or the member of a card (`p_member`), at their own wish or, by an owner, at their demand: everything that says who they
-- are goes, and what is left on their card leaves by an entry. The books stay, as those of a number. `p_pictures`: hashes of pictures of their cards. With the
-- same key, or erased by another hand at the same moment: the first result again. Returns the erasure. Refuses: member.unknown, owner.only,
-- erase.works_here, erase.last_owner, erase.pressed (somebody else's press of a button that has done its work).
CREATE FUNCTION person_erase(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_person int, p_member int, p_pictures text[])
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE e erasure; who int := p_person; card int := p_member; people int[]; cards int[]; gone jsonb := '{"points": 0, "couponPoints": 0, "debt": 0, "coupons": 0}'; request jsonb;
BEGIN
  SELECT * INTO e FROM erasure WHERE key = p_key;
  IF FOUND THEN
    IF p_actor IS NOT NULL AND p_actor IS DISTINCT FROM e.actor_id THEN PERFORM refuse('erase.pressed'); END IF;
    RETURN to_jsonb(e);
  END IF;
  IF card IS NOT NULL THEN
    card := member_now(card);
    SELECT person_id INTO who FROM member WHERE id = card;
  ELSE
    SELECT id INTO card FROM member WHERE person_id = who;
  END IF;
  IF who IS NULL AND card IS NULL THEN PERFORM refuse('member.unknown'); END IF;
  IF p_actor IS DISTINCT FROM who AND NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_actor AND role = 'owner') THEN PERFORM refuse('owner.only'); END IF;
  -- Who works here leaves first: the lock also keeps two owners from leaving each other alone.
  PERFORM 1 FROM staff WHERE person_id = who OR role = 'owner' ORDER BY person_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM staff WHERE person_id = who) THEN
    PERFORM refuse(CASE WHEN EXISTS (SELECT 1 FROM staff WHERE role = 'owner' AND person_id <> who) THEN 'erase.works_here' ELSE 'erase.last_owner' END);
  END IF;
  -- A card out of a file is nobody's yet.
  IF who IS NULL THEN
    PERFORM 1 FROM member WHERE id = card FOR UPDATE;
    SELECT person_id INTO who FROM member WHERE id = card;
  END IF;
  IF who IS NULL THEN
    INSERT INTO person (name, created_at) VALUES ('—', p_now) RETURNING id INTO who;
    UPDATE member SET person_id = who WHERE id = card;
  END IF;
  PERFORM 1 FROM person WHERE id = ANY (people_of(who)) ORDER BY id FOR UPDATE;
  people := people_of(who);
  cards := cards_of(people, card);
  PERFORM 1 FROM wallet WHERE member_id = ANY (cards) ORDER BY member_id FOR UPDATE;
  SELECT * INTO e FROM erasure WHERE person_id = who OR member_id = card;
  IF NOT FOUND THEN
    IF card IS NOT NULL THEN gone := wallet_forfeit(card, p_actor, p_now); END IF;
    PERFORM addresses_wipe(people);
    DELETE FROM member_tag WHERE member_id = ANY (cards);
    DELETE FROM upload WHERE hash = ANY (p_pictures);
    UPDATE member SET code = code_new(8), external_ref = NULL, birthday = NULL, birthday_set_at = NULL WHERE id = ANY (cards);
    UPDATE person SET name = '—', language = NULL, phone = NULL, phone_at = NULL, marketing = false, muted = '{}', time_zone = NULL, quiet = NULL, erased_at = p_now
      WHERE id = ANY (people);
    UPDATE wallet SET closed_at = p_now WHERE member_id = ANY (cards);
    UPDATE refund r SET reason = NULL FROM sale s WHERE s.id = r.sale_id AND s.member_id = ANY (cards) AND r.reason IS NOT NULL;
    UPDATE sale SET snapshot = snapshot #- '{facts,birthday}' WHERE member_id = ANY (cards) AND snapshot #> '{facts,birthday}' IS NOT NULL;
    UPDATE approval a SET what = (a.what - 'reason') || CASE WHEN a.what ? 'member' THEN jsonb_build_object('member', m.code) ELSE '{}' END
      FROM member m WHERE m.id = a.member_id AND a.member_id = ANY (cards) AND a.what ?| ARRAY['reason', 'member'];
    INSERT INTO erasure (person_id, member_id, actor_id, at, key, points, coupon_points, debt, coupons)
      VALUES (who, card, p_actor, p_now, p_key, (gone ->> 'points')::bigint, (gone ->> 'couponPoints')::bigint, (gone ->> 'debt')::bigint,
        (gone ->> 'coupons')::int) RETURNING * INTO e;
  END IF;
  IF p_origin IS NOT NULL THEN
    -- The reply again needs neither who asked for it nor whose card it was.
    request := jsonb_build_object('command', p_origin #>> '{request,command}', 'answers', (p_origin #> '{request,answers}') - 'who');
    INSERT INTO inbox (key, at, channel, user_id, request)
      VALUES (p_key, p_now, p_origin ->> 'channel', CASE WHEN p_actor IS DISTINCT FROM who THEN p_origin ->> 'user' END, request) ON CONFLICT (key) DO NOTHING;
    DELETE FROM conversation WHERE stamp = p_key;
  END IF;
  RETURN to_jsonb(e);
END $$;

-- The log of deeds, with what an owner erased.
DO $$
BEGIN
  EXECUTE 'CREATE OR REPLACE VIEW deed AS ' || rtrim(pg_get_viewdef('deed'::regclass), '; ') || '
    UNION ALL
    SELECT ''x'' || x.id, x.at, x.actor_id, ''erased'', x.member_id, NULL::int, NULL::text, -x.points, NULL::bigint, ''{}''::jsonb
      FROM erasure x WHERE x.actor_id IS DISTINCT FROM x.person_id';
END $$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  GRANT SELECT ON erasure, deed, import_seen TO regulars_app;
  GRANT DELETE ON link_code TO regulars_app;
END $$;
REVOKE EXECUTE ON FUNCTION coupons_forfeit, wallet_forfeit, traces_wipe, addresses_wipe FROM PUBLIC;
