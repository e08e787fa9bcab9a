-- Rewards and coupons. Points leave and a coupon is issued in one transaction; a coupon is used once, cancelled or ends unused. Coupons are
-- money-like: the application's role reads them, and only the functions below write.

-- CreateTable
CREATE TABLE "coupon" (
    "id" BIGSERIAL NOT NULL,
    "code" TEXT NOT NULL,
    "member_id" INTEGER NOT NULL,
    "reward" TEXT NOT NULL,
    "terms" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "entry_id" BIGINT,
    "sale_id" BIGINT,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "issued_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "value_minor" BIGINT,
    "left_minor" BIGINT,
    "used_at" TIMESTAMPTZ(6),
    "used_by" INTEGER,
    "used_shop" TEXT,
    "used_sale" BIGINT,
    "cancelled_at" TIMESTAMPTZ(6),
    "expired_at" TIMESTAMPTZ(6),
    "warned_at" TIMESTAMPTZ(6),

    CONSTRAINT "coupon_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "coupon_event" (
    "id" BIGSERIAL NOT NULL,
    "coupon_id" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "actor_id" INTEGER,
    "key" TEXT,
    "request_hash" BYTEA,
    "details" JSONB NOT NULL,

    CONSTRAINT "coupon_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reward_stock" (
    "reward" TEXT NOT NULL,
    "issued" BIGINT NOT NULL,

    CONSTRAINT "reward_stock_pkey" PRIMARY KEY ("reward")
);

-- CreateIndex
CREATE UNIQUE INDEX "coupon_code_key" ON "coupon"("code");

-- CreateIndex
CREATE UNIQUE INDEX "coupon_key_key" ON "coupon"("key");

-- CreateIndex
CREATE INDEX "coupon_member_id_reward_idx" ON "coupon"("member_id", "reward");

-- CreateIndex
CREATE UNIQUE INDEX "coupon_event_key_key" ON "coupon_event"("key");

-- CreateIndex
CREATE INDEX "coupon_event_coupon_id_idx" ON "coupon_event"("coupon_id");

-- AddForeignKey
ALTER TABLE "coupon" ADD CONSTRAINT "coupon_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coupon" ADD CONSTRAINT "coupon_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "entry"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coupon_event" ADD CONSTRAINT "coupon_event_coupon_id_fkey" FOREIGN KEY ("coupon_id") REFERENCES "coupon"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What can still be used, and what is due to end.
CREATE INDEX coupon_open ON coupon (expires_at) WHERE used_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL;
CREATE INDEX coupon_of_sale ON coupon (sale_id) WHERE sale_id IS NOT NULL;

ALTER TABLE coupon
  -- Ten characters of Crockford's base32 and a check character (docs/adr/0003-member-codes.md).
  ADD CONSTRAINT coupon_code_is_crockford CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{10}[0-9A-HJKMNP-Z]$'),
  ADD CONSTRAINT coupon_ends_once CHECK (num_nonnulls(used_at, cancelled_at, expired_at) <= 1),
  ADD CONSTRAINT coupon_used_by_somebody CHECK (used_at IS NOT NULL OR num_nonnulls(used_by, used_shop, used_sale) = 0),
  ADD CONSTRAINT coupon_lives CHECK (expires_at > issued_at),
  ADD CONSTRAINT coupon_left_within_value CHECK ((value_minor IS NULL) = (left_minor IS NULL) AND value_minor > 0 AND left_minor BETWEEN 0 AND value_minor),
  ADD CONSTRAINT coupon_used_up CHECK (left_minor IS NULL OR (left_minor = 0) = (used_at IS NOT NULL));
ALTER TABLE coupon_event ADD CONSTRAINT coupon_event_key_with_hash CHECK ((key IS NULL) = (request_hash IS NULL));
ALTER TABLE reward_stock ADD CONSTRAINT reward_stock_not_negative CHECK (issued >= 0);

CREATE TRIGGER coupon_event_append_only BEFORE UPDATE OR DELETE ON coupon_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER coupon_event_no_truncate BEFORE TRUNCATE ON coupon_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER coupon_no_delete BEFORE DELETE ON coupon FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER coupon_no_truncate BEFORE TRUNCATE ON coupon FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER coupon_keeps_its_terms
  BEFORE UPDATE OF code, reward, terms, source, entry_id, sale_id, key, request_hash, issued_at, expires_at, value_minor ON coupon
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER coupon_ended_for_good
  BEFORE UPDATE OF left_minor, used_at, used_by, used_shop, used_sale, cancelled_at, expired_at ON coupon FOR EACH ROW
  WHEN (num_nonnulls(OLD.used_at, OLD.cancelled_at, OLD.expired_at) > 0) EXECUTE FUNCTION refuse_change();

-- `p_length` (at most 14) random characters of Crockford's base32 and the check character, the number modulo 37, which is a letter or a digit too:
-- what newCode of src/program/codes.ts makes. The bytes of a random UUID come from the system's CSPRNG; two of the sixteen are not all random.
CREATE FUNCTION code_new(p_length int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE digits CONSTANT text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ'; bytes bytea; code text; rest int; digit int;
BEGIN
  LOOP
    bytes := uuid_send(gen_random_uuid());
    bytes := substr(bytes, 1, 6) || substr(bytes, 8, 1) || substr(bytes, 10);
    code := ''; rest := 0;
    FOR i IN 0 .. p_length - 1 LOOP
      digit := get_byte(bytes, i) & 31;
      code := code || substr(digits, digit + 1, 1);
      rest := (rest * 32 + digit) % 37;
    END LOOP;
    IF rest < 32 OR rest = 36 THEN RETURN code || substr(digits || '____U', rest + 1, 1); END IF;
  END LOOP;
END $$;

-- What everybody who asks for a coupon gets.
CREATE FUNCTION coupon_json(c coupon) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', c.id, 'code', c.code, 'memberId', c.member_id, 'reward', c.reward, 'terms', c.terms, 'source', c.source,
    'points', coalesce(-(SELECT delta FROM entry WHERE entry.id = c.entry_id), 0), 'issuedAt', c.issued_at, 'expiresAt', c.expires_at,
    'valueMinor', c.value_minor, 'leftMinor', c.left_minor, 'usedAt', c.used_at, 'cancelledAt', c.cancelled_at, 'expiredAt', c.expired_at);
$$;

-- One piece of a reward. Without a limit it is only counted. The row is shared by everybody who wants this reward, so it is locked last, after
-- the wallet: it is held for an instant only, and nobody waits for it who holds what its holder waits for.
CREATE FUNCTION stock_take(p_reward text, p_limit bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF p_limit <= 0 THEN RETURN false; END IF;
  INSERT INTO reward_stock AS r (reward, issued) VALUES (p_reward, 1)
    ON CONFLICT (reward) DO UPDATE SET issued = r.issued + 1 WHERE p_limit IS NULL OR r.issued < p_limit;
  RETURN FOUND;
END $$;

-- Writes a new coupon: its code, the log, and last its piece of a limited stock (`p_limit` null: it was promised, and is counted only).
-- Refuses: ledger.key_reused, reward.sold_out. The caller holds the wallet's lock.
CREATE FUNCTION coupon_insert(p_coupon coupon, p_actor int, p_limit bigint) RETURNS coupon LANGUAGE plpgsql AS $$
DECLARE c coupon := p_coupon;
BEGIN
  c.id := coalesce(c.id, nextval('coupon_id_seq'));
  c.expires_at := (c.terms ->> 'expiresAt')::timestamptz;
  c.value_minor := CASE WHEN c.terms ->> 'kind' = 'gift_card' THEN (c.terms ->> 'amountMinor')::bigint END;
  c.left_minor := c.value_minor;
  c.terms := c.terms - 'expiresAt';
  LOOP
    c.code := code_new(10);
    INSERT INTO coupon SELECT c.* ON CONFLICT DO NOTHING;
    EXIT WHEN FOUND;
    -- Otherwise the code is somebody's already, which happens once in a quadrillion.
    IF EXISTS (SELECT 1 FROM coupon WHERE key = c.key) THEN PERFORM refuse('ledger.key_reused'); END IF;
  END LOOP;
  INSERT INTO coupon_event (coupon_id, kind, at, actor_id, details) VALUES (c.id, 'issued', c.issued_at, p_actor, jsonb_build_object('source', c.source));
  IF c.terms ? 'stock' AND NOT stock_take(c.reward, p_limit) THEN PERFORM refuse('reward.sold_out'); END IF;
  RETURN c;
END $$;

-- Gives a member a coupon that costs them nothing (a full stamp card, a birthday, a printed code) and tells them. `p_terms` is what couponTerms of
-- src/program/rewards/terms.ts makes, `p_source` a word for where it came from (a title in locales: rewards:given.<source>). With the same key:
-- the first coupon again. A limited stock is counted, not asked: what was promised is given. Refuses: ledger.key_reused. The caller holds the wallet's
-- lock and notes the key.
CREATE FUNCTION coupon_issue(p_key text, p_member int, p_terms jsonb, p_source text, p_actor int, p_sale bigint, p_now timestamptz) RETURNS bigint
  LANGUAGE plpgsql AS $$
DECLARE c coupon; request bytea;
BEGIN
  request := request_hash('coupon', p_member::text, p_terms ->> 'id', p_source);
  SELECT * INTO c FROM coupon WHERE key = p_key;
  IF FOUND THEN
    IF c.request_hash <> request THEN PERFORM refuse('ledger.key_reused'); END IF;
    RETURN c.id;
  END IF;
  c.member_id := p_member; c.reward := p_terms ->> 'id'; c.terms := p_terms; c.source := p_source; c.sale_id := p_sale;
  c.key := p_key; c.request_hash := request; c.issued_at := p_now;
  c := coupon_insert(c, p_actor, NULL);
  PERFORM delivery_plan((SELECT person_id FROM member WHERE member.id = p_member), 'coupon-given', jsonb_build_object('code', c.code, 'source', c.source,
    'name', c.terms -> 'name', 'until', c.terms -> 'until'), 'coupon:' || c.id || ':given', p_now);
  RETURN c.id;
END $$;

-- Turns points into a coupon. `p_terms`: see coupon_issue; null when the program has no such reward. `p_holds`: agreed (the price that was shown),
-- limit (pieces), perMember, tiers with tierNames, opens, opensFor (by tier), closes. With the same key: the same coupon. Refuses: member.unknown,
-- ledger.key_reused, reward.unknown, reward.price_changed, reward.not_yet, reward.over, reward.tier, reward.per_member, reward.sold_out,
-- ledger.not_enough.
CREATE FUNCTION reward_redeem(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_member int, p_reward text, p_terms jsonb, p_holds jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE w wallet; c coupon; request bytea; tier_now text; cost bigint := (p_terms ->> 'cost')::bigint; opens timestamptz;
BEGIN
  request := request_hash('redeem', p_member::text, p_reward, p_actor::text);
  w := wallet_lock(p_member, p_now);
  SELECT * INTO c FROM coupon WHERE key = p_key;
  IF FOUND THEN
    -- Their card, or their chat, may have become one with another since.
    IF c.request_hash <> request AND (c.member_id, c.reward, c.source) IS DISTINCT FROM (p_member, p_reward, 'redeem') THEN
      PERFORM refuse('ledger.key_reused');
    END IF;
  ELSE
    IF p_terms IS NULL THEN PERFORM refuse('reward.unknown'); END IF;
    IF cost <> (p_holds ->> 'agreed')::bigint THEN PERFORM refuse('reward.price_changed', jsonb_build_object('count', cost)); END IF;
    IF p_holds ?| ARRAY['tiers', 'opensFor'] THEN SELECT tier INTO tier_now FROM standing WHERE member_id = p_member; END IF;
    opens := coalesce(p_holds -> 'opensFor' ->> tier_now, p_holds ->> 'opens')::timestamptz;
    IF p_now < opens THEN PERFORM refuse('reward.not_yet', jsonb_build_object('at', opens)); END IF;
    IF p_now >= (p_holds ->> 'closes')::timestamptz THEN PERFORM refuse('reward.over'); END IF;
    IF p_holds ? 'tiers' AND NOT coalesce(p_holds -> 'tiers' ? tier_now, false) THEN
      PERFORM refuse('reward.tier', jsonb_build_object('tiers', p_holds ->> 'tierNames'));
    END IF;
    IF p_holds ? 'perMember' AND (SELECT count(*) FROM coupon x WHERE x.member_id = p_member AND x.reward = p_reward AND x.source = 'redeem'
        AND x.cancelled_at IS NULL) >= (p_holds ->> 'perMember')::int THEN
      PERFORM refuse('reward.per_member', jsonb_build_object('count', (p_holds ->> 'perMember')::int));
    END IF;
    -- Without a lock: most who come too late are told before anything is written. Under the lock it is asked again, at the end.
    IF p_terms ? 'stock' AND EXISTS (SELECT 1 FROM reward_stock r WHERE r.reward = p_reward AND r.issued >= (p_holds ->> 'limit')::bigint) THEN
      PERFORM refuse('reward.sold_out');
    END IF;
    IF w.balance < cost THEN PERFORM refuse('ledger.not_enough', jsonb_build_object('points', cost, 'balance', w.balance)); END IF;
    c.id := nextval('coupon_id_seq'); c.member_id := p_member; c.reward := p_reward; c.terms := p_terms; c.source := 'redeem';
    c.key := p_key; c.request_hash := request; c.issued_at := p_now;
    IF cost > 0 THEN
      c.entry_id := ledger_append(p_member, 'spend', -cost, 0, p_key, request, p_actor, NULL, p_now,
        jsonb_build_object('coupon', c.id, 'reward', p_reward, 'name', p_terms -> 'name'));
      PERFORM lots_take(p_member, c.entry_id, cost);
      PERFORM lots_renew(p_member, p_now);
      PERFORM home_plan((SELECT person_id FROM member WHERE member.id = p_member), 'e' || c.entry_id, p_now);
    END IF;
    c := coupon_insert(c, p_actor, (p_holds ->> 'limit')::bigint);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN coupon_json(c) || jsonb_build_object('balance', (SELECT balance_after FROM entry WHERE entry.id = c.entry_id));
END $$;

-- Says why a coupon can't be used any more, to who may know. Past its date it can't be used even when the job is late.
CREATE FUNCTION coupon_hold_open(c coupon, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF c.used_at IS NOT NULL THEN
    PERFORM refuse('coupon.used', jsonb_build_object('at', c.used_at, 'by', coalesce((SELECT name FROM person WHERE person.id = c.used_by), '—')));
  END IF;
  IF c.cancelled_at IS NOT NULL THEN PERFORM refuse('coupon.cancelled', jsonb_build_object('at', c.cancelled_at)); END IF;
  IF c.expires_at <= p_now THEN PERFORM refuse('coupon.expired', jsonb_build_object('at', coalesce(c.terms -> 'until', to_jsonb(c.expires_at)))); END IF;
END $$;

-- Takes a coupon back that was not used at all: what it had cost comes back with the ends it had, a piece of limited stock is free again.
-- Returns the points, or null when it could not be taken back any more. The caller holds the wallet's lock of its member.
CREATE FUNCTION coupon_void(p_coupon bigint, p_key text, p_actor int, p_now timestamptz, p_details jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE c coupon; points bigint; request bytea;
BEGIN
  request := request_hash('void', p_coupon::text, p_actor::text);
  UPDATE coupon SET cancelled_at = p_now WHERE id = p_coupon AND used_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL AND expires_at > p_now
    AND left_minor IS NOT DISTINCT FROM value_minor RETURNING * INTO c;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT -delta INTO points FROM entry WHERE id = c.entry_id;
  points := coalesce(points, 0);
  IF points > 0 THEN
    PERFORM points_return(c.member_id, c.entry_id, points, 0, p_key || ':return', request, p_actor, NULL, p_now,
      jsonb_build_object('coupon', c.id, 'reward', c.reward, 'name', c.terms -> 'name'));
  END IF;
  INSERT INTO coupon_event (coupon_id, kind, at, actor_id, key, request_hash, details)
    VALUES (c.id, 'cancelled', p_now, p_actor, p_key, request, p_details || jsonb_build_object('points', points)) ON CONFLICT (key) DO NOTHING;
  IF NOT FOUND THEN PERFORM refuse('ledger.key_reused'); END IF;
  IF c.terms ? 'stock' THEN UPDATE reward_stock SET issued = issued - 1 WHERE reward = c.reward; END IF;
  RETURN points;
END $$;

-- Uses a coupon, exactly once: the row's lock makes one of two the first, the other is told when and by whom. The wallet is not touched and so not
-- locked. Refuses: staff.only, ledger.key_reused, coupon.unknown, coupon.used, coupon.cancelled, coupon.expired, coupon.in_parts (stored value).
CREATE FUNCTION coupon_use(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_code text, p_shop text, p_sale bigint)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE c coupon; e coupon_event; request bytea; owner_id int; owner_name text;
BEGIN
  request := request_hash('use', p_code, p_actor::text);
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
    IF c.value_minor IS NOT NULL THEN PERFORM refuse('coupon.in_parts'); END IF;
    INSERT INTO coupon_event (coupon_id, kind, at, actor_id, key, request_hash, details)
      VALUES (c.id, 'used', p_now, p_actor, p_key, request, jsonb_strip_nulls(jsonb_build_object('shop', p_shop, 'sale', p_sale)))
      ON CONFLICT (key) DO NOTHING;
    IF NOT FOUND THEN PERFORM refuse('ledger.key_reused'); END IF;
    UPDATE coupon SET used_at = p_now, used_by = p_actor, used_shop = p_shop, used_sale = p_sale WHERE id = c.id RETURNING * INTO c;
    PERFORM delivery_plan(owner_id, 'coupon-used', jsonb_build_object('name', c.terms -> 'name', 'at', p_now), 'coupon:' || c.id || ':used', p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN coupon_json(c) || jsonb_build_object('name', owner_name);
END $$;

-- The coupon behind a code, for its owner and for staff. To everybody else a code that is wrong, used, ended or somebody else's is one and the same:
-- {refused: coupon.unknown}, after the same work. Five of those an hour for a person, counted before anything is looked up, so that asking many times at once
-- doesn't help; {refused: coupon.too_many_tries, minutes}. An owner of the code never waits. `p_typo`: the check character was wrong already.
CREATE FUNCTION coupon_find(p_code text, p_typo boolean, p_person int, p_now timestamptz) RETURNS jsonb
  LANGUAGE plpgsql SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE c coupon; tried attempt; works_here boolean; owner_id int; owner_name text; used_name text;
BEGIN
  works_here := EXISTS (SELECT 1 FROM staff WHERE person_id = p_person);
  SELECT * INTO c FROM coupon WHERE code = p_code;
  SELECT m.person_id, coalesce(p.name, m.external_ref, m.code) INTO owner_id, owner_name FROM member m LEFT JOIN person p ON p.id = m.person_id
    WHERE m.id = c.member_id;
  SELECT name INTO used_name FROM person WHERE id = c.used_by;
  IF owner_id IS DISTINCT FROM p_person OR p_person IS NULL THEN
    -- A slip of the finger at a busy counter is no guess: the check character has told it.
    IF p_typo AND works_here THEN RETURN jsonb_build_object('refused', 'coupon.mistyped'); END IF;
    INSERT INTO attempt AS a (key, tries, until) VALUES ('coupon:' || coalesce(p_person, 0), 1, p_now + interval '1 hour') ON CONFLICT (key) DO UPDATE
      SET tries = CASE WHEN a.until <= p_now THEN 1 ELSE least(a.tries, 5) + 1 END, until = CASE WHEN a.until <= p_now THEN excluded.until ELSE a.until END
      RETURNING * INTO tried;
    IF tried.tries > 5 THEN
      RETURN jsonb_build_object('refused', 'coupon.too_many_tries', 'minutes', ceil(extract(epoch FROM tried.until - p_now) / 60));
    END IF;
    IF c.id IS NULL OR NOT works_here THEN RETURN '{"refused": "coupon.unknown"}'; END IF;
    UPDATE attempt SET tries = tries - 1 WHERE key = tried.key;
  END IF;
  RETURN coupon_json(c) || jsonb_build_object('name', owner_name, 'usedBy', used_name);
END $$;

-- Ends coupons that are past their date, up to `p_limit`; those that somebody holds right now are left for the next call. Returns how many.
CREATE FUNCTION coupon_expire(p_now timestamptz, p_limit int) RETURNS int
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  WITH due AS (
    SELECT id FROM coupon WHERE expires_at <= p_now AND used_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL
      ORDER BY expires_at LIMIT p_limit FOR UPDATE SKIP LOCKED
  ), ended AS (
    UPDATE coupon SET expired_at = expires_at FROM due WHERE coupon.id = due.id RETURNING coupon.id, coupon.expires_at
  ), noted AS (
    INSERT INTO coupon_event (coupon_id, kind, at, details) SELECT id, 'expired', expires_at, '{}' FROM ended RETURNING 1
  )
  SELECT count(*)::int FROM noted;
$$;

-- Tells the owners of coupons that end soon, up to `p_limit` coupons, as expiry_warn does for points. Each of `p_days` is a step, if it is less than half of the coupon's life (nobody is
-- warned of what they have just got), at about ten in the morning; a late call sends only the nearest. Returns how many.
CREATE FUNCTION coupon_warn(p_now timestamptz, p_days int[], p_limit int) RETURNS int
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  WITH due AS (
    SELECT c.id, step.days FROM coupon c CROSS JOIN LATERAL (
      SELECT min(d) AS days FROM unnest(p_days) d
        WHERE c.expires_at - make_interval(days => d) <= p_now - interval '10 hours' AND make_interval(days => 2 * d) < c.expires_at - c.issued_at
    ) step
    WHERE c.expires_at > p_now AND c.expires_at <= p_now + make_interval(days => (SELECT max(d) FROM unnest(p_days) d))
      AND c.used_at IS NULL AND c.cancelled_at IS NULL AND c.expired_at IS NULL AND step.days IS NOT NULL
      AND (c.warned_at IS NULL OR c.warned_at < c.expires_at - make_interval(days => step.days) + interval '10 hours')
    ORDER BY c.expires_at LIMIT p_limit FOR UPDATE OF c SKIP LOCKED
  ), warned AS (
    UPDATE coupon SET warned_at = p_now FROM due WHERE coupon.id = due.id RETURNING coupon.*, due.days
  ), told AS (
    SELECT delivery_plan(m.person_id, 'coupon-ending', jsonb_build_object('code', w.code, 'name', w.terms -> 'name', 'until', w.terms -> 'until'),
      'coupon:' || w.id || ':ends:' || w.days, p_now) FROM warned w JOIN member m ON m.id = w.member_id
  )
  SELECT count(*)::int FROM told;
$$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  GRANT SELECT ON coupon, coupon_event, reward_stock TO regulars_app;
  REVOKE EXECUTE ON FUNCTION stock_take, coupon_insert, coupon_issue, coupon_void FROM PUBLIC;
END $$;
