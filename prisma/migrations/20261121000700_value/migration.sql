-- The program as a document with versions, and sales priced by it. What a purchase is worth is computed outside (src/program/pricing), exactly,
-- as `value`/`per` points; the ledger adds what was carried, holds the caps, rounds once and moves the points, under the wallet's lock.

-- DropConstraint
ALTER TABLE program_version DROP CONSTRAINT program_rate_positive, DROP CONSTRAINT program_welcome_not_negative, DROP CONSTRAINT program_expiry_positive;

-- AlterTable
ALTER TABLE "program_version" ADD COLUMN     "rules" JSONB,
ADD COLUMN     "withdrawn_at" TIMESTAMPTZ(6);

-- What the columns said so far, as a document.
ALTER TABLE program_version DISABLE TRIGGER program_version_append_only;
UPDATE program_version SET rules = jsonb_build_object(
  'earn', jsonb_build_array(jsonb_build_object('id', 'base', 'kind', 'money', 'points', earn_points, 'perMinor', earn_per_minor, 'carry', carry_remainder)),
  'bonuses', '[]'::jsonb, 'caps', '{}'::jsonb, 'welcome', welcome_points, 'joining', 'open', 'pendingDays', 0,
  'expiry', CASE WHEN expiry_months IS NULL THEN '{"policy": "never"}'::jsonb
    ELSE jsonb_build_object('policy', 'months', 'months', expiry_months, 'end', 'day') END,
  'warnDays', '[30, 7, 1]'::jsonb, 'rewards', '[]'::jsonb, 'stamps', '[]'::jsonb, 'discounts', '[]'::jsonb, 'limits', '{"staff": {}, "owner": {}}'::jsonb,
  'shops', '[]'::jsonb, 'categories', '[]'::jsonb, 'dayStartsAt', 0);
ALTER TABLE program_version ENABLE TRIGGER program_version_append_only;

-- AlterTable
ALTER TABLE "program_version" ALTER COLUMN "rules" SET NOT NULL,
DROP COLUMN "carry_remainder",
DROP COLUMN "earn_per_minor",
DROP COLUMN "earn_points",
DROP COLUMN "expiry_months",
DROP COLUMN "welcome_points";

-- A version is never changed; one that has not begun can be taken back, once.
DROP TRIGGER program_version_append_only ON program_version;
CREATE FUNCTION refuse_other_than_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.withdrawn_at >= OLD.starts_at
    OR to_jsonb(NEW) - 'withdrawn_at' <> to_jsonb(OLD) - 'withdrawn_at' THEN
    RAISE EXCEPTION 'program_version is append-only: % refused', TG_OP USING ERRCODE = 'RG002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER program_version_append_only BEFORE UPDATE OR DELETE ON program_version FOR EACH ROW EXECUTE FUNCTION refuse_other_than_withdrawal();

-- AlterTable
ALTER TABLE "sale" ADD COLUMN     "discount_minor" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "outcome" JSONB,
ADD COLUMN     "paid_points" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "paid_points_minor" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "refund" ADD COLUMN     "points_pending" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "points_returned" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "points_written_off" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "reason" TEXT,
ADD COLUMN     "value_back" DECIMAL(40,0);

-- AlterTable
ALTER TABLE "lot" ADD COLUMN     "renew_months" INTEGER,
ADD COLUMN     "renew_zone" TEXT,
ADD COLUMN     "sale_id" BIGINT;

