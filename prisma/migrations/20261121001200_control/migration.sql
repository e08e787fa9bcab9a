-- Limits of those who work here, a second person above them, shops, and the log of who did what.

-- AlterTable
ALTER TABLE "staff" ADD COLUMN     "limits" JSONB,
ADD COLUMN     "shop" TEXT,
ADD COLUMN     "shop_until" TIMESTAMPTZ(6),
ADD COLUMN     "shops" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "invitation" ADD COLUMN     "shop" TEXT;

-- CreateTable
CREATE TABLE "staff_day" (
    "staff_id" INTEGER NOT NULL,
    "day" TEXT NOT NULL,
    "points" BIGINT NOT NULL DEFAULT 0,
    "points_cap" BIGINT,
    "refund_minor" BIGINT NOT NULL DEFAULT 0,
    "refund_cap_minor" BIGINT,

    CONSTRAINT "staff_day_pkey" PRIMARY KEY ("staff_id","day")
);

-- CreateTable
CREATE TABLE "limit_note" (
    "id" BIGSERIAL NOT NULL,
    "staff_id" INTEGER NOT NULL,
    "member_id" INTEGER,
    "limit_name" TEXT NOT NULL,
    "allowed" BIGINT NOT NULL,
    "reached" BIGINT NOT NULL,
    "day" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "key" TEXT NOT NULL,

    CONSTRAINT "limit_note_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval" (
    "id" SERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "asker_id" INTEGER NOT NULL,
    "member_id" INTEGER NOT NULL,
    "what" JSONB NOT NULL,
    "limit_name" TEXT NOT NULL,
    "allowed" BIGINT NOT NULL,
    "used" BIGINT NOT NULL,
    "wanted" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "decision" TEXT,
    "decided_at" TIMESTAMPTZ(6),
    "decided_by" INTEGER,
    "decided_key" TEXT,

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team_change" (
    "id" SERIAL NOT NULL,
    "person_id" INTEGER NOT NULL,
    "actor_id" INTEGER,
    "kind" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "team_change_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "limit_note_staff_id_at_idx" ON "limit_note"("staff_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "limit_note_key_limit_name_key" ON "limit_note"("key", "limit_name");

-- CreateIndex
CREATE UNIQUE INDEX "approval_key_key" ON "approval"("key");

-- CreateIndex
CREATE INDEX "approval_asker_id_created_at_idx" ON "approval"("asker_id", "created_at");

-- CreateIndex
CREATE INDEX "team_change_actor_id_at_idx" ON "team_change"("actor_id", "at");

-- CreateIndex
CREATE INDEX "refund_actor_id_at_idx" ON "refund"("actor_id", "at");

CREATE INDEX approval_open ON approval (expires_at) WHERE decided_at IS NULL;
-- What the log of deeds is read by: of each long table the few rows that are somebody's deed.
CREATE INDEX sale_created ON sale (created_at) WHERE actor_id IS NOT NULL;
CREATE INDEX refund_made ON refund (at) WHERE actor_id IS NOT NULL;
CREATE INDEX entry_granted ON entry (at) WHERE kind = 'grant' AND actor_id IS NOT NULL;
CREATE INDEX coupon_event_used ON coupon_event (at) WHERE kind = 'used' AND actor_id IS NOT NULL;
CREATE INDEX stamp_by_hand ON stamp (at) WHERE kind IN ('hand', 'undo') AND actor_id IS NOT NULL;

ALTER TABLE staff
  ADD CONSTRAINT staff_shops_given CHECK (shops IS NOT NULL),
  ADD CONSTRAINT staff_shop_for_a_while CHECK ((shop IS NULL) = (shop_until IS NULL)),
  ADD CONSTRAINT staff_limits_named CHECK (jsonb_typeof(limits) = 'object'
    AND limits - 'entryMinor' - 'memberDay' - 'staffDay' - 'refundDayMinor' = '{}');
ALTER TABLE staff_day
  ADD CONSTRAINT staff_day_points_capped CHECK (points >= 0 AND points <= points_cap),
  ADD CONSTRAINT staff_day_refunds_capped CHECK (refund_minor >= 0 AND refund_minor <= refund_cap_minor);
ALTER TABLE limit_note
  ADD CONSTRAINT limit_note_limit_known CHECK (limit_name IN ('entryMinor', 'memberDay', 'staffDay', 'refundDayMinor')),
  ADD CONSTRAINT limit_note_above CHECK (reached > allowed);
ALTER TABLE approval
  ADD CONSTRAINT approval_kind_known CHECK (kind IN ('credit', 'refund')),
  ADD CONSTRAINT approval_limit_known CHECK (limit_name IN ('entryMinor', 'memberDay', 'staffDay', 'refundDayMinor')),
  ADD CONSTRAINT approval_decision_known CHECK (decision IN ('approved', 'declined', 'expired')),
  ADD CONSTRAINT approval_decided_whole CHECK ((decision IS NULL) = (decided_at IS NULL)
    AND (decided_by IS NOT NULL) = coalesce(decision IN ('approved', 'declined'), false) AND (decided_by IS NULL) = (decided_key IS NULL)),
  ADD CONSTRAINT approval_by_another CHECK (decided_by <> asker_id),
  ADD CONSTRAINT approval_in_time CHECK (expires_at > created_at AND (decision = 'expired') = (decided_at >= expires_at));
ALTER TABLE team_change
  ADD CONSTRAINT team_change_kind_known CHECK (kind IN ('joined', 'role', 'removed', 'shops', 'limits'));
ALTER TABLE refund ADD CONSTRAINT refund_reason_short CHECK (length(reason) <= 250);

CREATE TRIGGER limit_note_append_only BEFORE UPDATE OR DELETE ON limit_note FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER limit_note_no_truncate BEFORE TRUNCATE ON limit_note FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER team_change_append_only BEFORE UPDATE OR DELETE ON team_change FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER team_change_no_truncate BEFORE TRUNCATE ON team_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- What was asked for stays as it was asked, and it is decided once.
CREATE TRIGGER approval_no_delete BEFORE DELETE ON approval FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approval_no_truncate BEFORE TRUNCATE ON approval FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approval_keeps_its_request
  BEFORE UPDATE OF key, kind, asker_id, member_id, what, limit_name, allowed, used, wanted, created_at, expires_at ON approval
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approval_decided_once BEFORE UPDATE ON approval FOR EACH ROW WHEN (OLD.decided_at IS NOT NULL) EXECUTE FUNCTION refuse_change();

-- Tells every owner except one.
CREATE FUNCTION owners_told(p_but int, p_notice text, p_params jsonb, p_dedupe text, p_now timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE o record; n int := 0;
BEGIN
  FOR o IN SELECT person_id FROM staff WHERE role = 'owner' AND person_id <> p_but ORDER BY person_id LOOP
    PERFORM delivery_plan(o.person_id, p_notice, p_params, p_dedupe || ':' || o.person_id, p_now);
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;

-- Holds what somebody is about to do to their limits: `p_checks`, an array of limit (its name), terms (soft, approval, hard), used (so far) and
-- wanted. First what is refused, then what another person must agree to (`p_agreed`: they have), then what the owners are told. A soft limit
-- is noted when it is crossed, and told once per person, day and limit.
CREATE FUNCTION limits_check(p_key text, p_actor int, p_member int, p_checks jsonb, p_agreed boolean, p_day text, p_now timestamptz)
  RETURNS void LANGUAGE plpgsql AS $$
DECLARE c record; params jsonb;
BEGIN
  FOR c IN SELECT * FROM jsonb_to_recordset(p_checks) AS x("limit" text, terms jsonb, used bigint, wanted bigint)
    WHERE x.used + x.wanted > (x.terms ->> 'hard')::bigint
  LOOP
    params := jsonb_build_object('allowed', (c.terms ->> 'hard')::bigint, 'used', c.used, 'wanted', c.wanted);
    IF c."limit" = 'entryMinor' THEN PERFORM refuse('limit.entry', params); END IF;
    IF c."limit" = 'memberDay' THEN PERFORM refuse('limit.member_day', params); END IF;
    IF c."limit" = 'staffDay' THEN PERFORM refuse('limit.staff_day', params); END IF;
    PERFORM refuse('limit.refund_day', params);
  END LOOP;
  IF p_agreed THEN RETURN; END IF;
  FOR c IN SELECT * FROM jsonb_to_recordset(p_checks) AS x("limit" text, terms jsonb, used bigint, wanted bigint)
    WHERE x.used + x.wanted > (x.terms ->> 'approval')::bigint
  LOOP
    PERFORM refuse('limit.needs_approval', jsonb_build_object('limit', c."limit", 'allowed', (c.terms ->> 'approval')::bigint, 'used', c.used,
      'wanted', c.wanted));
  END LOOP;
  FOR c IN SELECT * FROM jsonb_to_recordset(p_checks) AS x("limit" text, terms jsonb, used bigint, wanted bigint)
    WHERE x.used + x.wanted > (x.terms ->> 'soft')::bigint AND x.used <= (x.terms ->> 'soft')::bigint
  LOOP
    INSERT INTO limit_note (staff_id, member_id, limit_name, allowed, reached, day, at, key)
      VALUES (p_actor, p_member, c."limit", (c.terms ->> 'soft')::bigint, c.used + c.wanted, p_day, p_now, p_key);
    PERFORM owners_told(p_actor, 'limit-passed', jsonb_build_object('person', p_actor, 'limit', c."limit", 'allowed', (c.terms ->> 'soft')::bigint,
      'reached', c.used + c.wanted), 'limit:' || p_actor || ':' || p_day || ':' || c."limit", p_now);
  END LOOP;
END $$;

-- The limits of somebody, by name: their own where they have one, else those of their role now. `p_terms`: staff, owner.
CREATE FUNCTION limits_of(p_actor int, p_terms jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(p_terms -> s.role, '{}') || coalesce(s.limits, '{}') FROM staff s WHERE s.person_id = p_actor;
$$;

-- What was asked for under this key waits for an owner, or did: the event came again, and is not judged anew.
CREATE FUNCTION approval_repeats(p_key text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE a approval;
BEGIN
  SELECT * INTO a FROM approval WHERE key = p_key;
  IF FOUND THEN
    PERFORM refuse('limit.needs_approval', jsonb_build_object('limit', a.limit_name, 'allowed', a.allowed, 'used', a.used, 'wanted', a.wanted));
  END IF;
END $$;

-- Whether this key is that of a request of theirs to which an owner is agreeing in this transaction (approval_decide holds its row).
CREATE FUNCTION approval_given(p_key text, p_actor int) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM approval WHERE p_key = 'approval:' || id AND asker_id = p_actor AND decided_at IS NULL);
$$;

-- Holds a credit to the limits of who makes it. `p_terms`: staff, owner, day, dayFrom, dayUntil. The caller holds the member's wallet, so that
-- the points of one member are counted rightly; those of one member of staff over many members are a write skew, so their day is
-- a row of its own, locked after the wallet and before counting. Counted is what was given today less what went back of it.
-- Refuses: limit.entry, limit.member_day, limit.staff_day, limit.needs_approval.
CREATE FUNCTION limits_hold(p_key text, p_actor int, p_member int, p_amount_minor bigint, p_points bigint, p_terms jsonb, p_now timestamptz)
  RETURNS void LANGUAGE plpgsql AS $$
DECLARE mine jsonb; checks jsonb := '[]'; so_far bigint; day_from timestamptz := p_terms ->> 'dayFrom'; day_until timestamptz := p_terms ->> 'dayUntil';
BEGIN
  IF p_actor IS NULL THEN RETURN; END IF;
  PERFORM approval_repeats(p_key);
  mine := limits_of(p_actor, p_terms);
  IF mine ? 'entryMinor' THEN
    checks := checks || jsonb_build_object('limit', 'entryMinor', 'terms', mine -> 'entryMinor', 'used', 0, 'wanted', p_amount_minor);
  END IF;
  IF mine ? 'memberDay' AND p_points > 0 THEN
    SELECT coalesce(sum(x.points - coalesce((SELECT sum(points_back) FROM refund WHERE sale_id = x.id), 0)), 0) INTO so_far FROM sale x
      WHERE x.member_id = p_member AND x.actor_id IS NOT NULL AND x.created_at >= day_from AND x.created_at < day_until;
    checks := checks || jsonb_build_object('limit', 'memberDay', 'terms', mine -> 'memberDay', 'used', so_far, 'wanted', p_points);
  END IF;
  IF mine ? 'staffDay' AND p_points > 0 THEN
    INSERT INTO staff_day AS d (staff_id, day) VALUES (p_actor, p_terms ->> 'day') ON CONFLICT (staff_id, day) DO UPDATE SET points = d.points;
    SELECT coalesce(sum(x.points - coalesce((SELECT sum(points_back) FROM refund WHERE sale_id = x.id), 0)), 0) INTO so_far FROM sale x
      WHERE x.actor_id = p_actor AND x.created_at >= day_from AND x.created_at < day_until;
    checks := checks || jsonb_build_object('limit', 'staffDay', 'terms', mine -> 'staffDay', 'used', so_far, 'wanted', p_points);
  END IF;
  PERFORM limits_check(p_key, p_actor, p_member, checks, approval_given(p_key, p_actor), p_terms ->> 'day', p_now);
  IF mine ? 'staffDay' AND p_points > 0 THEN
    UPDATE staff_day SET points = so_far + p_points, points_cap = (mine -> 'staffDay' ->> 'hard')::bigint
      WHERE staff_id = p_actor AND day = p_terms ->> 'day';
  END IF;
END $$;

-- Holds a refund to the limit of who makes it. `p_terms`: staff, owner, day, dayFrom, dayUntil, key, sale, correctionMinutes: so long after it,
-- one's own sale is corrected and not refunded. Refuses: limit.refund_day, limit.needs_approval.
CREATE FUNCTION refund_limits_hold(p_actor int, p_amount_minor bigint, p_terms jsonb, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE mine jsonb; so_far bigint; member int; fresh interval := make_interval(mins => (p_terms ->> 'correctionMinutes')::int); corrects boolean;
BEGIN
  IF p_actor IS NULL THEN RETURN; END IF;
  PERFORM approval_repeats(p_terms ->> 'key');
  mine := limits_of(p_actor, p_terms) -> 'refundDayMinor';
  IF mine IS NULL THEN RETURN; END IF;
  SELECT s.member_id, s.actor_id IS NOT DISTINCT FROM p_actor AND p_now - s.created_at <= fresh INTO member, corrects
    FROM sale s WHERE s.id = (p_terms ->> 'sale')::bigint;
  IF corrects THEN RETURN; END IF;
  INSERT INTO staff_day AS d (staff_id, day) VALUES (p_actor, p_terms ->> 'day') ON CONFLICT (staff_id, day) DO UPDATE SET refund_minor = d.refund_minor;
  SELECT coalesce(sum(r.amount_minor), 0) INTO so_far FROM refund r JOIN sale s ON s.id = r.sale_id
    WHERE r.actor_id = p_actor AND r.at >= (p_terms ->> 'dayFrom')::timestamptz AND r.at < (p_terms ->> 'dayUntil')::timestamptz
      AND NOT (s.actor_id IS NOT DISTINCT FROM r.actor_id AND r.at - s.created_at <= fresh);
  PERFORM limits_check(p_terms ->> 'key', p_actor, member,
    jsonb_build_array(jsonb_build_object('limit', 'refundDayMinor', 'terms', mine, 'used', so_far, 'wanted', p_amount_minor)),
    approval_given(p_terms ->> 'key', p_actor), p_terms ->> 'day', p_now);
  UPDATE staff_day SET refund_minor = so_far + p_amount_minor, refund_cap_minor = (mine ->> 'hard')::bigint
    WHERE staff_id = p_actor AND day = p_terms ->> 'day';
END $$;

-- Asks the owners whether somebody may go above a limit. A refund without an amount is of all that is left now. The same key asks once. Refuses: staff.only, limit.nobody_to_ask (there is no owner
-- besides who asks).
CREATE FUNCTION approval_ask(p_key text, p_origin jsonb, p_now timestamptz, p_asker int, p_kind text, p_member int, p_what jsonb, p_why jsonb,
  p_life interval) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE a approval; told int;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_asker) THEN PERFORM refuse('staff.only'); END IF;
  IF p_kind = 'refund' AND NOT p_what ? 'amountMinor' THEN
    p_what := p_what || (SELECT jsonb_build_object('amountMinor', amount_minor - refunded_minor) FROM sale WHERE id = (p_what ->> 'saleId')::bigint);
  END IF;
  INSERT INTO approval (key, kind, asker_id, member_id, what, limit_name, allowed, used, wanted, created_at, expires_at)
    VALUES (p_key, p_kind, p_asker, p_member, p_what, p_why ->> 'limit', (p_why ->> 'allowed')::bigint, (p_why ->> 'used')::bigint,
      (p_why ->> 'wanted')::bigint, p_now, p_now + p_life)
    ON CONFLICT (key) DO NOTHING RETURNING * INTO a;
  IF FOUND THEN
    told := owners_told(p_asker, 'approval-asked', jsonb_build_object('approval', a.id, 'person', p_asker, 'kind', p_kind, 'amountMinor', p_what -> 'amountMinor',
      'member', (SELECT code FROM member WHERE id = p_member), 'limit', a.limit_name, 'allowed', a.allowed, 'used', a.used, 'wanted', a.wanted,
      'expiresAt', a.expires_at), 'approval-asked:' || a.id, p_now);
    IF told = 0 THEN
      PERFORM refuse('limit.nobody_to_ask', jsonb_build_object('allowed', a.allowed, 'limit', a.limit_name));
    END IF;
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN (SELECT jsonb_build_object('id', id, 'decision', decision, 'expiresAt', expires_at) FROM approval WHERE key = p_key);
END $$;

-- An owner agrees or declines. Agreed, the thing is done as it was asked for, by who asked, under the key `approval:<id>`, in the same transaction:
-- what the ledger refuses leaves the question open. `p_terms`: what ledger_credit or ledger_refund takes. {stale: true}: read again.
-- Refuses: approval.unknown, approval.decided, approval.expired, approval.own, approval.own_card, approval.asker_left, owner.only, and what the
-- ledger does.
CREATE FUNCTION approval_decide(p_key text, p_origin jsonb, p_now timestamptz, p_decider int, p_id int, p_yes boolean, p_terms jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE a approval; done jsonb; act text := 'approval:' || p_id;
BEGIN
  SELECT * INTO a FROM approval WHERE id = p_id FOR UPDATE;
  IF NOT FOUND THEN PERFORM refuse('approval.unknown'); END IF;
  IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_decider AND role = 'owner') THEN PERFORM refuse('owner.only'); END IF;
  IF a.decided_key = p_key THEN
    IF a.decision = 'approved' THEN
      SELECT coalesce((SELECT jsonb_build_object('points', points) FROM sale WHERE key = act),
        (SELECT jsonb_build_object('points', points_taken) FROM refund WHERE key = act)) INTO done;
    END IF;
  ELSE
    IF a.decision = 'expired' OR (a.decision IS NULL AND a.expires_at <= p_now) THEN PERFORM refuse('approval.expired'); END IF;
    IF a.decision IS NOT NULL THEN
      PERFORM refuse('approval.decided', jsonb_build_object('name', (SELECT name FROM person WHERE id = a.decided_by), 'at', a.decided_at));
    END IF;
    IF a.asker_id = p_decider THEN PERFORM refuse('approval.own'); END IF;
    IF p_yes THEN
      IF p_decider = (SELECT m.person_id FROM wallet w JOIN member m ON m.id = coalesce(w.merged_into, w.member_id) WHERE w.member_id = a.member_id) THEN
        PERFORM refuse('approval.own_card');
      END IF;
      IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = a.asker_id) THEN PERFORM refuse('approval.asker_left'); END IF;
      IF a.kind = 'credit' THEN
        -- Their card may have become one with another while the question was open.
        done := ledger_credit(act, NULL, p_now, a.asker_id, (SELECT coalesce(merged_into, member_id) FROM wallet WHERE member_id = a.member_id), p_terms);
      ELSE
        done := ledger_refund(act, NULL, p_now, a.asker_id, (a.what ->> 'saleId')::bigint, (a.what ->> 'amountMinor')::bigint, NULL, p_terms);
      END IF;
      IF done ? 'stale' THEN RETURN done; END IF;
    END IF;
    UPDATE approval SET decision = CASE WHEN p_yes THEN 'approved' ELSE 'declined' END, decided_at = p_now, decided_by = p_decider, decided_key = p_key
      WHERE id = p_id RETURNING * INTO a;
    PERFORM delivery_plan(a.asker_id, 'approval-decided', jsonb_build_object('approval', a.id, 'person', p_decider, 'decision', a.decision, 'kind', a.kind,
      'amountMinor', a.what -> 'amountMinor', 'points', coalesce((done ->> 'points')::bigint, 0), 'member', (SELECT code FROM member WHERE id = a.member_id)),
      'approval-decided:' || a.id, p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('id', a.id, 'kind', a.kind, 'decision', a.decision, 'points', coalesce((done ->> 'points')::bigint, 0),
    'amountMinor', a.what -> 'amountMinor',
    'asker', (SELECT name FROM person WHERE id = a.asker_id),
    'name', (SELECT coalesce(p.name, m.external_ref, m.code) FROM member m LEFT JOIN person p ON p.id = m.person_id WHERE m.id = a.member_id));
END $$;

-- Ends requests that nobody decided in time; who asked is told. Returns how many.
CREATE FUNCTION approval_expire(p_now timestamptz) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a approval; n int := 0;
BEGIN
  FOR a IN SELECT * FROM approval WHERE decided_at IS NULL AND expires_at <= p_now ORDER BY expires_at LIMIT 200 FOR UPDATE SKIP LOCKED LOOP
    UPDATE approval SET decision = 'expired', decided_at = p_now WHERE id = a.id;
    PERFORM delivery_plan(a.asker_id, 'approval-decided', jsonb_build_object('approval', a.id, 'decision', 'expired', 'kind', a.kind,
      'amountMinor', a.what -> 'amountMinor', 'points', 0, 'member', (SELECT code FROM member WHERE id = a.member_id)), 'approval-decided:' || a.id, p_now);
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;

-- As before, with the number of the version in force (what it says is kept by every process that has read it once) and the shop where somebody who
-- works here is now: the one they chose for today, or the only one they belong to.
CREATE OR REPLACE FUNCTION arrival(p_channel text, p_user text, p_place text, p_key text, p_now timestamptz, p_chat text) RETURNS json
  LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
  RETURN (SELECT row_to_json(known) FROM (
    SELECT p.id AS person_id, p.name, p.language, s.role, s.shops, CASE WHEN s.shop_until > p_now THEN s.shop END AS shop,
      m.id AS member_id, m.code, w.balance, w.debt,
      (SELECT l.expires_at FROM lot l WHERE l.member_id = m.id AND l.remaining > 0 ORDER BY l.expires_at, l.earned_at, l.id LIMIT 1) AS next_expiry,
      coalesce(a.dead_at IS NOT NULL OR a.used_at < p_now - interval '1 hour' OR a.chat_id <> p_chat, false) AS stale,
      CASE WHEN c.stamp IS NOT NULL THEN json_build_object('command', c.command, 'answers', c.answers, 'stamp', c.stamp) END AS asked,
      CASE WHEN i.key IS NOT NULL THEN json_build_object('key', i.key, 'user', i.user_id, 'request', i.request) END AS done,
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

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  GRANT SELECT ON staff_day, limit_note, approval, team_change TO regulars_app;
  GRANT INSERT ON team_change TO regulars_app;
  GRANT USAGE ON SEQUENCE team_change_id_seq TO regulars_app;
END $$;
REVOKE EXECUTE ON FUNCTION owners_told, limits_check, limits_hold, refund_limits_hold, approval_repeats, approval_given, limits_of FROM PUBLIC;
