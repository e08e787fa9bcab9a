-- Attention: whether a message to many may go to this person now. Asked in the statement that begins the send, so that nothing stands between the answer
-- and the call. And indexes by which messages of a paused campaign, however many, are in nobody's way.

-- Program time at which the last send began that may have arrived; null: none has.
ALTER TABLE delivery ADD COLUMN sent_at timestamptz(6);
CREATE INDEX delivery_told ON delivery (person_id, sent_at) WHERE sent_at IS NOT NULL AND topic IS NOT NULL;

-- What is due, per channel: what people wait for, and apart from it each campaign's own.
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (channel, lane DESC, not_before, id) WHERE state IN ('planned', 'retry') AND campaign_id IS NULL;
CREATE INDEX delivery_due_of_campaign ON delivery (campaign_id, channel, not_before, id)
  WHERE state IN ('planned', 'retry') AND campaign_id IS NOT NULL;

-- The first moment, from p_at on, outside somebody's quiet hours ({from, until}, over midnight when `until` is not later; the same: none). Null when the
-- zone or the hours can't be read. The night of a clock change is as long as it is: hours are read from the clock on the wall.
CREATE FUNCTION decent_moment(p_at timestamptz, p_zone text, p_quiet jsonb) RETURNS timestamptz LANGUAGE plpgsql STABLE
  SET search_path = public, pg_temp AS $$
DECLARE
  v_from time;
  v_until time;
  v_there timestamp;
  v_night boolean;
BEGIN
  v_from := p_quiet ->> 'from';
  v_until := p_quiet ->> 'until';
  v_there := p_at AT TIME ZONE p_zone;
  v_night := v_from > v_until;
  IF num_nulls(v_there, v_night) > 0 THEN RETURN NULL; END IF;
  IF v_from = v_until THEN RETURN p_at; END IF;
  -- Over midnight, day is what lies between `until` and `from`; else, what lies outside.
  IF (v_there::time >= v_until AND v_there::time < v_from) OR (NOT v_night AND (v_there::time >= v_until OR v_there::time < v_from)) THEN
    RETURN p_at;
  END IF;
  -- A time that the clock shows twice is its second showing, one it skips is after the gap.
  RETURN greatest((v_there::date + CASE WHEN v_night AND v_there::time >= v_from THEN 1 ELSE 0 END + v_until) AT TIME ZONE p_zone,
    p_at + interval '1 minute');
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$;

-- Whether a card that has become one with this message's gets, or got, the same of its campaign: the first of them goes, unless another is out already.
CREATE FUNCTION told_on_other_card(d delivery) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM wallet mine JOIN wallet w ON w.member_id = mine.merged_into OR w.merged_into = coalesce(mine.merged_into, mine.member_id)
      JOIN delivery o ON o.member_id = w.member_id AND o.campaign_id = d.campaign_id AND o.period = d.period AND o.id <> d.id
    WHERE mine.member_id = d.member_id
      AND (o.state IN ('sending', 'sent', 'unknown') OR (o.state IN ('planned', 'retry', 'claimed') AND (o.sent_at IS NOT NULL OR o.id < d.id))));
$$;

-- Whether a message may go at p_now. `go`; `drop` for good; `wait` until a moment; `hold` as long as its campaign does. The reason is a word. p_terms:
-- {zone, quiet: {from, until}, perWeek}. The caller has locked the person, so that nobody else counts at the same time.
CREATE FUNCTION delivery_verdict(d delivery, p_now timestamptz, p_terms jsonb, OUT verdict text, OUT reason text, OUT until timestamptz)
  LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  v_week CONSTANT interval := '168 hours';
  -- For so long a message leaves the way to one that is worth more.
  v_courtesy CONSTANT interval := '5 minutes';
  v_marketing boolean := coalesce(d.topic <> 'reminders', false);
  v_most int := (p_terms ->> 'perWeek')::int;
  v_who person;
  v_state text;
  v_gone boolean;
  v_sent int;
  v_better int;