-- CreateTable
CREATE TABLE "pending" (
    "id" BIGSERIAL NOT NULL,
    "sale_id" BIGINT NOT NULL,
    "member_id" INTEGER NOT NULL,
    "points" BIGINT NOT NULL,
    "left" BIGINT NOT NULL,
    "release_at" TIMESTAMPTZ(6) NOT NULL,
    "terms" JSONB NOT NULL,
    "released_at" TIMESTAMPTZ(6),

    CONSTRAINT "pending_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "pending_sale_id_key" ON "pending"("sale_id");

-- CreateIndex
CREATE INDEX "pending_member_id_idx" ON "pending"("member_id");

-- CreateIndex
CREATE INDEX "lot_sale_id_idx" ON "lot"("sale_id");

-- AddForeignKey
ALTER TABLE "pending" ADD CONSTRAINT "pending_sale_id_fkey" FOREIGN KEY ("sale_id") REFERENCES "sale"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pending" ADD CONSTRAINT "pending_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE INDEX pending_due ON pending (release_at) WHERE released_at IS NULL;
ALTER TABLE pending ADD CONSTRAINT pending_left_within_points CHECK (points > 0 AND "left" BETWEEN 0 AND points);
CREATE TRIGGER pending_no_delete BEFORE DELETE ON pending FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pending_no_truncate BEFORE TRUNCATE ON pending FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pending_keeps_its_date BEFORE UPDATE OF sale_id, member_id, points, terms ON pending FOR EACH ROW EXECUTE FUNCTION refuse_change();

UPDATE lot SET sale_id = e.sale_id FROM entry e WHERE e.id = lot.entry_id AND e.sale_id IS NOT NULL;
ALTER TABLE refund DISABLE TRIGGER refund_append_only;
UPDATE refund r SET value_back = r.amount_minor * (s.snapshot ->> 'points')::numeric FROM sale s WHERE s.id = r.sale_id;
ALTER TABLE refund ENABLE TRIGGER refund_append_only;

-- AlterTable
ALTER TABLE "refund" ALTER COLUMN "value_back" SET NOT NULL;

ALTER TABLE sale
  ADD CONSTRAINT sale_discount_not_negative CHECK (discount_minor >= 0),
  ADD CONSTRAINT sale_paid_with_points CHECK (paid_points >= 0 AND paid_points_minor BETWEEN 0 AND amount_minor AND (paid_points > 0 OR paid_points_minor = 0));
ALTER TABLE refund ADD CONSTRAINT refund_parts_not_negative CHECK (points_pending >= 0 AND points_written_off >= 0 AND points_returned >= 0);
ALTER TABLE lot ADD CONSTRAINT lot_renews_whole CHECK ((renew_months IS NULL) = (renew_zone IS NULL) AND renew_months > 0);
ALTER TABLE entry DROP CONSTRAINT entry_kind_known,
  ADD CONSTRAINT entry_kind_known
    CHECK (kind IN ('credit', 'welcome', 'grant', 'undo', 'spend', 'expire', 'debt', 'return', 'move_in', 'move_out'));

-- A lot keeps its date, unless it was given under inactivity: then anything earned or spent moves it, and never towards us.
DROP TRIGGER lot_keeps_its_date ON lot;
CREATE TRIGGER lot_keeps_its_date BEFORE UPDATE OF entry_id, member_id, earned, earned_at, sale_id, renew_months, renew_zone ON lot
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lot_keeps_its_end BEFORE UPDATE OF expires_at ON lot FOR EACH ROW
  WHEN (OLD.renew_months IS NULL OR NEW.expires_at IS NULL OR NEW.expires_at < OLD.expires_at) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sale_keeps_its_outcome BEFORE UPDATE OF outcome ON sale FOR EACH ROW WHEN (OLD.outcome IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sale_keeps_its_payment BEFORE UPDATE OF discount_minor, paid_points, paid_points_minor ON sale
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Months after a moment, at the end of that day there (31 January + 1 month is the end of 28 February).
CREATE FUNCTION months_after(p_at timestamptz, p_months int, p_zone text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT ((((p_at AT TIME ZONE p_zone)::date + make_interval(months => p_months))::date + 1)::timestamp) AT TIME ZONE p_zone;
$$;

-- Points given under inactivity live on with everything earned or spent. The caller holds the wallet's lock.
CREATE FUNCTION lots_renew(p_member int, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE lot SET expires_at = months_after(p_now, renew_months, renew_zone)
    WHERE member_id = p_member AND remaining > 0 AND renew_months IS NOT NULL AND expires_at < months_after(p_now, renew_months, renew_zone);
END $$;

CREATE OR REPLACE FUNCTION lots_take(p_member int, p_entry bigint, p_points bigint, p_first_sale bigint DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE taken bigint;
BEGIN
  WITH ordered AS (
    SELECT l.id, l.remaining, sum(l.remaining)
      OVER (ORDER BY l.sale_id IS NOT DISTINCT FROM p_first_sale AND l.sale_id IS NOT NULL DESC, l.expires_at NULLS LAST, l.earned_at, l.id) AS upto
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

-- Pays what is owed with points that have just come. The caller holds the wallet's lock.
CREATE FUNCTION debt_pay(p_member int, p_kind text, p_points bigint, p_key text, p_request bytea, p_actor int, p_sale bigint, p_at timestamptz)
  RETURNS void LANGUAGE plpgsql AS $$
DECLARE owed bigint; paying bigint;
BEGIN
  SELECT debt INTO owed FROM wallet WHERE member_id = p_member;
  IF owed > 0 THEN
    owed := least(owed, p_points);
    paying := ledger_append(p_member, 'debt', -owed, -owed, p_key || ':debt', p_request, p_actor, p_sale, p_at, jsonb_build_object('paidBy', p_kind));
    PERFORM lots_take(p_member, paying, owed, p_sale);
  END IF;
END $$;

-- Gives points and lets them pay what is owed first. `p_terms`: expiresAt, renewMonths, renewZone. The caller holds the wallet's lock.
CREATE FUNCTION points_give(p_member int, p_kind text, p_points bigint, p_key text, p_request bytea, p_actor int, p_sale bigint, p_at timestamptz,
  p_terms jsonb, p_reason jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE given bigint;
BEGIN
  given := ledger_append(p_member, p_kind, p_points, 0, p_key, p_request, p_actor, p_sale, p_at, p_reason);
  INSERT INTO lot (entry_id, member_id, earned, remaining, earned_at, expires_at, sale_id, renew_months, renew_zone)
    VALUES (given, p_member, p_points, p_points, p_at, (p_terms ->> 'expiresAt')::timestamptz, p_sale, (p_terms ->> 'renewMonths')::int, p_terms ->> 'renewZone');
  PERFORM debt_pay(p_member, p_kind, p_points, p_key, p_request, p_actor, p_sale, p_at);
  RETURN given;
END $$;
DROP FUNCTION points_give(int, text, bigint, text, bytea, int, bigint, timestamptz, timestamptz, jsonb);

-- Gives back points that an entry had spent, from the ones that live longest, after `p_skip` given back before. Each part keeps the end it had:
-- what is past it comes back expired, or people would dodge expiry by buying and returning (Siebel). Points of a purchase that was refunded while
-- they were spent, and that were let go then, are owed after all. The caller holds the wallet's lock.
CREATE FUNCTION points_return(p_member int, p_spent bigint, p_points bigint, p_skip bigint, p_key text, p_request bytea, p_actor int, p_sale bigint,
  p_now timestamptz, p_reason jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE given bigint; back record; let_go bigint;
BEGIN
  given := ledger_append(p_member, 'return', p_points, 0, p_key, p_request, p_actor, p_sale, p_now, p_reason);
  INSERT INTO lot (entry_id, member_id, earned, remaining, earned_at, expires_at, sale_id, renew_months, renew_zone)
    SELECT given, p_member, x.part, x.part, p_now, x.expires_at, x.sale_id, x.renew_months, x.renew_zone FROM (
      SELECT l.*, least(o.upto, p_skip + p_points) - greatest(o.upto - o.amount, p_skip) AS part FROM (
        SELECT a.lot_id, a.amount, sum(a.amount) OVER (ORDER BY y.expires_at DESC NULLS FIRST, y.earned_at DESC, y.id DESC) AS upto
          FROM allocation a JOIN lot y ON y.id = a.lot_id WHERE a.entry_id = p_spent
      ) o JOIN lot l ON l.id = o.lot_id
    ) x WHERE x.part > 0;
  FOR back IN SELECT sale_id, sum(earned)::bigint AS points FROM lot WHERE entry_id = given AND sale_id IS NOT NULL GROUP BY sale_id ORDER BY sale_id LOOP
    SELECT coalesce(sum(points_written_off), 0) INTO let_go FROM refund WHERE sale_id = back.sale_id;
    CONTINUE WHEN let_go = 0;
    SELECT least(back.points, let_go - coalesce(sum(debt), 0)) INTO let_go FROM entry WHERE sale_id = back.sale_id AND kind = 'undo' AND reason ? 'writtenOff';
    IF let_go > 0 THEN
      PERFORM ledger_append(p_member, 'undo', 0, let_go, p_key || ':owed:' || back.sale_id, p_request, p_actor, back.sale_id, p_now, '{"writtenOff": true}');
    END IF;
  END LOOP;
  PERFORM debt_pay(p_member, 'return', p_points, p_key, p_request, p_actor, p_sale, p_now);
  PERFORM wallet_expire(p_member, p_now);
  RETURN given;
END $$;

-- AlterTable
ALTER TABLE "member" ADD COLUMN     "birthday" TEXT;

-- CreateTable
CREATE TABLE "standing" (
    "member_id" INTEGER NOT NULL,
    "tier" TEXT,

    CONSTRAINT "standing_pkey" PRIMARY KEY ("member_id")
);

-- AddForeignKey
ALTER TABLE "standing" ADD CONSTRAINT "standing_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE member ADD CONSTRAINT member_birthday_is_a_day CHECK (birthday ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$');

-- What a price that depends on the member was read at: any sale, refund, change of tier or birthday since makes it another text. Two tills at
-- once see it under the wallet's lock.
CREATE FUNCTION member_stamp(p_member int) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT concat_ws(':', count(*), count(undone_at), coalesce(sum(refunded_minor), 0), (SELECT coalesce(tier, '') FROM standing WHERE member_id = p_member),
    (SELECT coalesce(birthday, '') FROM member WHERE id = p_member)) FROM sale WHERE member_id = p_member;
$$;

DROP FUNCTION ledger_import;
DROP FUNCTION ledger_credit;

-- Credits a purchase. `p_sale`: amountMinor, currency, receipt, items, what, shop, at, notify; discountMinor, paidPoints, paidPointsMinor; version, rule,
-- value (in 1/per of a point), per, carry, parts, facts; caps (purchase, day, dayFrom, dayUntil, member); expiry (expiresAt, renewMonths,
-- renewZone), releaseAt; stamp (member_stamp when it was priced); stamps, tiers, limits, each for the function that knows it.
--
-- Points = floor((value + carried) / per), value never above what the caps leave; what is left is carried, per member and rule. `room` of
-- the snapshot is what the caps left, so that a refund is held to the same. {stale: true}: the member is no longer as they were when
-- it was priced; nothing was done. Refuses: member.unknown, staff.only, ledger.self_credit, ledger.key_reused, ledger.receipt_used,
-- ledger.too_many_points, and what stamps, tiers and limits refuse.
CREATE FUNCTION ledger_credit(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_member int, p_sale jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE w wallet; s sale; c carry; owner_id int; owner_name text; request bytea; worth numeric; per numeric; room numeric; total numeric; other record;
  caps jsonb := p_sale -> 'caps'; carries boolean := (p_sale ->> 'carry')::boolean; rule_id text := p_sale ->> 'rule';
BEGIN
  w := wallet_lock(p_member, p_now);
  SELECT m.person_id, coalesce(p.name, m.external_ref, m.code) INTO owner_id, owner_name FROM member m LEFT JOIN person p ON p.id = m.person_id
    WHERE m.id = p_member;
  SELECT * INTO s FROM sale WHERE key = p_key;
  -- The bill before the discount: asked again, a purchase may be due another one, and it is the same purchase. So it is when its card has
  -- become one with another since.
  request := request_hash('credit', coalesce(CASE WHEN s.member_id = p_member THEN (SELECT from_id FROM sale_move WHERE sale_id = s.id ORDER BY id LIMIT 1) END,
    p_member)::text, ((p_sale ->> 'amountMinor')::bigint + coalesce((p_sale ->> 'discountMinor')::bigint, 0))::text, p_sale ->> 'currency', p_sale ->> 'receipt',
    p_actor::text);
  IF s.id IS NOT NULL THEN
    IF s.request_hash <> request THEN PERFORM refuse('ledger.key_reused'); END IF;
  ELSE
    IF p_sale ? 'stamp' AND p_sale ->> 'stamp' IS DISTINCT FROM member_stamp(p_member) THEN RETURN '{"stale": true}'; END IF;
    IF p_actor IS NOT NULL THEN
      IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_actor) THEN PERFORM refuse('staff.only'); END IF;
      IF owner_id = p_actor THEN PERFORM refuse('ledger.self_credit'); END IF;
    END IF;
    worth := (p_sale ->> 'value')::numeric; per := (p_sale ->> 'per')::numeric;
    IF caps IS NOT NULL THEN
      room := (caps ->> 'purchase')::numeric;
      IF caps ? 'day' THEN
        room := least(room, (caps ->> 'day')::numeric - (SELECT coalesce(sum(x.points - coalesce(b.back, 0)), 0) FROM sale x
          LEFT JOIN LATERAL (SELECT sum(points_back) AS back FROM refund WHERE sale_id = x.id) b ON true
          WHERE x.member_id = p_member AND x.at >= (caps ->> 'dayFrom')::timestamptz AND x.at < (caps ->> 'dayUntil')::timestamptz));
      END IF;
      IF caps ? 'member' THEN
        room := least(room, (caps ->> 'member')::numeric - (SELECT coalesce(sum(x.points - coalesce(b.back, 0)), 0) FROM sale x
          LEFT JOIN LATERAL (SELECT sum(points_back) AS back FROM refund WHERE sale_id = x.id) b ON true WHERE x.member_id = p_member));
      END IF;
      room := greatest(room, 0);
      worth := least(worth, room * per);
    END IF;
    c.numerator := 0;
    IF carries THEN
      SELECT * INTO c FROM carry WHERE member_id = p_member AND rule = rule_id;
      IF NOT FOUND THEN c.numerator := 0; c.denominator := per; END IF;
      -- Another unit than last time: the same part of a point, in the new one.
      IF c.denominator <> per THEN c.numerator := trunc(c.numerator::numeric * per / c.denominator); END IF;
    END IF;
    total := worth + c.numerator;
    s.points := greatest(div(total, per) - CASE WHEN total < 0 AND mod(total, per) <> 0 THEN 1 ELSE 0 END, 0);
    IF s.points > 1000000000 THEN PERFORM refuse('ledger.too_many_points', jsonb_build_object('points', s.points)); END IF;
    s.id := nextval('sale_id_seq'); s.member_id := p_member; s.amount_minor := (p_sale ->> 'amountMinor')::bigint; s.currency := p_sale ->> 'currency';
    s.receipt := coalesce(p_sale ->> 'receipt', '#' || s.id); s.items := (p_sale ->> 'items')::int; s.shop := p_sale ->> 'shop';
    s.at := coalesce((p_sale ->> 'at')::timestamptz, p_now); s.created_at := p_now; s.actor_id := p_actor; s.key := p_key; s.request_hash := request;
    s.discount_minor := coalesce((p_sale ->> 'discountMinor')::bigint, 0); s.paid_points := coalesce((p_sale ->> 'paidPoints')::bigint, 0);
    s.paid_points_minor := coalesce((p_sale ->> 'paidPointsMinor')::bigint, 0); s.refunded_minor := 0;
    s.snapshot := jsonb_build_object('version', (p_sale ->> 'version')::int, 'rule', rule_id, 'value', worth, 'per', per, 'carry', carries,
      'carriedIn', c.numerator, 'carriedOut', CASE WHEN carries THEN total - s.points * per ELSE 0 END)
      || jsonb_strip_nulls(jsonb_build_object('parts', p_sale -> 'parts', 'facts', p_sale -> 'facts', 'what', p_sale -> 'what', 'room', room,
        'discount', p_sale -> 'discount', 'zone', p_sale -> 'zone', 'only', p_sale -> 'only'));
    -- What the entries below will leave: points given, less what they pay of a debt.
    s.balance_after := w.balance + CASE WHEN p_sale ? 'releaseAt' THEN 0 ELSE s.points - least(w.debt, s.points) END;
    IF p_sale ? 'limits' THEN PERFORM limits_hold(p_key, p_actor, p_member, s.amount_minor, s.points, p_sale -> 'limits', p_now); END IF;
    INSERT INTO sale SELECT s.* ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      SELECT x.at, x.amount_minor, x.currency INTO other FROM sale x WHERE x.receipt = s.receipt AND x.undone_at IS NULL;
      IF NOT FOUND THEN PERFORM refuse('ledger.key_reused'); END IF;
      PERFORM refuse('ledger.receipt_used', jsonb_build_object('receipt', s.receipt, 'at', other.at, 'amountMinor', other.amount_minor, 'currency', other.currency));
    END IF;
    IF carries THEN
      INSERT INTO carry (member_id, rule, numerator, denominator) VALUES (p_member, rule_id, total - s.points * per, per)
        ON CONFLICT (member_id, rule) DO UPDATE SET numerator = excluded.numerator, denominator = excluded.denominator;
    END IF;
    IF s.points > 0 THEN
      IF p_sale ? 'releaseAt' THEN
        INSERT INTO pending (sale_id, member_id, points, "left", release_at, terms)
          VALUES (s.id, p_member, s.points, s.points, (p_sale ->> 'releaseAt')::timestamptz, coalesce(p_sale -> 'expiry', '{}'));
      ELSE
        PERFORM points_give(p_member, 'credit', s.points, p_key, request, p_actor, s.id, s.at, p_sale -> 'expiry', '{}');
      END IF;
    END IF;
    PERFORM lots_renew(p_member, p_now);
    IF p_sale ? 'stamps' THEN s.outcome := coalesce(s.outcome, '{}') || jsonb_build_object('stamps', stamps_give(p_key, p_actor, s.id, p_member, p_sale -> 'stamps', p_now)); END IF;
    IF p_sale ? 'tiers' THEN s.outcome := coalesce(s.outcome, '{}') || jsonb_build_object('tier', tier_follow(p_member, p_sale -> 'tiers', s.id, p_now)); END IF;
    IF s.outcome IS NOT NULL THEN UPDATE sale SET outcome = s.outcome WHERE id = s.id; END IF;
    IF (p_sale ->> 'notify')::boolean THEN
      PERFORM delivery_plan(owner_id, 'credited', jsonb_strip_nulls(jsonb_build_object('sale', s.id, 'points', s.points, 'balance', s.balance_after,
        'amountMinor', s.amount_minor, 'currency', s.currency, 'receipt', s.receipt, 'releaseAt', p_sale -> 'releaseAt', 'outcome', s.outcome,
        'paidPoints', nullif(s.paid_points, 0), 'discountMinor', nullif(s.discount_minor, 0))), 'credited:' || s.id, p_now);
      PERFORM home_plan(owner_id, s.id || ':credit', p_now);
    END IF;
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('saleId', s.id, 'memberId', s.member_id, 'receipt', s.receipt, 'points', s.points, 'balance', s.balance_after,
    'amountMinor', s.amount_minor, 'discountMinor', s.discount_minor, 'paidPoints', s.paid_points, 'paidPointsMinor', s.paid_points_minor,
    'currency', s.currency, 'at', s.at, 'name', owner_name, 'outcome', s.outcome,
    'releaseAt', (SELECT release_at FROM pending WHERE sale_id = s.id AND p_sale ? 'releaseAt'));
END $$;

-- Credits purchases (an array of line, member, code, spare, at, amount, content, and the sale as ledger_credit takes it) for an import. A row's
-- key is its content and its number among equal rows of the file, so that a file imported again, even longer or in another order,
-- adds nothing. A row that is refused leaves no trace and stops no other. Nobody is told, nobody is welcomed.
-- Returns imported, known, amountMinor and points of both, `refused` (line, code, params) and `again` (lines whose spare code was
-- taken: to be sent with another).
CREATE FUNCTION ledger_import(p_run uuid, p_now timestamptz, p_currency text, p_rows jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE r record; who int; ordinal int; row_key text; before record; given jsonb; said text; detail text; common jsonb;
  imported int := 0; known int := 0; amount bigint := 0; points bigint := 0; refused jsonb := '[]'; again jsonb := '[]';
BEGIN
  -- Two imports at once would lock wallets in the order of two files: they take turns.
  PERFORM pg_advisory_xact_lock(hashtext('ledger_import'));
  common := jsonb_build_object('currency', p_currency);
  FOR r IN SELECT * FROM jsonb_to_recordset(p_rows) AS x(line int, member text, code text, spare text, at timestamptz, amount bigint, receipt text,
    content text, sale jsonb)
  LOOP
    BEGIN
      who := import_member(r.member, r.code, r.spare, r.at);
      INSERT INTO import_seen AS seen (run, content, member_id, times, at) VALUES (p_run, r.content, who, 1, clock_timestamp())
        ON CONFLICT (run, content) DO UPDATE SET times = seen.times + 1 RETURNING times INTO ordinal;
      -- With a receipt, an equal row is the same purchase.
      row_key := 'import:' || r.content || CASE WHEN r.receipt IS NULL THEN ':' || ordinal ELSE '' END;
      SELECT s.points INTO before FROM sale s WHERE s.key = row_key;
      IF FOUND THEN
        known := known + 1; amount := amount + r.amount; points := points + before.points;
      ELSE
        given := ledger_credit(row_key, NULL, p_now, NULL, who, common || r.sale);
        imported := imported + 1; amount := amount + r.amount; points := points + (given ->> 'points')::bigint;
      END IF;
    EXCEPTION
      WHEN SQLSTATE 'RG001' THEN
        GET STACKED DIAGNOSTICS said = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
        refused := refused || jsonb_build_object('line', r.line, 'code', said, 'params', detail::jsonb);
      WHEN unique_violation THEN
        GET STACKED DIAGNOSTICS detail = CONSTRAINT_NAME;
        IF detail <> 'member_code_key' THEN RAISE; END IF;
        again := again || to_jsonb(r.line);
    END;
  END LOOP;
  RETURN jsonb_build_object('imported', imported, 'known', known, 'amountMinor', amount, 'points', points, 'refused', refused, 'again', again);
END $$;

DROP FUNCTION ledger_refund;

-- Takes money of a sale back, and the points it had earned; `p_amount` null: all that is left of it. `p_window`: within it the person who
-- credited may do so, afterwards and for others' sales only an owner (an undo); null: anybody who works here (a refund).
-- `p_terms`: refundedMinor (before this one), valueBefore and valueAfter (what is left of the sale is worth, in the sale's own 1/per of a point,
-- before and after), debtLimit, reason; stamps, tiers, each for the function that knows it. {stale: true}: something of the sale was
-- refunded since that was computed; nothing was done.
--
-- Points: the value leaves the member's running total, under the sale's own rules. With a carried remainder of c (in 1/per of a point) and
-- m = the value that leaves, ceil((m − c) / per) points go back, never more than the sale gave less what went back for it before, and
-- c − m + back × per is carried from then on: any parts add up to the whole. m is rounded down over all that was refunded of the sale, not
-- part by part, when the carried remainder has got other units since. Without a remainder, what the rest of the sale would give stays.
--
-- Taken: what goes back, less what has expired of the sale, less what was taken for it before. From what is still pending of it, then its own lots,
-- then others; what is no longer there is owed, up to the limit of debt, and the rest is written off. Points that paid for the sale come back in the
-- proportion of the money, with the ends they had. Refuses: sale.unknown, ledger.already_undone, ledger.undo_too_late,
-- ledger.undo_not_yours, staff.only, ledger.key_reused, refund.self, refund.not_positive, refund.too_much, and what stamps and tiers refuse.
CREATE FUNCTION ledger_refund(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_sale bigint, p_amount bigint, p_window interval, p_terms jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE w wallet; s sale; r refund; c carry; wait pending; request bytea; actor_role text; owner_id int; owner_name text; money numeric; total_before numeric;
  refunded bigint; back_before bigint; taken_before bigint; returned_before bigint; gone bigint; due bigint; entry_id bigint; spent bigint; done jsonb;
BEGIN
  request := CASE WHEN p_amount IS NULL THEN request_hash('undo', p_sale::text, p_actor::text)
    ELSE request_hash('refund', p_sale::text, p_amount::text, p_actor::text) END;
  SELECT * INTO s FROM sale WHERE id = p_sale;
  IF NOT FOUND THEN PERFORM refuse('sale.unknown'); END IF;
  w := wallet_lock(s.member_id, p_now);
  SELECT m.person_id, coalesce(p.name, m.external_ref, m.code) INTO owner_id, owner_name FROM member m LEFT JOIN person p ON p.id = m.person_id
    WHERE m.id = s.member_id;
  SELECT * INTO r FROM refund WHERE key = p_key;
  IF FOUND THEN
    IF r.request_hash <> request THEN PERFORM refuse('ledger.key_reused'); END IF;
    SELECT sum(x.amount_minor) INTO refunded FROM refund x WHERE x.sale_id = s.id AND x.id <= r.id;
  ELSE
    SELECT * INTO s FROM sale WHERE id = p_sale;
    -- What waited for an owner keeps its answer, whatever became of the sale by it.
    IF p_terms ? 'limits' AND p_actor IS NOT NULL THEN PERFORM approval_repeats(p_key); END IF;
    IF s.undone_at IS NOT NULL THEN
      PERFORM refuse('ledger.already_undone', jsonb_build_object('receipt', s.receipt, 'at', s.undone_at));
    END IF;
    IF p_actor IS NOT NULL THEN
      SELECT role INTO actor_role FROM staff WHERE person_id = p_actor;
      IF actor_role IS NULL THEN PERFORM refuse('staff.only'); END IF;
      IF owner_id = p_actor THEN PERFORM refuse('refund.self'); END IF;
      IF p_window IS NOT NULL AND actor_role <> 'owner' AND (s.actor_id IS DISTINCT FROM p_actor OR p_now - s.created_at > p_window) THEN
        PERFORM refuse(CASE WHEN s.actor_id IS DISTINCT FROM p_actor THEN 'ledger.undo_not_yours' ELSE 'ledger.undo_too_late' END,
          jsonb_build_object('minutes', extract(epoch FROM p_window)::int / 60));
      END IF;
    END IF;
    IF p_amount <= 0 THEN PERFORM refuse('refund.not_positive'); END IF;
    r.amount_minor := coalesce(p_amount, s.amount_minor - s.refunded_minor);
    refunded := s.refunded_minor + r.amount_minor;
    IF refunded > s.amount_minor THEN
      PERFORM refuse('refund.too_much', jsonb_build_object('receipt', s.receipt, 'paid', s.amount_minor, 'refunded', s.refunded_minor,
        'left', s.amount_minor - s.refunded_minor));
    END IF;
    IF (p_terms ->> 'refundedMinor')::bigint <> s.refunded_minor THEN RETURN '{"stale": true}'; END IF;
    IF p_terms ? 'limits' THEN PERFORM refund_limits_hold(p_actor, r.amount_minor, p_terms -> 'limits', p_now); END IF;

    SELECT coalesce(sum(x.points_back), 0), coalesce(sum(x.points_taken + x.points_owed + x.points_pending + x.points_written_off), 0),
        coalesce(sum(x.points_returned), 0), coalesce(sum(x.value_back), 0)
      INTO back_before, taken_before, returned_before, total_before FROM refund x WHERE x.sale_id = s.id;
    c.denominator := (s.snapshot ->> 'per')::bigint;
    r.value_back := (p_terms ->> 'valueBefore')::numeric - (p_terms ->> 'valueAfter')::numeric;
    -- div() is exact where the quotient of two numerics may be rounded.
    IF (s.snapshot ->> 'carry')::boolean THEN
      SELECT * INTO c FROM carry WHERE member_id = s.member_id AND rule = s.snapshot ->> 'rule' FOR UPDATE;
      money := div((total_before + r.value_back) * c.denominator, (s.snapshot ->> 'per')::numeric) - div(total_before * c.denominator, (s.snapshot ->> 'per')::numeric);
      r.points_back := greatest(0, least(div(money - c.numerator + c.denominator - 1, c.denominator), s.points - back_before));
      UPDATE carry SET numerator = c.numerator - money + r.points_back * c.denominator WHERE member_id = s.member_id AND rule = c.rule;
    ELSE
      r.points_back := greatest(0, s.points - back_before - div((p_terms ->> 'valueAfter')::numeric, (s.snapshot ->> 'per')::numeric));
    END IF;
    SELECT coalesce(sum(a.amount), 0) INTO gone FROM lot l JOIN allocation a ON a.lot_id = l.id
      WHERE l.sale_id = s.id AND (SELECT kind FROM entry x WHERE x.id = a.entry_id) = 'expire';
    due := greatest(0, greatest(0, back_before + r.points_back - gone) - taken_before);
    SELECT * INTO wait FROM pending WHERE sale_id = s.id AND released_at IS NULL FOR UPDATE;
    r.points_pending := least(due, coalesce(wait."left", 0));
    IF r.points_pending > 0 THEN UPDATE pending SET "left" = "left" - r.points_pending WHERE id = wait.id; END IF;
    r.points_taken := least(due - r.points_pending, w.balance);
    r.points_owed := due - r.points_pending - r.points_taken;
    IF p_terms ->> 'debtLimit' IS NOT NULL THEN r.points_owed := least(r.points_owed, greatest(0, (p_terms ->> 'debtLimit')::bigint - w.debt)); END IF;
    r.points_written_off := due - r.points_pending - r.points_taken - r.points_owed;
    IF r.points_taken > 0 OR r.points_owed > 0 THEN
      entry_id := ledger_append(s.member_id, 'undo', -r.points_taken, r.points_owed, p_key, request, p_actor, s.id, p_now,
        CASE WHEN r.amount_minor = s.amount_minor THEN '{}' ELSE jsonb_build_object('amountMinor', r.amount_minor) END);
      IF r.points_taken > 0 THEN PERFORM lots_take(s.member_id, entry_id, r.points_taken, s.id); END IF;
    END IF;
    r.points_returned := 0;
    IF s.paid_points > 0 THEN
      r.points_returned := div(s.paid_points::numeric * refunded, s.amount_minor) - returned_before;
      IF r.points_returned > 0 THEN
        SELECT id INTO spent FROM entry WHERE sale_id = s.id AND kind = 'spend';
        PERFORM points_return(s.member_id, spent, r.points_returned, returned_before, p_key || ':return', request, p_actor, NULL, p_now,
          jsonb_build_object('receipt', s.receipt));
      END IF;
    END IF;
    SELECT balance INTO r.balance_after FROM wallet WHERE member_id = s.member_id;
    UPDATE sale SET refunded_minor = refunded, undone_at = CASE WHEN refunded = s.amount_minor THEN p_now END WHERE id = s.id;
    INSERT INTO refund (sale_id, amount_minor, points_back, points_taken, points_owed, points_pending, points_written_off, points_returned, value_back,
        reason, balance_after, at, actor_id, key, request_hash)
      VALUES (s.id, r.amount_minor, r.points_back, r.points_taken, r.points_owed, r.points_pending, r.points_written_off, r.points_returned, r.value_back,
        p_terms ->> 'reason', r.balance_after, p_now, p_actor, p_key, request)
      ON CONFLICT (key) DO NOTHING RETURNING id INTO r.id;
    IF NOT FOUND THEN PERFORM refuse('ledger.key_reused'); END IF;
    IF p_terms ? 'stamps' THEN done := coalesce(done, '{}') || jsonb_build_object('stamps', stamps_follow(p_key, p_actor, s.id, s.member_id, p_terms -> 'stamps', p_now)); END IF;
    IF p_terms ? 'tiers' THEN done := coalesce(done, '{}') || jsonb_build_object('tier', tier_follow(s.member_id, p_terms -> 'tiers', s.id, p_now)); END IF;
    -- A sale taken back at once is a purchase that never was; a part of one is told with both sums.
    IF r.amount_minor = s.amount_minor THEN
      PERFORM delivery_plan(owner_id, 'undone', jsonb_strip_nulls(jsonb_build_object('sale', s.id, 'points', r.points_taken, 'owed', r.points_owed,
        'balance', r.balance_after, 'amountMinor', s.amount_minor, 'currency', s.currency, 'receipt', s.receipt, 'pending', nullif(r.points_pending, 0),
        'returned', nullif(r.points_returned, 0), 'outcome', done)), 'undone:' || s.id, p_now);
    ELSE
      PERFORM delivery_plan(owner_id, 'refunded', jsonb_strip_nulls(jsonb_build_object('sale', s.id, 'points', r.points_taken, 'owed', r.points_owed,
        'balance', r.balance_after, 'amountMinor', r.amount_minor, 'paidMinor', s.amount_minor, 'currency', s.currency, 'receipt', s.receipt,
        'pending', nullif(r.points_pending, 0), 'returned', nullif(r.points_returned, 0), 'outcome', done)), 'refunded:' || r.id, p_now);
    END IF;
    PERFORM home_plan(owner_id, s.id || ':refund:' || r.id, p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('saleId', s.id, 'memberId', s.member_id, 'name', owner_name, 'receipt', s.receipt, 'points', r.points_taken, 'owed', r.points_owed,
    'pending', r.points_pending, 'writtenOff', r.points_written_off, 'returned', r.points_returned, 'balance', r.balance_after,
    'amountMinor', r.amount_minor, 'paidMinor', s.amount_minor, 'leftMinor', s.amount_minor - refunded, 'currency', s.currency,
    -- Of what goes back, what money had paid.
    'moneyMinor', r.amount_minor - (div(s.paid_points_minor::numeric * refunded, greatest(s.amount_minor, 1))
      - div(s.paid_points_minor::numeric * (refunded - r.amount_minor), greatest(s.amount_minor, 1))));
END $$;

-- Spends points, and renews what lives by activity. See the first version for its refusals.
CREATE OR REPLACE FUNCTION ledger_spend(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_member int, p_points bigint, p_reason jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
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
    PERFORM lots_renew(p_member, p_now);
    SELECT * INTO e FROM entry WHERE id = entry_id;
    PERFORM home_plan((SELECT person_id FROM member WHERE member.id = p_member), 'e' || e.id, p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('entryId', e.id, 'points', p_points, 'balance', e.balance_after);
END $$;

DROP FUNCTION member_join;

-- Joins the person behind an address: card, wallet and welcome bonus in one. Joining again gives the same card and no second bonus.
-- A code that is already somebody's raises unique_violation on member_code_key: the caller comes back with another. `p_expiry`: expiresAt,
-- renewMonths, renewZone.
CREATE FUNCTION member_join(p_key text, p_origin jsonb, p_now timestamptz, p_channel text, p_user text, p_chat text, p_name text, p_language text,
  p_code text, p_version int, p_welcome bigint, p_expiry jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE who int; m member; already boolean; balance_now bigint;
BEGIN
  who := person_at(p_channel, p_user, p_chat, p_name, p_language, p_now);
  PERFORM 1 FROM person WHERE id = who FOR UPDATE;
  SELECT * INTO m FROM member WHERE person_id = who;
  already := FOUND;
  IF NOT already THEN
    INSERT INTO member (person_id, code, joined_at) VALUES (who, p_code, p_now) RETURNING * INTO m;
    INSERT INTO wallet (member_id, head) VALUES (m.id, '');
    IF p_welcome > 0 THEN
      PERFORM points_give(m.id, 'welcome', p_welcome, 'welcome:' || who, request_hash('welcome', who::text), NULL, NULL, p_now, p_expiry,
        jsonb_build_object('version', p_version));
    END IF;
    PERFORM delivery_plan(who, 'welcome', '{}', 'welcome:' || who, p_now);
    PERFORM home_plan(who, 'joined', p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  SELECT balance INTO balance_now FROM wallet WHERE member_id = m.id;
  RETURN jsonb_build_object('personId', who, 'memberId', m.id, 'code', m.code, 'already', already, 'balance', balance_now);
END $$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  GRANT SELECT ON pending, standing TO regulars_app;
  GRANT UPDATE (withdrawn_at) ON program_version TO regulars_app;
  REVOKE EXECUTE ON FUNCTION points_give, points_return, debt_pay, lots_renew FROM PUBLIC;
END $$;
