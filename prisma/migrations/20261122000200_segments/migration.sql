-- Whom something is for: what segments ask of a member's purchases is kept in the transaction of the sale, words that the shop puts on members go with a
-- card that becomes one with another.

-- The program may be at work meanwhile: what is written between the copy and its triggers would be in neither. In the order in which a joining and a sale lock.
DO $$
BEGIN
  LOCK TABLE person, address, member, wallet, standing, sale IN SHARE ROW EXCLUSIVE MODE;
END $$;

-- Counting a million members must not join a million rows: everything that is asked often stands in one row, copied by the triggers below in the transaction
-- of its cause. `verify` compares. A row is written with every purchase: room on its page keeps the new version there, and no index has to be touched.
ALTER TABLE member_fact SET (fillfactor = 85);
ALTER TABLE member_fact
  -- Not a card that went into another one, nor somebody who was forgotten.
  ADD COLUMN open boolean NOT NULL DEFAULT true,
  ADD COLUMN joined_at timestamptz(6),
  ADD COLUMN birthday text,
  ADD COLUMN points bigint NOT NULL DEFAULT 0,
  ADD COLUMN tier text,
  ADD COLUMN language text,
  ADD COLUMN marketing boolean NOT NULL DEFAULT false,
  -- Where they can be written to; null: nowhere.
  ADD COLUMN channels text[],
  ADD COLUMN tags text[];

-- What a row is copied from, for the members of `p_from` to `p_upto`.
CREATE FUNCTION facts_of(p_from int, p_upto int) RETURNS TABLE (member_id int, open boolean, joined_at timestamptz, birthday text, points bigint, tier text, language text,
  marketing boolean, channels text[], tags text[], first_at timestamptz, last_at timestamptz, visits int, spent_minor bigint, shop text) LANGUAGE sql STABLE AS $$
  SELECT m.id, w.merged_into IS NULL AND p.erased_at IS NULL, m.joined_at, m.birthday, coalesce(w.balance, 0), s.tier, p.language, coalesce(p.marketing, false),
    (SELECT array_agg(DISTINCT a.channel ORDER BY a.channel) FROM address a WHERE a.person_id = m.person_id AND a.dead_at IS NULL),
    (SELECT array_agg(t.tag ORDER BY t.tag) FROM member_tag t WHERE t.member_id = m.id), b.first_at, b.last_at, coalesce(b.visits, 0)::int, coalesce(b.spent, 0)::bigint, b.shop
  FROM member m LEFT JOIN wallet w ON w.member_id = m.id LEFT JOIN person p ON p.id = m.person_id LEFT JOIN standing s ON s.member_id = m.id
    LEFT JOIN (SELECT x.member_id, count(*) AS visits, sum(x.amount_minor - x.refunded_minor) AS spent, min(x.at) AS first_at, max(x.at) AS last_at,
      (array_agg(x.shop ORDER BY x.at DESC, x.id DESC))[1] AS shop FROM sale x
      WHERE x.undone_at IS NULL AND x.member_id BETWEEN p_from AND p_upto GROUP BY x.member_id) b ON b.member_id = m.id
  WHERE m.id BETWEEN p_from AND p_upto;
$$;

INSERT INTO member_fact (member_id, open, joined_at, birthday, points, tier, language, marketing, channels, tags, first_at, last_at, visits, spent_minor, shop)
  SELECT * FROM facts_of(1, 2147483647);

