-- What the program says by itself: each journey is a campaign, its messages are deliveries that are planned a day ahead, once for each period.

-- Messages of a journey on one day at most; null: no limit.
ALTER TABLE campaign ADD COLUMN per_day int, ADD CONSTRAINT campaign_per_day_positive CHECK (per_day > 0);

-- What is said once in a life, and remembered when the message itself is forgotten.
CREATE TABLE journey_ever (
  campaign_id int NOT NULL REFERENCES campaign (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  member_id int NOT NULL,
  period text NOT NULL,
  at timestamptz(6) NOT NULL,
  CONSTRAINT journey_ever_pkey PRIMARY KEY (campaign_id, member_id, period)
);

-- Month and day of a moment (1231), for finding those who joined around a day of the year.
CREATE FUNCTION joined_day(p_at timestamptz) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT extract(month FROM p_at AT TIME ZONE 'UTC')::int * 100 + extract(day FROM p_at AT TIME ZONE 'UTC')::int;
$$;
CREATE INDEX member_joined_day ON member (joined_day(joined_at));
CREATE INDEX member_joined_at_idx ON member (joined_at);

-- Whether a journey speaks to a member: it is on, they want to hear it and are not held out.
CREATE FUNCTION journey_reaches(c campaign, p_member int) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT c.state = 'running' AND campaign_bucket(c.id, p_member, 1) >= c.control_percent * 100 AND EXISTS (
    SELECT 1 FROM member m JOIN person p ON p.id = m.person_id WHERE m.id = p_member AND p.erased_at IS NULL AND (c.topic = 'reminders' OR p.marketing)
      AND NOT c.topic = ANY (p.muted) AND EXISTS (SELECT 1 FROM address a WHERE a.person_id = p.id AND a.dead_at IS NULL));
$$;

-- Plans one message of a journey, for the verb that finds its moment. Once for a period; nothing when the journey is off or does not reach the member.
-- On a day that has its fill (around p_at, ten in the morning) it goes on the next that has room, if that is not too late.
CREATE FUNCTION journey_plan(p_key text, p_member int, p_period text, p_at timestamptz, p_late timestamptz, p_params jsonb, p_now timestamptz) RETURNS void
  LANGUAGE plpgsql AS $$
DECLARE c campaign; moment timestamptz := p_at;
BEGIN
  SELECT * INTO c FROM campaign WHERE key = p_key;
  WHILE c.per_day <= (SELECT count(*) FROM delivery o WHERE o.campaign_id = c.id AND o.state <> 'dropped'
      AND o.not_before >= moment - interval '10 hours' AND o.not_before < moment + interval '14 hours') LOOP
    moment := moment + interval '1 day';
    IF moment >= p_late THEN RETURN; END IF;
  END LOOP;
  IF c.state = 'running' AND campaign_bucket(c.id, p_member, 1) < c.control_percent * 100 THEN
    INSERT INTO campaign_control (campaign_id, member_id, period, at) VALUES (c.id, p_member, p_period, p_now) ON CONFLICT DO NOTHING;
  ELSIF journey_reaches(c, p_member) THEN
    INSERT INTO delivery (notice, params, person_id, address_id, channel, dedupe, lane, not_before, created_at, campaign_id, member_id, variant, period, topic,
        worth, late_at, resend)
      SELECT 'campaign', p_params, m.person_id, a.id, a.channel, concat_ws(':', 'campaign', c.id, p_member, p_period), c.lane, moment, p_now, c.id, p_member, 'a',
        p_period, c.topic, c.worth, p_late, c.resend
      FROM member m JOIN address a ON a.person_id = m.person_id AND a.dead_at IS NULL WHERE m.id = p_member ORDER BY a.used_at DESC, a.id DESC LIMIT 1
      ON CONFLICT (dedupe) DO NOTHING;
  END IF;
END $$;

-- As before, as a message of the journey: ids of levels, what is missing in points or in minor units.
CREATE OR REPLACE FUNCTION tier_warn(p_member int, p_tier text, p_earned text, p_drops timestamptz, p_moment timestamptz, p_tell timestamptz, p_terms jsonb)
  RETURNS void LANGUAGE plpgsql AS $$
DECLARE ids text[] := (tier_levels(p_terms)).ids; level jsonb := tier_level(p_terms, p_tier); missing bigint;
BEGIN
  missing := (level ->> 'from')::bigint - tier_sum(p_member, p_terms, tier_day(p_drops, p_terms), p_tell);
  IF missing <= 0 THEN RETURN; END IF;
  PERFORM journey_plan('tier-risk', p_member, extract(epoch FROM p_drops)::bigint::text, p_tell, p_drops, jsonb_strip_nulls(jsonb_build_object('tier', p_tier,
    'next', coalesce(p_earned, ids[array_position(ids, p_tier) - 1]), CASE p_terms ->> 'by' WHEN 'money' THEN 'missingMinor' ELSE 'missing' END, missing,
    'until', tier_last_day(p_drops, p_terms))), p_tell);
END $$;

-- As before; who gets the birthday's letter is told of the gift by it and not by a note of its own.
CREATE OR REPLACE FUNCTION birthday_gifts(p_now timestamptz, p_days jsonb, p_reward jsonb, p_limit int) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE due record; n int := 0; issued bigint; letter campaign;
BEGIN
  SELECT * INTO letter FROM campaign WHERE key = 'birthday';
  FOR due IN
    SELECT m.id, x.year FROM jsonb_to_recordset(p_days) AS x(day text, year int, until timestamptz) JOIN member m ON m.birthday = x.day
      JOIN wallet w ON w.member_id = m.id
      WHERE w.merged_into IS NULL AND m.birthday_set_at < x.until
        AND NOT EXISTS (SELECT 1 FROM birthday_gift g WHERE g.member_id = m.id AND g.year = x.year)
      ORDER BY m.id LIMIT p_limit FOR UPDATE OF w SKIP LOCKED
  LOOP
    INSERT INTO birthday_gift (member_id, year, at) VALUES (due.id, due.year, p_now) ON CONFLICT DO NOTHING;
    CONTINUE WHEN NOT FOUND;
    issued := coupon_issue('birthday:' || due.id || ':' || due.year, due.id, p_reward, 'birthday', NULL, NULL, p_now);
    -- Where an owner limits the letter, not everybody gets it.
    IF letter.segment = '' AND letter.per_day IS NULL AND journey_reaches(letter, due.id) THEN DELETE FROM delivery WHERE dedupe = 'coupon:' || issued || ':given'; END IF;
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;

-- Both are journeys now. What was planned and has not left has no words any more.
-- A level at risk is noticed again the next night.
UPDATE standing s SET warned_for = NULL FROM delivery d JOIN member m ON m.person_id = d.person_id
  WHERE s.member_id = m.id AND d.notice = 'tier-warning' AND d.state IN ('planned', 'retry');
UPDATE delivery SET state = 'dropped', result = coalesce(result, '{}') || '{"code": "replaced"}'
  WHERE notice IN ('expiring', 'coupon-ending', 'tier-warning') AND state IN ('planned', 'retry');
DROP FUNCTION expiry_warn(timestamptz, int[], interval, interval);
DROP FUNCTION coupon_warn(timestamptz, int[], int);
ALTER TABLE coupon DROP COLUMN warned_at;

DO $$
BEGIN
  REVOKE EXECUTE ON FUNCTION journey_plan FROM PUBLIC;
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  GRANT SELECT, INSERT ON journey_ever TO regulars_app;
  GRANT INSERT ON campaign_control TO regulars_app;
END $$;
