-- Tiers. Where a member stands is a function of what is known: sales (less what was refunded of them), the versions of the rules, and time. `tier_replay`
-- computes it from the beginning; `standing` keeps it, so that pricing reads one row. A purchase and the daily evaluation move it on from there;
-- whenever that could be wrong (a refund, an evaluation that is late), it is replayed. A tier that an owner gave lies over it and changes nothing below.

-- AlterTable
ALTER TABLE "standing" ADD COLUMN     "auto" TEXT,
ADD COLUMN     "grace_until" TIMESTAMPTZ(6),
ADD COLUMN     "manual" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "manual_until" TIMESTAMPTZ(6),
ADD COLUMN     "settled_at" TIMESTAMPTZ(6),
ADD COLUMN     "warned_for" TIMESTAMPTZ(6);

-- CreateTable
CREATE TABLE "tier_change" (
    "id" BIGSERIAL NOT NULL,
    "member_id" INTEGER NOT NULL,
    "from_tier" TEXT,
    "to_tier" TEXT,
    "cause" TEXT NOT NULL,
    "sale_id" BIGINT,
    "actor_id" INTEGER,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "noted_at" TIMESTAMPTZ(6) NOT NULL,
    "facts" JSONB NOT NULL,
    "key" TEXT,

    CONSTRAINT "tier_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tier_relevel" (
    "version_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "actor_id" INTEGER,

    CONSTRAINT "tier_relevel_pkey" PRIMARY KEY ("version_id")
);

-- CreateTable
CREATE TABLE "tier_run" (
    "moment" TIMESTAMPTZ(6) NOT NULL,
    "finished_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "tier_run_pkey" PRIMARY KEY ("moment")
);

-- CreateIndex
CREATE UNIQUE INDEX "tier_change_key_key" ON "tier_change"("key");

-- CreateIndex
CREATE INDEX "tier_change_member_id_id_idx" ON "tier_change"("member_id", "id");

-- AddForeignKey
ALTER TABLE "tier_change" ADD CONSTRAINT "tier_change_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tier_change" ADD CONSTRAINT "tier_change_sale_id_fkey" FOREIGN KEY ("sale_id") REFERENCES "sale"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tier_relevel" ADD CONSTRAINT "tier_relevel_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "program_version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE standing ADD CONSTRAINT standing_manual_whole CHECK (manual OR manual_until IS NULL),
  ADD CONSTRAINT standing_automatic CHECK (manual OR tier IS NOT DISTINCT FROM auto),
  ADD CONSTRAINT standing_grace_of_a_tier CHECK (grace_until IS NULL OR auto IS NOT NULL);
ALTER TABLE tier_change
  ADD CONSTRAINT tier_change_cause_known
    CHECK (cause IN ('purchase', 'release', 'refund', 'merge', 'evaluation', 'rules', 'manual', 'automatic', 'manual_end')),
  ADD CONSTRAINT tier_change_moves CHECK (from_tier IS DISTINCT FROM to_tier OR cause IN ('manual', 'automatic')),
  ADD CONSTRAINT tier_change_by_somebody CHECK (cause NOT IN ('manual', 'automatic') OR actor_id IS NOT NULL);
CREATE INDEX standing_ends ON standing (manual_until) WHERE manual_until IS NOT NULL;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['tier_change', 'tier_relevel', 'tier_run'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name || '_append_only', name);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_no_truncate', name);
  END LOOP;
END $$;

-- Terms: the tiers of the rules (by, windowMonths, graceDays, warnDays, levels) with `zone` and `hour`, the hour at which a business day begins there.

-- The business day of a moment, and the moment at which one begins.
CREATE FUNCTION tier_day(p_at timestamptz, p_terms jsonb) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT ((p_at AT TIME ZONE (p_terms ->> 'zone')) - make_interval(hours => (p_terms ->> 'hour')::int))::date;
$$;
CREATE FUNCTION tier_begins(p_day date, p_terms jsonb) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT (p_day + make_interval(hours => (p_terms ->> 'hour')::int)) AT TIME ZONE (p_terms ->> 'zone');
$$;

-- When something counted at a moment no longer counts: it does so on the day that many months later still (31 January + 1 month is 28 February).
CREATE FUNCTION tier_ends(p_at timestamptz, p_terms jsonb) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT tier_begins((tier_day(p_at, p_terms) + make_interval(months => (p_terms ->> 'windowMonths')::int))::date + 1, p_terms);
$$;

-- The same seen from a day: what was counted from then on counts on it. The first day whose months later are not before it.
CREATE FUNCTION tier_opens(p_day date, p_terms jsonb) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT tier_begins(CASE WHEN (c.day + c.months)::date >= p_day THEN c.day ELSE c.day + 1 END, p_terms)
  FROM (SELECT (p_day - m.months)::date AS day, m.months FROM (SELECT make_interval(months => (p_terms ->> 'windowMonths')::int) AS months) m) c;
$$;

-- What sales of members count for. Money counts with the purchase, points when the member has them: pending ones on their release. What was
-- refunded never was. `counted` is the date it has in the window, `seen` when the program came to know (an imported purchase is older).
CREATE FUNCTION tier_counted(p_from int, p_until int, p_by text) RETURNS TABLE (member_id int, sale_id bigint, counted timestamptz, seen timestamptz, worth bigint)
  LANGUAGE sql STABLE AS $$
  SELECT s.member_id, s.id, s.at, greatest(s.at, s.created_at), s.amount_minor - s.refunded_minor
    FROM sale s WHERE p_by = 'money' AND s.member_id BETWEEN p_from AND p_until
  UNION ALL
  SELECT s.member_id, s.id, coalesce(w.released_at, s.at), greatest(coalesce(w.released_at, s.at), s.created_at),
      s.points - CASE WHEN s.refunded_minor > 0 OR s.undone_at IS NOT NULL
        THEN coalesce((SELECT sum(r.points_back) FROM refund r WHERE r.sale_id = s.id), 0)::bigint ELSE 0 END
    FROM sale s LEFT JOIN pending w ON w.sale_id = s.id
    WHERE p_by = 'points' AND s.member_id BETWEEN p_from AND p_until AND (w.id IS NULL OR w.released_at IS NOT NULL);
$$;

-- What a member has in the window of a day, of what is known by `p_seen`.
CREATE FUNCTION tier_sum(p_member int, p_terms jsonb, p_day date, p_seen timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(worth), 0)::bigint FROM tier_counted(p_member, p_member, p_terms ->> 'by')
    WHERE counted >= tier_opens(p_day, p_terms) AND seen <= p_seen;
$$;

-- When, without any further purchase, a member will have less than `p_least` in the window. Null: they have less already, or nothing is asked.
CREATE FUNCTION tier_lapse(p_member int, p_terms jsonb, p_least bigint, p_now timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT tier_ends(x.counted, p_terms) FROM (
    SELECT counted, worth, sum(worth) OVER (ORDER BY counted DESC, sale_id DESC) AS upto FROM tier_counted(p_member, p_member, p_terms ->> 'by')
      WHERE counted >= tier_opens(tier_day(p_now, p_terms), p_terms) AND seen <= p_now AND worth > 0
  ) x WHERE x.upto >= p_least AND x.upto - x.worth < p_least;
$$;

-- Levels of some terms, lowest first; none: two empty arrays. A tier's rank is its place, 0 is none.
CREATE FUNCTION tier_levels(p_terms jsonb, OUT ids text[], OUT froms bigint[]) LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_agg(x.id ORDER BY x."from"), '{}'), coalesce(array_agg(x."from" ORDER BY x."from"), '{}')
  FROM jsonb_to_recordset(coalesce(p_terms -> 'levels', '[]')) AS x(id text, "from" bigint);
$$;
CREATE FUNCTION tier_level(p_terms jsonb, p_tier text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT x FROM jsonb_array_elements(coalesce(p_terms -> 'levels', '[]')) x WHERE x ->> 'id' = p_tier;
$$;

-- What an evaluation makes of a tier. Up to what was reached; down one step, when the grace that began with the first evaluation below is over. A tier that
-- the rules no longer have, and all tiers under `p_relevel`, become what was reached.
CREATE FUNCTION tier_step(p_terms jsonb, p_ids text[], p_froms bigint[], p_tier text, p_grace timestamptz, p_sum bigint, p_at timestamptz, p_relevel boolean,
  OUT tier text, OUT grace timestamptz) LANGUAGE plpgsql STABLE AS $$
DECLARE best int := width_bucket(p_sum, p_froms); rank int := coalesce(array_position(p_ids, p_tier), 0); days int := coalesce((p_terms ->> 'graceDays')::int, 0);
BEGIN
  tier := p_tier;
  IF p_relevel OR best > rank OR (p_tier IS NOT NULL AND rank = 0) THEN
    tier := p_ids[best];
  ELSIF best < rank THEN
    grace := coalesce(p_grace, CASE WHEN days = 0 THEN p_at ELSE tier_begins(tier_day(p_at, p_terms) + days, p_terms) END);
    IF grace <= p_at THEN
      tier := p_ids[rank - 1];
      grace := CASE WHEN best < rank - 1 THEN tier_begins(tier_day(p_at, p_terms) + greatest(days, 1), p_terms) END;
    END IF;
  END IF;
END $$;

-- Terms in force at a moment.
CREATE FUNCTION tier_terms(p_at timestamptz, p_zone text) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(rules -> 'tiers', '{}') || jsonb_build_object('zone', p_zone, 'hour', coalesce((rules ->> 'dayStartsAt')::int, 0))
  FROM program_version WHERE starts_at <= p_at AND withdrawn_at IS NULL ORDER BY starts_at DESC, id DESC LIMIT 1;
$$;

-- When an owner wanted changed tiers to be applied at once.
CREATE FUNCTION tier_relevels() RETURNS SETOF timestamptz LANGUAGE sql STABLE AS $$
  SELECT r.at FROM tier_relevel r JOIN program_version v ON v.id = r.version_id WHERE v.withdrawn_at IS NULL;
$$;

-- The tier that a member's purchases have earned, from the beginning: {tier, graceUntil}. `p_terms` are those in force at `p_now`.
CREATE FUNCTION tier_replay(p_member int, p_terms jsonb, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE epoch record; e record; t jsonb; ids text[]; froms bigint[]; tier text; grace timestamptz; total bigint; best int; rank int;
BEGIN
  FOR epoch IN
    SELECT x.starts_at, lead(x.starts_at) OVER (ORDER BY x.starts_at) AS until, x.terms FROM (
      SELECT v.starts_at, v.terms, lag(v.terms) OVER (ORDER BY v.starts_at) AS earlier FROM (
        SELECT DISTINCT ON (starts_at) starts_at, coalesce(rules -> 'tiers', '{}') || jsonb_build_object('hour', coalesce((rules ->> 'dayStartsAt')::int, 0)) AS terms
          FROM program_version WHERE starts_at <= p_now AND withdrawn_at IS NULL ORDER BY starts_at, id DESC
      ) v
    ) x WHERE x.terms IS DISTINCT FROM x.earlier ORDER BY x.starts_at
  LOOP
    t := CASE WHEN epoch.until IS NULL THEN p_terms ELSE epoch.terms || jsonb_build_object('zone', p_terms ->> 'zone') END;
    SELECT * INTO ids, froms FROM tier_levels(t);
    total := 0;
    FOR e IN
      WITH c AS (
        SELECT x.seen, x.worth, tier_ends(x.counted, t) AS ends FROM tier_counted(p_member, p_member, t ->> 'by') x WHERE x.worth > 0
      ), day AS (SELECT tier_day(epoch.starts_at, t) AS day)
      SELECT y.at, sum(y.gone)::bigint AS gone, sum(y.come)::bigint AS come, bool_or(y.day) AS day, bool_or(y.relevel) AS relevel FROM (
        SELECT seen AS at, 0 AS gone, worth AS come, false AS day, false AS relevel FROM c WHERE ends > seen
        UNION ALL SELECT ends, worth, 0, true, false FROM c WHERE ends > seen
        -- The first evaluation under these rules, those that an owner asked for, and now.
        UNION ALL SELECT CASE WHEN tier_begins(day, t) < epoch.starts_at THEN tier_begins(day + 1, t) ELSE epoch.starts_at END, 0, 0, true, false FROM day
        UNION ALL SELECT r, 0, 0, false, true FROM tier_relevels() r WHERE r >= epoch.starts_at
        UNION ALL SELECT p_now, 0, 0, false, false
      ) y WHERE y.at <= p_now AND (epoch.until IS NULL OR y.at < epoch.until) GROUP BY y.at ORDER BY y.at
    LOOP
      -- Before these rules began only the sum is followed.
      IF e.at < epoch.starts_at OR (e.at = epoch.starts_at AND NOT e.day AND NOT e.relevel AND e.come = 0) THEN
        total := total - e.gone + e.come;
        CONTINUE;
      END IF;
      WHILE grace < e.at LOOP
        SELECT s.tier, s.grace INTO tier, grace FROM tier_step(t, ids, froms, tier, grace, total, grace, false) s;
      END LOOP;
      total := total - e.gone;
      IF e.day OR grace = e.at THEN
        SELECT s.tier, s.grace INTO tier, grace FROM tier_step(t, ids, froms, tier, grace, total, e.at, false) s;
      END IF;
      IF e.relevel THEN
        SELECT s.tier, s.grace INTO tier, grace FROM tier_step(t, ids, froms, tier, grace, total, e.at, true) s;
      END IF;
      IF e.come > 0 THEN
        total := total + e.come;
        best := width_bucket(total, froms); rank := coalesce(array_position(ids, tier), 0);
        IF best > rank THEN tier := ids[best]; END IF;
        IF best >= rank THEN grace := NULL; END IF;
      END IF;
    END LOOP;
    WHILE grace < epoch.until LOOP
      SELECT s.tier, s.grace INTO tier, grace FROM tier_step(t, ids, froms, tier, grace, total, grace, false) s;
    END LOOP;
  END LOOP;
  RETURN jsonb_build_object('tier', tier, 'graceUntil', grace);
END $$;

-- Notes a change of tier and tells the member, at `p_tell`. `p_facts`: what it was decided by, for who asks why.
CREATE FUNCTION tier_move(p_member int, p_before text, p_after text, p_cause text, p_sale bigint, p_actor int, p_at timestamptz, p_now timestamptz,
  p_tell timestamptz, p_terms jsonb, p_facts jsonb, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE change_id bigint; who int; ids text[] := (tier_levels(p_terms)).ids; gains jsonb := tier_level(p_terms, p_after); lost jsonb := tier_level(p_terms, p_before);
BEGIN
  INSERT INTO tier_change (member_id, from_tier, to_tier, cause, sale_id, actor_id, at, noted_at, facts, key)
    VALUES (p_member, p_before, p_after, p_cause, p_sale, p_actor, p_at, p_now, jsonb_strip_nulls(jsonb_build_object('by', p_terms ->> 'by',
      'months', (p_terms ->> 'windowMonths')::int, 'fromName', coalesce(lost ->> 'name', p_before), 'toName', coalesce(gains ->> 'name', p_after),
      'needs', coalesce(CASE WHEN array_position(ids, p_after) > coalesce(array_position(ids, p_before), 0) THEN gains ->> 'from' END, lost ->> 'from')::bigint)
      || p_facts), p_key)
    RETURNING id INTO change_id;
  -- A level that everybody has is no news.
  IF p_before IS DISTINCT FROM p_after AND NOT coalesce((p_terms ->> 'quiet')::boolean, false)
    AND NOT (p_before IS NULL AND (gains ->> 'from')::bigint = 0 AND p_cause <> 'manual') THEN
    SELECT person_id INTO who FROM member WHERE id = p_member;
    PERFORM delivery_plan(who, 'tier-changed', jsonb_strip_nulls(jsonb_build_object('tier', gains ->> 'name', 'before', coalesce(lost ->> 'name', p_before),
      'up', coalesce(array_position(ids, p_after), 0) > coalesce(array_position(ids, p_before), 0), 'cause', p_cause, 'until', tier_last_day((p_facts ->> 'until')::timestamptz, p_terms),
      'bonusPercent', gains -> 'bonusPercent', 'discountPercent', gains -> 'discountPercent', 'earlyAccessDays', gains -> 'earlyAccessDays')),
      'tier:' || change_id, p_tell);
    PERFORM home_plan(who, 'tier:' || change_id, p_now);
  END IF;
  RETURN change_id;
END $$;

-- After something that counts has changed, in its transaction; the caller holds the wallet's lock. `p_terms`: the terms of now, with `cause` (purchase,
-- release, refund, merge) and `quiet` (imports: nobody is told). Returns {from, to, name} of a change, or null.
--
-- A purchase can only lift, and within a business day nothing leaves the window: where today's evaluation is done, what it left is moved on by
-- the sum of now. In every other case the history is replayed, so that a refunded part never counted and a late evaluation changes nothing.
CREATE FUNCTION tier_follow(p_member int, p_terms jsonb, p_sale bigint, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE st standing; state jsonb; ids text[]; froms bigint[]; required timestamptz; total bigint; best int; rank int; now_auto text; now_grace timestamptz; now_tier text;
  now_manual boolean; replayed boolean := false;
BEGIN
  SELECT * INTO st FROM standing WHERE member_id = p_member;
  SELECT * INTO ids, froms FROM tier_levels(p_terms);
  required := greatest(tier_begins(tier_day(p_now, p_terms), p_terms), (SELECT max(r) FROM tier_relevels() r WHERE r <= p_now));
  total := tier_sum(p_member, p_terms, tier_day(p_now, p_terms), p_now);
  IF p_terms ->> 'cause' IN ('purchase', 'release') AND (st.settled_at >= required OR EXISTS (SELECT 1 FROM tier_run WHERE moment >= required)) THEN
    best := width_bucket(total, froms); rank := coalesce(array_position(ids, st.auto), 0);
    now_auto := CASE WHEN best > rank THEN ids[best] ELSE st.auto END;
    now_grace := CASE WHEN best < rank THEN st.grace_until END;
  ELSE
    state := tier_replay(p_member, p_terms, p_now);
    now_auto := state ->> 'tier'; now_grace := (state ->> 'graceUntil')::timestamptz; replayed := true;
  END IF;
  now_manual := coalesce(st.manual AND (st.manual_until IS NULL OR st.manual_until > p_now), false);
  now_tier := CASE WHEN now_manual THEN st.tier ELSE now_auto END;
  IF replayed OR now_auto IS DISTINCT FROM st.auto OR now_grace IS DISTINCT FROM st.grace_until OR now_manual <> coalesce(st.manual, false) THEN
    INSERT INTO standing (member_id, tier, auto, grace_until, manual, manual_until, settled_at)
      VALUES (p_member, now_tier, now_auto, now_grace, now_manual, CASE WHEN now_manual THEN st.manual_until END, p_now)
      ON CONFLICT (member_id) DO UPDATE SET tier = excluded.tier, auto = excluded.auto, grace_until = excluded.grace_until, manual = excluded.manual,
        manual_until = excluded.manual_until, settled_at = excluded.settled_at;
  END IF;
  IF now_tier IS NOT DISTINCT FROM st.tier THEN RETURN NULL; END IF;
  PERFORM tier_move(p_member, st.tier, now_tier, CASE WHEN st.manual AND NOT now_manual THEN 'manual_end' ELSE p_terms ->> 'cause' END, p_sale, NULL, p_now, p_now,
    p_now, p_terms, jsonb_build_object('sum', total));
  RETURN jsonb_build_object('from', st.tier, 'to', now_tier, 'name', tier_level(p_terms, now_tier) ->> 'name');
END $$;

-- A level that begins at nothing is everybody's from the first day.
CREATE FUNCTION tier_first() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO standing (member_id, tier, auto)
    SELECT NEW.id, x ->> 'id', x ->> 'id' FROM jsonb_array_elements(coalesce(tier_terms(NEW.joined_at, 'UTC') -> 'levels', '[]')) x WHERE (x ->> 'from')::bigint = 0
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER member_first_tier AFTER INSERT ON member FOR EACH ROW EXECUTE FUNCTION tier_first();

-- What an evaluation at `p_moment` changes for members of a range (of `p_only`, when given): their tiers, the end of a grace, the end of a tier given by
-- hand, and whom to warn of a drop. `p_how`: day (one day has passed since the last one), relevel (everybody gets what was reached), replay (nobody
-- knows how many days have passed). Who has bought since is further than this moment already.
CREATE FUNCTION tier_plan(p_moment timestamptz, p_terms jsonb, p_how text, p_from int, p_until int, p_only int[] DEFAULT NULL)
  RETURNS TABLE (member_id int, before standing, tier text, auto text, grace timestamptz, manual boolean, total bigint, drops timestamptz)
  LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE ids text[]; froms bigint[]; by_what text := p_terms ->> 'by'; day date := tier_day(p_moment, p_terms); opens timestamptz; opens_later timestamptz; warned timestamptz;
  warn int := coalesce((p_terms ->> 'warnDays')::int, 0); grace_days int := coalesce((p_terms ->> 'graceDays')::int, 0);
BEGIN
  SELECT l.ids, l.froms INTO ids, froms FROM tier_levels(p_terms) l;
  opens := tier_opens(day, p_terms);
  opens_later := tier_opens(day + greatest(warn - grace_days, 0), p_terms);
  warned := tier_begins(day + warn, p_terms);
  RETURN QUERY
  WITH sums AS MATERIALIZED (
    SELECT c.member_id, sum(c.worth)::bigint AS total, coalesce(sum(c.worth) FILTER (WHERE c.counted >= opens_later), 0)::bigint AS later
      FROM (
        SELECT * FROM tier_counted(p_from, p_until, by_what) WHERE p_only IS NULL
        UNION ALL SELECT one.* FROM unnest(p_only) x(id) CROSS JOIN LATERAL tier_counted(x.id, x.id, by_what) one
      ) c WHERE c.counted >= opens AND c.seen < p_moment GROUP BY c.member_id
  ), known AS (
    SELECT m.id, coalesce(s.total, 0) AS total, coalesce(s.later, 0) AS later, st, array_position(ids, st.auto) AS rank,
        width_bucket(coalesce(s.total, 0), froms) AS best
      FROM member m LEFT JOIN sums s ON s.member_id = m.id LEFT JOIN standing st ON st.member_id = m.id
      WHERE m.id BETWEEN p_from AND p_until AND (p_only IS NULL OR m.id = ANY (p_only)) AND (st.settled_at IS NULL OR st.settled_at < p_moment)
  ), touched AS (
    SELECT k.*, n.tier AS new_auto, n.grace AS new_grace, coalesce((k.st).manual AND ((k.st).manual_until IS NULL OR (k.st).manual_until > p_moment), false) AS new_manual
      FROM known k CROSS JOIN LATERAL (
        SELECT r ->> 'tier' AS tier, (r ->> 'graceUntil')::timestamptz AS grace FROM tier_replay(k.id, p_terms, p_moment) r WHERE p_how = 'replay'
        UNION ALL SELECT x.tier, x.grace FROM tier_step(p_terms, ids, froms, (k.st).auto, (k.st).grace_until, k.total, p_moment, p_how = 'relevel') x WHERE p_how <> 'replay'
      ) n
      -- Of most members nothing changes, and this says so without asking further.
      WHERE p_how = 'replay' OR k.best <> coalesce(k.rank, 0) OR (k.rank IS NULL AND (k.st).auto IS NOT NULL) OR (k.st).grace_until IS NOT NULL
        OR ((k.st).manual AND (k.st).manual_until <= warned) OR (warn > 0 AND k.rank > 0 AND k.later < froms[k.rank])
  ), settled AS (
    SELECT t.*, CASE WHEN t.new_manual THEN (t.st).tier ELSE t.new_auto END AS new_tier,
      CASE
        WHEN p_how = 'relevel' OR warn = 0 THEN NULL
        WHEN t.new_manual THEN CASE WHEN coalesce(array_position(ids, (t.st).tier), 0) > coalesce(array_position(ids, t.new_auto), 0) THEN (t.st).manual_until END
        WHEN t.new_grace IS NOT NULL THEN t.new_grace
        WHEN t.new_auto IS NOT NULL AND t.later < froms[array_position(ids, t.new_auto)] THEN
          tier_begins(tier_day(tier_lapse(t.id, p_terms, froms[array_position(ids, t.new_auto)], p_moment), p_terms) + grace_days, p_terms)
      END AS drops
    FROM touched t
  )
  SELECT t.id, t.st, t.new_tier, t.new_auto, t.new_grace, t.new_manual, t.total, CASE WHEN t.drops <= warned THEN t.drops END
    FROM settled t
    WHERE t.new_tier IS DISTINCT FROM (t.st).tier OR t.new_auto IS DISTINCT FROM (t.st).auto OR t.new_grace IS DISTINCT FROM (t.st).grace_until
      OR t.new_manual <> coalesce((t.st).manual, false) OR (t.drops <= warned AND t.drops IS DISTINCT FROM (t.st).warned_for);
END $$;

-- Evaluates the members after `p_after`, at most `p_size` ids of them, as of a moment. Those whose wallet is in use just now are left for the
-- next call. Returns {upto, changed, warned, left}; upto null: there are no more.
CREATE FUNCTION tier_evaluate(p_now timestamptz, p_moment timestamptz, p_how text, p_zone text, p_after int, p_size int)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE terms jsonb := tier_terms(p_moment, p_zone); upto int := p_after + p_size; touched int[]; locked int[]; changed int; warned int; tell timestamptz;
BEGIN
  -- Two servers take turns, and who comes late to a moment that is done leaves it alone.
  PERFORM pg_advisory_xact_lock(hashtext('tier_evaluate'));
  IF EXISTS (SELECT 1 FROM tier_run WHERE moment >= p_moment) THEN RETURN jsonb_build_object('upto', NULL, 'changed', 0, 'warned', 0, 'left', 0); END IF;
  -- Nobody wants to hear of it at midnight.
  tell := greatest(p_now, CASE WHEN p_how = 'relevel' THEN p_now ELSE p_moment + interval '10 hours' END);
  SELECT array_agg(p.member_id) INTO touched FROM tier_plan(p_moment, terms, p_how, p_after + 1, upto) p;
  IF touched IS NOT NULL THEN
    -- A purchase may have come since: under their locks, once more.
    SELECT array_agg(w.member_id) INTO locked FROM (SELECT member_id FROM wallet WHERE member_id = ANY (touched) ORDER BY member_id FOR UPDATE SKIP LOCKED) w;
    WITH plan AS MATERIALIZED (
      SELECT * FROM tier_plan(p_moment, terms, p_how, p_after + 1, upto, coalesce(locked, '{}'))
    ), kept AS (
      INSERT INTO standing (member_id, tier, auto, grace_until, manual, manual_until, warned_for)
        SELECT member_id, tier, auto, grace, manual, CASE WHEN manual THEN (before).manual_until END, coalesce(drops, (before).warned_for) FROM plan
        ON CONFLICT (member_id) DO UPDATE SET tier = excluded.tier, auto = excluded.auto, grace_until = excluded.grace_until, manual = excluded.manual,
          manual_until = excluded.manual_until, warned_for = excluded.warned_for
    ), moved AS MATERIALIZED (
      SELECT tier_move(member_id, (before).tier, tier, CASE WHEN (before).manual AND NOT manual THEN 'manual_end' WHEN p_how = 'relevel'
          OR ((before).tier IS NOT NULL AND tier_level(terms, (before).tier) IS NULL) THEN 'rules' ELSE 'evaluation' END,
        NULL, NULL, p_moment, p_now, tell, terms, jsonb_build_object('sum', total)) FROM plan WHERE tier IS DISTINCT FROM (before).tier
    ), told AS MATERIALIZED (
      SELECT tier_warn(member_id, tier, CASE WHEN manual THEN auto END, drops, p_moment, tell, terms) FROM plan WHERE drops IS DISTINCT FROM (before).warned_for AND drops IS NOT NULL
    )
    SELECT (SELECT count(*) FROM moved), (SELECT count(*) FROM told) INTO changed, warned;
  END IF;
  RETURN jsonb_build_object('upto', CASE WHEN EXISTS (SELECT 1 FROM member WHERE id > upto) THEN upto END, 'changed', coalesce(changed, 0),
    'warned', coalesce(warned, 0), 'left', coalesce(cardinality(touched), 0) - coalesce(cardinality(locked), 0));
END $$;

-- Tells a member that their tier ends, and what would keep it. `p_earned`: under a tier given by hand, what their purchases have earned.
CREATE FUNCTION tier_warn(p_member int, p_tier text, p_earned text, p_drops timestamptz, p_moment timestamptz, p_tell timestamptz, p_terms jsonb) RETURNS void
  LANGUAGE plpgsql AS $$
DECLARE ids text[] := (tier_levels(p_terms)).ids; level jsonb := tier_level(p_terms, p_tier); missing bigint;
BEGIN
  missing := (level ->> 'from')::bigint - tier_sum(p_member, p_terms, tier_day(p_drops, p_terms), p_tell);
  IF missing <= 0 THEN RETURN; END IF;
  PERFORM delivery_plan((SELECT person_id FROM member WHERE id = p_member), 'tier-warning', jsonb_strip_nulls(jsonb_build_object('tier', level ->> 'name',
    'next', tier_level(p_terms, coalesce(p_earned, ids[array_position(ids, p_tier) - 1])) ->> 'name', 'by', p_terms ->> 'by', 'missing', missing,
    'until', tier_last_day(p_drops, p_terms))), 'tier-warning:' || p_member || ':' || extract(epoch FROM p_drops)::bigint, p_tell);
END $$;

-- The last business day before one begins, as a moment on that calendar day.
CREATE FUNCTION tier_last_day(p_begins timestamptz, p_terms jsonb) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT p_begins - make_interval(hours => (p_terms ->> 'hour')::int, secs => 1);
$$;

-- Notes that everybody has been evaluated as of a moment.
CREATE FUNCTION tier_finish(p_moment timestamptz, p_now timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('tier_evaluate'));
  INSERT INTO tier_run (moment, finished_at) VALUES (p_moment, p_now) ON CONFLICT DO NOTHING;
END $$;

-- The next moment to evaluate, and how: {moment, how}; null: nothing is due. Day by day, also when late; after a long pause at once, from everybody's
-- history.
CREATE FUNCTION tier_due(p_now timestamptz, p_zone text) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE last timestamptz; terms jsonb := tier_terms(p_now, p_zone); today timestamptz; next timestamptz; relevel timestamptz;
BEGIN
  -- Before the first tiers there was nothing to evaluate.
  last := coalesce((SELECT max(moment) FROM tier_run), (SELECT min(starts_at) - interval '1 microsecond' FROM program_version
    WHERE rules ? 'tiers' AND starts_at <= p_now AND withdrawn_at IS NULL));
  IF last IS NULL THEN RETURN NULL; END IF;
  today := tier_begins(tier_day(p_now, terms), terms);
  IF last < today - interval '40 days' THEN RETURN jsonb_build_object('moment', today, 'how', 'replay'); END IF;
  SELECT min(r) INTO relevel FROM tier_relevels() r WHERE r > last AND r <= p_now;
  terms := coalesce(tier_terms(last, p_zone), terms);
  next := tier_begins(tier_day(last, terms) + 1, terms);
  IF next > p_now AND relevel IS NULL THEN RETURN NULL; END IF;
  RETURN CASE WHEN relevel <= next OR next > p_now THEN jsonb_build_object('moment', relevel, 'how', 'relevel') ELSE jsonb_build_object('moment', next, 'how', 'day') END;
END $$;

-- A tier by hand until a moment (null: until it is taken back), or back to what the purchases have earned (`p_manual` false). Refuses: member.unknown,
-- owner.only, tier.none, tier.unknown, tier.until_past, ledger.key_reused.
CREATE FUNCTION tier_set(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_member int, p_manual boolean, p_tier text, p_until timestamptz, p_terms jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE st standing; c tier_change; state jsonb; after text; change_id bigint;
BEGIN
  PERFORM wallet_lock(p_member, p_now);
  SELECT * INTO c FROM tier_change WHERE key = p_key;
  IF FOUND THEN
    IF c.member_id <> card_of_then(c.member_id, p_member) OR (c.cause = 'manual') <> p_manual OR (p_manual AND (c.to_tier <> p_tier OR (c.facts ->> 'until')::timestamptz IS DISTINCT FROM p_until)) THEN
      PERFORM refuse('ledger.key_reused');
    END IF;
  ELSE
    IF NOT EXISTS (SELECT 1 FROM staff WHERE person_id = p_actor AND role = 'owner') THEN PERFORM refuse('owner.only'); END IF;
    IF NOT p_terms ? 'levels' THEN PERFORM refuse('tier.none'); END IF;
    IF p_manual AND tier_level(p_terms, p_tier) IS NULL THEN PERFORM refuse('tier.unknown'); END IF;
    IF p_until <= p_now THEN PERFORM refuse('tier.until_past'); END IF;
    SELECT * INTO st FROM standing WHERE member_id = p_member;
    state := tier_replay(p_member, p_terms, p_now);
    after := CASE WHEN p_manual THEN p_tier ELSE state ->> 'tier' END;
    INSERT INTO standing (member_id, tier, auto, grace_until, manual, manual_until, settled_at)
      VALUES (p_member, after, state ->> 'tier', (state ->> 'graceUntil')::timestamptz, p_manual, CASE WHEN p_manual THEN p_until END, p_now)
      ON CONFLICT (member_id) DO UPDATE SET tier = excluded.tier, auto = excluded.auto, grace_until = excluded.grace_until, manual = excluded.manual,
        manual_until = excluded.manual_until, settled_at = excluded.settled_at, warned_for = NULL;
    change_id := tier_move(p_member, st.tier, after, CASE WHEN p_manual THEN 'manual' ELSE 'automatic' END, NULL, p_actor, p_now, p_now, p_now, p_terms,
      jsonb_build_object('until', CASE WHEN p_manual THEN p_until END), p_key);
    SELECT * INTO c FROM tier_change WHERE id = change_id;
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('from', c.from_tier, 'to', c.to_tier, 'name', c.facts ->> 'toName', 'until', c.facts -> 'until');
END $$;

-- Where a member stands, whether or not today's evaluation is done: tier, manual, manualUntil, sum, next {tier, missing, until}, keep {missing, below,
-- until, grace}. `until`: the last day on which that much is enough.
CREATE FUNCTION tier_facts(p_member int, p_terms jsonb, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
  SET enable_seqscan = off AS $$
DECLARE st standing; state jsonb := tier_replay(p_member, p_terms, p_now); today date := tier_day(p_now, p_terms); ids text[]; froms bigint[]; held text; rank int; total bigint;
  leaves timestamptz; drops timestamptz; hand boolean; ahead jsonb; keep jsonb;
BEGIN
  SELECT * INTO st FROM standing WHERE member_id = p_member;
  SELECT * INTO ids, froms FROM tier_levels(p_terms);
  hand := coalesce(st.manual AND (st.manual_until IS NULL OR st.manual_until > p_now), false);
  held := CASE WHEN hand THEN st.tier ELSE state ->> 'tier' END;
  rank := coalesce(array_position(ids, held), 0);
  total := tier_sum(p_member, p_terms, today, p_now);
  IF NOT hand AND rank < cardinality(ids) THEN
    SELECT tier_ends(min(counted), p_terms) INTO leaves FROM tier_counted(p_member, p_member, p_terms ->> 'by')
      WHERE counted >= tier_opens(today, p_terms) AND seen <= p_now AND worth > 0;
    ahead := jsonb_build_object('tier', ids[rank + 1], 'missing', froms[rank + 1] - total, 'until', tier_last_day(leaves, p_terms));
  END IF;
  IF NOT hand AND rank > 0 THEN
    drops := coalesce((state ->> 'graceUntil')::timestamptz, tier_begins(tier_day(tier_lapse(p_member, p_terms, froms[rank], p_now), p_terms)
      + coalesce((p_terms ->> 'graceDays')::int, 0), p_terms));
    IF drops IS NOT NULL THEN
      keep := jsonb_build_object('missing', froms[rank] - tier_sum(p_member, p_terms, tier_day(drops, p_terms), p_now), 'below', ids[rank - 1],
        'until', tier_last_day(drops, p_terms), 'grace', state ->> 'graceUntil' IS NOT NULL);
    END IF;
  END IF;
  RETURN jsonb_build_object('tier', CASE WHEN rank > 0 THEN held END, 'manual', hand, 'manualUntil', CASE WHEN hand THEN tier_last_day(st.manual_until, p_terms) END,
    'sum', total, 'next', ahead, 'keep', keep);
END $$;

DO $$
BEGIN
  REVOKE EXECUTE ON FUNCTION tier_follow, tier_move, tier_warn FROM PUBLIC;
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  GRANT SELECT ON tier_change, tier_relevel, tier_run TO regulars_app;
  GRANT INSERT ON tier_relevel TO regulars_app;
END $$;