-- What the member, their person and their chats say. Of two who change it at once the second sees what the first has done.
CREATE FUNCTION fact_person(p_person int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE who int;
BEGIN
  SELECT f.member_id INTO who FROM member m JOIN member_fact f ON f.member_id = m.id WHERE m.person_id = p_person FOR NO KEY UPDATE OF f;
  IF NOT FOUND THEN RETURN; END IF;
  UPDATE member_fact f SET language = p.language, marketing = p.marketing, open = w.merged_into IS NULL AND p.erased_at IS NULL,
    channels = (SELECT array_agg(DISTINCT a.channel ORDER BY a.channel) FROM address a WHERE a.person_id = p_person AND a.dead_at IS NULL)
    FROM person p, wallet w WHERE f.member_id = who AND p.id = p_person AND w.member_id = who;
END $$;

CREATE FUNCTION fact_begins() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.person_id IS NULL THEN
    INSERT INTO member_fact (member_id, joined_at, birthday) VALUES (NEW.id, NEW.joined_at, NEW.birthday);
  ELSE
    INSERT INTO member_fact (member_id, joined_at, birthday, language, marketing, channels)
      SELECT NEW.id, NEW.joined_at, NEW.birthday, p.language, p.marketing,
        (SELECT array_agg(DISTINCT a.channel ORDER BY a.channel) FROM address a WHERE a.person_id = p.id AND a.dead_at IS NULL)
      -- What they agree to at the same moment is waited for: its own trigger does not see this row yet.
      FROM person p WHERE p.id = NEW.person_id FOR SHARE;
  END IF;
  RETURN NULL;
END $$;
-- By its name it comes before the trigger that gives the first level, which looks for this row.
CREATE TRIGGER member_fact_begins AFTER INSERT ON member FOR EACH ROW EXECUTE FUNCTION fact_begins();

CREATE FUNCTION fact_follows_member() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE member_fact SET joined_at = NEW.joined_at, birthday = NEW.birthday WHERE member_id = NEW.id;
  IF NEW.person_id IS DISTINCT FROM OLD.person_id THEN
    UPDATE member_fact SET language = NULL, marketing = false, channels = NULL WHERE member_id = NEW.id AND NEW.person_id IS NULL;
    PERFORM fact_person(NEW.person_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER member_changes AFTER UPDATE OF joined_at, birthday, person_id ON member FOR EACH ROW
  WHEN (OLD.joined_at <> NEW.joined_at OR OLD.birthday IS DISTINCT FROM NEW.birthday OR OLD.person_id IS DISTINCT FROM NEW.person_id) EXECUTE FUNCTION fact_follows_member();

CREATE FUNCTION fact_follows_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fact_person(NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER person_changes AFTER UPDATE OF language, marketing, erased_at ON person FOR EACH ROW
  WHEN (OLD.language IS DISTINCT FROM NEW.language OR OLD.marketing <> NEW.marketing OR OLD.erased_at IS DISTINCT FROM NEW.erased_at)
  EXECUTE FUNCTION fact_follows_person();

CREATE FUNCTION fact_follows_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM fact_person(OLD.person_id); END IF;
  IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.person_id <> OLD.person_id THEN PERFORM fact_person(NEW.person_id); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER address_comes AFTER INSERT OR DELETE ON address FOR EACH ROW EXECUTE FUNCTION fact_follows_address();
CREATE TRIGGER address_changes AFTER UPDATE OF person_id, dead_at ON address FOR EACH ROW
  WHEN (OLD.person_id <> NEW.person_id OR (OLD.dead_at IS NULL) <> (NEW.dead_at IS NULL)) EXECUTE FUNCTION fact_follows_address();

CREATE FUNCTION fact_follows_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE member_fact SET points = NEW.balance WHERE member_id = NEW.member_id;
  RETURN NULL;
END $$;
CREATE TRIGGER wallet_begins AFTER INSERT ON wallet FOR EACH ROW WHEN (NEW.balance <> 0) EXECUTE FUNCTION fact_follows_balance();
CREATE TRIGGER wallet_changes AFTER UPDATE OF balance ON wallet FOR EACH ROW WHEN (OLD.balance <> NEW.balance) EXECUTE FUNCTION fact_follows_balance();

CREATE FUNCTION fact_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE member_fact f SET open = NEW.merged_into IS NULL AND NOT EXISTS (SELECT 1 FROM member m JOIN person p ON p.id = m.person_id
    WHERE m.id = NEW.member_id AND p.erased_at IS NOT NULL) WHERE f.member_id = NEW.member_id;
  RETURN NULL;
END $$;
CREATE TRIGGER wallet_closes AFTER UPDATE OF merged_into ON wallet FOR EACH ROW
  WHEN ((OLD.merged_into IS NULL) <> (NEW.merged_into IS NULL)) EXECUTE FUNCTION fact_closes();

CREATE FUNCTION fact_follows_tier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE member_fact SET tier = NEW.tier WHERE member_id = NEW.member_id;
  RETURN NULL;
END $$;
CREATE TRIGGER standing_begins AFTER INSERT ON standing FOR EACH ROW WHEN (NEW.tier IS NOT NULL) EXECUTE FUNCTION fact_follows_tier();
CREATE TRIGGER standing_changes AFTER UPDATE OF tier ON standing FOR EACH ROW WHEN (OLD.tier IS DISTINCT FROM NEW.tier) EXECUTE FUNCTION fact_follows_tier();

CREATE FUNCTION fact_follows_tag() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE who int := CASE WHEN TG_OP = 'DELETE' THEN OLD.member_id ELSE NEW.member_id END;
BEGIN
  PERFORM 1 FROM member_fact WHERE member_id = who FOR NO KEY UPDATE;
  UPDATE member_fact SET tags = (SELECT array_agg(t.tag ORDER BY t.tag) FROM member_tag t WHERE t.member_id = who) WHERE member_id = who;
  RETURN NULL;
END $$;
CREATE TRIGGER tag_changes AFTER INSERT OR DELETE ON member_tag FOR EACH ROW EXECUTE FUNCTION fact_follows_tag();

-- A purchase counts for a member from now on. What was taken back whole never was.
CREATE FUNCTION fact_more() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE member_fact SET first_at = least(first_at, NEW.at), last_at = greatest(last_at, NEW.at), visits = visits + 1,
    spent_minor = spent_minor + NEW.amount_minor - NEW.refunded_minor, shop = CASE WHEN NEW.at < last_at THEN shop ELSE NEW.shop END WHERE member_id = NEW.member_id;
  RETURN NULL;
END $$;
CREATE TRIGGER sale_counts AFTER INSERT ON sale FOR EACH ROW WHEN (NEW.undone_at IS NULL) EXECUTE FUNCTION fact_more();

-- A purchase no longer counts for a member, with what was left of it. The first and last of those that stay are looked up only when it was one of the two.
CREATE FUNCTION fact_less(p_member int, p_at timestamptz, p_spent bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE member_fact f SET visits = f.visits - 1, spent_minor = f.spent_minor - p_spent,
    first_at = CASE WHEN p_at > f.first_at THEN f.first_at ELSE (SELECT min(s.at) FROM sale s WHERE s.member_id = p_member AND s.undone_at IS NULL) END,
    last_at = CASE WHEN p_at < f.last_at THEN f.last_at ELSE (SELECT max(s.at) FROM sale s WHERE s.member_id = p_member AND s.undone_at IS NULL) END,
    shop = CASE WHEN p_at < f.last_at THEN f.shop
      ELSE (SELECT s.shop FROM sale s WHERE s.member_id = p_member AND s.undone_at IS NULL ORDER BY s.at DESC, s.id DESC LIMIT 1) END
  WHERE f.member_id = p_member;
$$;

CREATE FUNCTION fact_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.undone_at IS NOT NULL THEN
    PERFORM fact_less(OLD.member_id, OLD.at, OLD.amount_minor - OLD.refunded_minor);
  ELSE
    UPDATE member_fact SET spent_minor = spent_minor - (NEW.refunded_minor - OLD.refunded_minor) WHERE member_id = NEW.member_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER sale_counts_less AFTER UPDATE OF refunded_minor, undone_at ON sale FOR EACH ROW
  WHEN (OLD.undone_at IS NULL AND (NEW.undone_at IS NOT NULL OR NEW.refunded_minor <> OLD.refunded_minor)) EXECUTE FUNCTION fact_changes();

-- Two cards became one, or parted. All rows of the statement have moved when the first of them comes here.
CREATE FUNCTION fact_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fact_less(OLD.member_id, OLD.at, OLD.amount_minor - OLD.refunded_minor);
  UPDATE member_fact SET first_at = least(first_at, NEW.at), last_at = greatest(last_at, NEW.at), visits = visits + 1,
    spent_minor = spent_minor + NEW.amount_minor - NEW.refunded_minor, shop = CASE WHEN NEW.at < last_at THEN shop
      ELSE (SELECT s.shop FROM sale s WHERE s.member_id = NEW.member_id AND s.undone_at IS NULL ORDER BY s.at DESC, s.id DESC LIMIT 1) END
    WHERE member_id = NEW.member_id;
  RETURN NULL;
END $$;
CREATE TRIGGER sale_counts_elsewhere AFTER UPDATE OF member_id ON sale FOR EACH ROW
  WHEN (OLD.member_id <> NEW.member_id AND NEW.undone_at IS NULL) EXECUTE FUNCTION fact_moves();

-- Words go along when two cards become one; the closed card keeps its own, so a parting only takes away what had come.
ALTER TABLE member_tag ADD COLUMN merge_id int REFERENCES member_merge (id) ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE INDEX member_tag_merge_id_idx ON member_tag (merge_id);
CREATE FUNCTION tags_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO member_tag (member_id, tag, at, actor_id, merge_id) SELECT NEW.kept_id, tag, NEW.at, actor_id, NEW.id FROM member_tag WHERE member_id = NEW.merged_id
      ON CONFLICT (member_id, tag) DO NOTHING;
  ELSE
    DELETE FROM member_tag WHERE merge_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER tags_come_along AFTER INSERT ON member_merge FOR EACH ROW EXECUTE FUNCTION tags_follow();
CREATE TRIGGER tags_part AFTER UPDATE OF undone_at ON member_merge FOR EACH ROW
  WHEN (OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL) EXECUTE FUNCTION tags_follow();

-- Where the fifths of a measure begin: the four values at which a score goes up by one. A score is the place of a value among all, those equal to it sharing
-- one place in their middle, in fifths: so equal members have equal scores. Fewer than four when one value fills several fifths.
CREATE FUNCTION rfm_cuts() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
  WITH measured AS (
    SELECT 'r' AS measure, extract(epoch FROM date_trunc('day', last_at, 'UTC'))::bigint AS value, count(*) AS n FROM member_fact WHERE visits > 0 GROUP BY 2
    UNION ALL SELECT 'f', visits, count(*) FROM member_fact WHERE visits > 0 GROUP BY 2
    UNION ALL SELECT 'm', spent_minor, count(*) FROM member_fact WHERE visits > 0 GROUP BY 2
  ), placed AS (
    SELECT measure, value, ceil(5 * (sum(n) OVER w - n / 2.0) / sum(n) OVER (PARTITION BY measure))::int AS score FROM measured
      WINDOW w AS (PARTITION BY measure ORDER BY value)
  ), cut AS (
    SELECT p.measure, s.score, min(p.value) FILTER (WHERE p.score >= s.score) AS value
    FROM placed p CROSS JOIN generate_series(2, 5) AS s (score) GROUP BY 1, 2
  )
  SELECT coalesce(jsonb_object_agg(measure, cuts), '{}') FROM (SELECT measure, jsonb_agg(value ORDER BY score) AS cuts FROM cut GROUP BY measure) c;
$$;

-- Scores the next members after `p_after` by these cuts; a card that is in use right now is left as it is until the next day. Returns the last member it came to
-- (null: there is nobody more) and how many scores have changed.
CREATE FUNCTION rfm_score(p_cuts jsonb, p_after int, p_limit int) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE upto int; changed int;
  r bigint[] := ARRAY(SELECT x::bigint FROM jsonb_array_elements_text(p_cuts -> 'r') x WHERE x IS NOT NULL);
  f bigint[] := ARRAY(SELECT x::bigint FROM jsonb_array_elements_text(p_cuts -> 'f') x WHERE x IS NOT NULL);
  m bigint[] := ARRAY(SELECT x::bigint FROM jsonb_array_elements_text(p_cuts -> 'm') x WHERE x IS NOT NULL);
BEGIN
  SELECT max(member_id) INTO upto FROM (SELECT member_id FROM member_fact WHERE member_id > p_after ORDER BY member_id LIMIT p_limit) x;
  WITH scored AS (
    SELECT member_id, CASE WHEN visits > 0 THEN 100 * (1 + width_bucket(extract(epoch FROM date_trunc('day', last_at, 'UTC'))::bigint, r))
      + 10 * (1 + width_bucket(visits::bigint, f)) + 1 + width_bucket(spent_minor, m) END AS score
    FROM member_fact WHERE member_id > p_after AND member_id <= upto FOR UPDATE SKIP LOCKED
  )
  UPDATE member_fact x SET rfm = s.score FROM scored s WHERE x.member_id = s.member_id AND x.rfm IS DISTINCT FROM s.score;
  GET DIAGNOSTICS changed = ROW_COUNT;
  RETURN jsonb_build_object('upto', upto, 'changed', changed);
END $$;

REVOKE EXECUTE ON FUNCTION fact_less, facts_of FROM PUBLIC;
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  -- `verify` runs as the application.
  GRANT EXECUTE ON FUNCTION facts_of TO regulars_app;
END $$;