BEGIN
  SELECT p.* INTO v_who FROM person p WHERE p.id = d.person_id;
  IF d.campaign_id IS NOT NULL THEN
    SELECT c.state, c.offer IS NOT NULL AND NOT offer_fits(c, coalesce((c.offer ->> 'points')::bigint, 0), coalesce(c.offer_minor, 0)) INTO v_state, v_gone
      FROM campaign c WHERE c.id = d.campaign_id;
  END IF;
  reason := CASE
    WHEN v_who.erased_at IS NOT NULL THEN 'erased'
    WHEN v_state = 'stopped' THEN 'stopped'
    WHEN d.late_at < p_now THEN 'late'
    WHEN v_marketing AND NOT v_who.marketing THEN 'no_consent'
    WHEN d.topic = ANY (v_who.muted) THEN 'muted'
    WHEN v_marketing AND v_most <= 0 THEN 'cap'
    -- Nobody is told of what is given away already.
    WHEN v_gone THEN 'gone'
    WHEN told_on_other_card(d) THEN 'told' END;
  IF reason IS NOT NULL THEN verdict := 'drop'; RETURN; END IF;
  IF v_state NOT IN ('running', 'done') THEN verdict := 'hold'; reason := 'paused'; RETURN; END IF;
  verdict := 'go';
  IF d.topic IS NULL THEN RETURN; END IF;

  until := coalesce(decent_moment(p_now, coalesce(v_who.time_zone, p_terms ->> 'zone'), coalesce(v_who.quiet, p_terms -> 'quiet')),
    decent_moment(p_now, p_terms ->> 'zone', p_terms -> 'quiet'));
  IF until > p_now THEN
    verdict := CASE WHEN d.late_at < until THEN 'drop' ELSE 'wait' END;
    reason := CASE verdict WHEN 'drop' THEN 'late' ELSE 'quiet' END;
    RETURN;
  END IF;
  IF NOT v_marketing THEN RETURN; END IF;

  SELECT count(*), (array_agg(o.sent_at ORDER BY o.sent_at DESC))[v_most] + v_week INTO v_sent, until FROM delivery o
    WHERE o.person_id = d.person_id AND o.topic IS NOT NULL AND o.topic <> 'reminders' AND o.sent_at > p_now - v_week
      AND o.state NOT IN ('failed', 'dropped') AND o.id <> d.id;
  IF until IS NULL THEN
    -- There is room; who else wants it?
    SELECT count(*) INTO v_better FROM delivery o JOIN campaign c ON c.id = o.campaign_id
      WHERE o.person_id = d.person_id AND o.topic <> 'reminders' AND o.sent_at IS NULL AND o.state IN ('planned', 'retry', 'claimed')
        AND o.not_before <= p_now AND c.state = 'running' AND NOT o.topic = ANY (v_who.muted) AND coalesce(o.late_at >= p_now, true)
        AND (o.worth > d.worth OR (o.worth = d.worth AND o.id < d.id)) AND o.id <> d.id;
    IF v_sent + v_better < v_most THEN RETURN; END IF;
    until := p_now + v_courtesy;
  END IF;
  reason := 'cap';
  verdict := CASE WHEN d.late_at < until THEN 'drop' ELSE 'wait' END;
END $$;

-- Begins to send: `sending` is committed before the messenger is called, and it is what the cap counts. Of the messages that p_worker holds, those that
-- may go now are `sending`, others are `dropped` or `waiting`; those it has lost, or whose channel rests, are not returned.
CREATE FUNCTION deliveries_begin(p_worker text, p_ids bigint[], p_lease_ms float8, p_now timestamptz, p_terms jsonb)
  RETURNS TABLE (delivery_id bigint, became text) LANGUAGE plpgsql SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  d delivery;
  v record;
  v_lease timestamptz := clock_timestamp() + make_interval(secs => p_lease_ms / 1000);
BEGIN
  -- Whoever counts a person's messages is alone with them until the count is committed.
  PERFORM 1 FROM person p WHERE p.id IN (
      SELECT x.person_id FROM delivery x WHERE x.id = ANY (p_ids) AND x.topic IS NOT NULL AND x.topic <> 'reminders')
    ORDER BY p.id FOR NO KEY UPDATE;
  FOR d IN
    SELECT x.* FROM delivery x
    WHERE x.id = ANY (p_ids) AND x.state = 'claimed' AND x.leased_by = p_worker AND x.lease_until > clock_timestamp()
      AND (x.topic IS NOT NULL OR x.campaign_id IS NOT NULL)
    ORDER BY x.person_id, x.worth DESC, x.id
  LOOP
    v := delivery_verdict(d, p_now, p_terms);
    delivery_id := d.id;
    IF v.verdict = 'go' THEN
      UPDATE delivery x SET state = 'sending', attempt = x.attempt + 1, sent_at = p_now, lease_until = v_lease, result = x.result - 'wait'
        WHERE x.id = d.id AND x.leased_by = p_worker AND x.state = 'claimed' AND NOT EXISTS (
          SELECT 1 FROM setting s WHERE s.key = 'pause:' || x.channel AND (s.value ->> 'untilMs')::float8 > extract(epoch FROM clock_timestamp()) * 1000);
      became := 'sending';
    ELSIF v.verdict = 'drop' THEN
      -- One that may have arrived before stays a doubt.
      UPDATE delivery x SET state = CASE WHEN x.sent_at IS NULL THEN 'dropped' ELSE 'unknown' END, leased_by = NULL, lease_until = NULL,
        result = coalesce(x.result - 'wait', '{}') || jsonb_build_object('code', CASE WHEN x.sent_at IS NULL THEN v.reason ELSE 'unknown' END)
        WHERE x.id = d.id AND x.leased_by = p_worker AND x.state = 'claimed';
      became := 'dropped';
    ELSE
      UPDATE delivery x SET state = 'planned', leased_by = NULL, lease_until = NULL, not_before = coalesce(v.until, x.not_before),
        result = coalesce(x.result, '{}') || jsonb_build_object('wait', v.reason)
        WHERE x.id = d.id AND x.leased_by = p_worker AND x.state = 'claimed';
      became := 'waiting';
    END IF;
    IF FOUND THEN RETURN NEXT; END IF;
  END LOOP;
  RETURN QUERY
    UPDATE delivery x SET state = 'sending', attempt = x.attempt + 1, sent_at = p_now, lease_until = v_lease
    WHERE x.id = ANY (p_ids) AND x.state = 'claimed' AND x.leased_by = p_worker AND x.lease_until > clock_timestamp()
      AND x.topic IS NULL AND x.campaign_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM setting s WHERE s.key = 'pause:' || x.channel AND (s.value ->> 'untilMs')::float8 > extract(epoch FROM clock_timestamp()) * 1000)
    RETURNING x.id, 'sending';
END $$;

-- Moments to send, for all processes: never more than `tracks` × `size` messages arrive within `perMs`. Messages go in groups of `size`, the groups on `tracks`
-- tracks in turn; a track's next group comes `perMs` + `travelMs` after the last moment at which the one before may leave. So what one misses is not lost: its
-- group is given longer (p_longer: its turn), as long as nobody has been given the track's next. A group may leave for `lateMs`. p_pace: {tracks, size, perMs,
-- spacingMs, lateMs, travelMs}. All moments in milliseconds since 1970 by this server's clock. Returns {now, slots: [[moment, turn], …], longer: [moment | null, …]}.
CREATE FUNCTION pace_take(p_name text, p_pace jsonb, p_count int, p_longer bigint[]) RETURNS jsonb LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  v_key CONSTANT text := 'pace:' || p_name;
  v_tracks CONSTANT int := (p_pace ->> 'tracks')::int;
  v_size CONSTANT int := (p_pace ->> 'size')::int;
  v_apart CONSTANT float8 := (p_pace ->> 'perMs')::float8 + (p_pace ->> 'travelMs')::float8;
  v_spacing CONSTANT float8 := (p_pace ->> 'spacingMs')::float8;
  v_late CONSTANT float8 := (p_pace ->> 'lateMs')::float8;
  v_kept jsonb;
  v_until float8[];
  v_turn bigint;
  v_left int;
  v_last float8;
  v_now float8;
  v_slots jsonb := '[]';
  v_longer jsonb := '[]';
  t bigint;
BEGIN
  SELECT s.value INTO v_kept FROM setting s WHERE s.key = v_key FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO setting (key, value, updated_at) VALUES (v_key, '{}', clock_timestamp()) ON CONFLICT (key) DO NOTHING;
    SELECT s.value INTO v_kept FROM setting s WHERE s.key = v_key FOR UPDATE;
  END IF;
  v_now := extract(epoch FROM clock_timestamp()) * 1000;
  v_until := ARRAY(SELECT u::float8 FROM jsonb_array_elements_text(v_kept -> 'until') u);
  v_turn := coalesce((v_kept ->> 'turn')::bigint, 0);
  v_left := coalesce((v_kept ->> 'left')::int, 0);
  v_last := coalesce((v_kept ->> 'last')::float8, 0);
  IF cardinality(v_until) <> v_tracks OR v_last > v_now + 600000 THEN
    -- A new pace, one that was changed, or a clock that was put back: whatever was sent a moment ago may have filled it.
    v_until := array_fill(CASE WHEN v_kept ? 'until' THEN v_now + v_late ELSE 0 END, ARRAY[v_tracks]);
    v_left := 0;
    v_last := 0;
  END IF;

  FOREACH t IN ARRAY p_longer LOOP
    IF v_turn < t + v_tracks AND t <= v_turn THEN
      v_until[t % v_tracks + 1] := greatest(v_until[t % v_tracks + 1], v_now + v_late);
      v_longer := v_longer || to_jsonb(v_now);
    ELSE
      v_longer := v_longer || 'null'::jsonb;
    END IF;
  END LOOP;

  FOR n IN 1..p_count LOOP
    IF v_left <= 0 THEN
      v_turn := v_turn + 1;
      v_left := v_size;
      v_last := greatest(v_until[v_turn % v_tracks + 1] + v_apart, v_last + v_spacing, v_now);
      v_until[v_turn % v_tracks + 1] := v_last + v_late;
    ELSIF v_last < v_now THEN
      v_last := v_now;
      v_until[v_turn % v_tracks + 1] := v_now + v_late;
    END IF;
    v_left := v_left - 1;
    v_slots := v_slots || jsonb_build_array(jsonb_build_array(v_last, v_turn));
  END LOOP;

  UPDATE setting s SET updated_at = clock_timestamp(),
    value = jsonb_build_object('turn', v_turn, 'left', v_left, 'last', v_last, 'until', to_jsonb(v_until)) WHERE s.key = v_key;
  RETURN jsonb_build_object('now', v_now, 'slots', v_slots, 'longer', v_longer);
END $$;
