-- Campaigns at work: when they begin, which texts they go out with, how they are planned, claimed and counted.

ALTER TABLE campaign
  -- When messages begin to be planned.
  ADD COLUMN begins_at timestamptz(6),
  -- Which version of each variant's texts goes out.
  ADD COLUMN text_versions jsonb,
  -- What one claim is worth, in minor units.
  ADD COLUMN offer_minor bigint;

ALTER TABLE campaign
  -- Whom it is for, with saved segments in the place of their names: what somebody changes of those later does not change who gets this.
  ADD COLUMN meant text;

-- Why messages did not arrive, and at which pace they leave: few rows, and none of them while a message is planned.
CREATE INDEX delivery_not_arrived ON delivery (campaign_id, state) WHERE campaign_id IS NOT NULL AND state IN ('failed', 'dropped', 'unknown');
CREATE INDEX delivery_left ON delivery (campaign_id, lease_until) WHERE campaign_id IS NOT NULL AND state = 'sent';
CREATE INDEX campaign_response_coupon_id_idx ON campaign_response (coupon_id) WHERE coupon_id IS NOT NULL;

-- A member's place in a campaign, 0 to 9,999, the same whenever it is asked: control group, split test and wording (`p_salt` 1, 2, 3) fall independently of
-- one another, and of those of every other campaign.
CREATE FUNCTION campaign_bucket(p_campaign int, p_member int, p_salt int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ((hashint8extended(p_member::bigint, p_campaign::bigint * 16 + p_salt) & 9223372036854775807) % 10000)::int;
$$;

-- When it is that hour on somebody's clock: the first time at or after `p_now`, that day or one of the days after it. A zone that this server does not know
-- counts as the shop's.
CREATE FUNCTION local_moment(p_local timestamp, p_now timestamptz, p_zone text, p_shop text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE zone text := coalesce(p_zone, p_shop); clock timestamp; wanted timestamp := p_local;
BEGIN
  BEGIN
    clock := p_now AT TIME ZONE zone;
  EXCEPTION WHEN invalid_parameter_value THEN
    zone := p_shop;
    clock := p_now AT TIME ZONE zone;
  END;
  IF wanted < clock THEN
    wanted := clock::date + p_local::time;
    IF wanted < clock THEN wanted := wanted + interval '1 day'; END IF;
  END IF;
  RETURN wanted AT TIME ZONE zone;
END $$;

-- A reward as the program said it at that time; null when it had none of this name.
CREATE FUNCTION reward_at(p_reward text, p_at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT r FROM (SELECT rules FROM program_version WHERE starts_at <= p_at AND withdrawn_at IS NULL ORDER BY starts_at DESC, id DESC LIMIT 1) v,
    jsonb_array_elements(v.rules -> 'rewards') r WHERE r ->> 'id' = p_reward;
$$;

-- What a coupon keeps of a reward, as couponTerms of src/program/rewards/terms.ts makes it: good until the end of the business day so many days later.
CREATE FUNCTION reward_terms(p_reward jsonb, p_now timestamptz, p_zone text, p_day_starts int) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT (p_reward - ARRAY['hidden', 'perMember', 'tiers', 'from', 'until', 'validDays'])
    || jsonb_build_object('expiresAt', e.ends, 'until', e.ends - make_interval(hours => p_day_starts) - interval '1 millisecond')
  FROM (SELECT ((((p_now AT TIME ZONE p_zone) - make_interval(hours => p_day_starts))::date + (p_reward ->> 'validDays')::int + 1)::timestamp
    + make_interval(hours => p_day_starts)) AT TIME ZONE p_zone AS ends) e;
$$;

-- A message of a campaign and the campaign, for somebody who presses it: it was sent, and to them or to a card that is part of theirs now. `p_member` null: the
-- press came by a link that only its receiver had. Refuses: offer.unknown, offer.not_yours.
CREATE FUNCTION offer_hold(p_delivery bigint, p_member int, OUT d delivery, OUT c campaign, OUT holder int) LANGUAGE plpgsql AS $$
BEGIN
  SELECT * INTO d FROM delivery WHERE id = p_delivery AND campaign_id IS NOT NULL;
  -- Nobody can have seen what has never left.
  IF NOT FOUND OR (d.attempt = 0 AND d.state <> 'sent') THEN PERFORM refuse('offer.unknown'); END IF;
  holder := member_now(d.member_id);
  IF p_member <> holder THEN PERFORM refuse('offer.not_yours'); END IF;
  SELECT * INTO c FROM campaign WHERE id = d.campaign_id;
END $$;

-- Says that nothing is given any more. Refuses: offer.over { at }.
CREATE FUNCTION offer_open(c campaign, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF c.state NOT IN ('running', 'paused', 'done') OR c.ends_at <= p_now THEN
    PERFORM refuse('offer.over', jsonb_build_object('at', least(c.ended_at, c.ends_at, p_now)));
  END IF;
END $$;

-- What a member has done with a campaign, on any of the cards that are theirs now.
CREATE FUNCTION response_of(p_campaign int, p_member int, p_period text, p_kind text) RETURNS campaign_response LANGUAGE sql STABLE AS $$
  SELECT r FROM campaign_response r WHERE r.campaign_id = p_campaign AND r.period = p_period AND r.kind = p_kind
    AND r.member_id IN (SELECT p_member UNION ALL SELECT w.member_id FROM wallet w WHERE w.merged_into = p_member) ORDER BY r.id LIMIT 1;
$$;

-- Gives a member what a campaign's message offers, once for each time it was offered: a second press gets the first one's answer. `p_ends`: how long points
-- live. The wallet is locked first, then the stock, the campaign's row last: everybody's claims meet there, for an instant. Refuses: offer.unknown,
-- offer.not_yours, offer.over { at }, offer.gone, reward.sold_out, member.unknown, member.merged, ledger.key_reused.
CREATE FUNCTION offer_claim(p_key text, p_origin jsonb, p_now timestamptz, p_member int, p_delivery bigint, p_ends jsonb, p_zone text, p_day_starts int)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE h record; d delivery; c campaign; r campaign_response; x coupon; reward jsonb; request bytea; points bigint; minor bigint;
BEGIN
  SELECT * INTO h FROM offer_hold(p_delivery, p_member);
  d := h.d; c := h.c;
  PERFORM wallet_lock(p_member, p_now);
  r := response_of(c.id, p_member, d.period, 'claimed');
  IF r.id IS NULL THEN
    IF c.offer IS NULL THEN PERFORM refuse('offer.unknown'); END IF;
    PERFORM offer_open(c, p_now);
    points := coalesce((c.offer ->> 'points')::bigint, 0);
    minor := coalesce(c.offer_minor, 0);
    -- Without a lock: who comes too late is told before anything is written. Under the lock it is asked again, at the end.
    IF NOT offer_fits(c, points, minor) THEN PERFORM refuse('offer.gone'); END IF;
    request := request_hash('offer', p_member::text, c.id::text, d.period);
    r.campaign_id := c.id; r.member_id := p_member; r.period := d.period; r.kind := 'claimed'; r.variant := d.variant; r.at := p_now; r.key := p_key;
    IF points > 0 THEN
      r.entry_id := points_give(p_member, 'grant', points, p_key, request, NULL, NULL, p_now, p_ends, jsonb_build_object('campaign', c.id));
      PERFORM lots_renew(p_member, p_now);
      PERFORM home_plan((SELECT person_id FROM member m WHERE m.id = p_member), 'e' || r.entry_id, p_now);
    ELSE
      -- As it was when the owner said yes; a journey's as it is.
      reward := reward_at(c.offer ->> 'reward', CASE WHEN c.kind = 'broadcast' THEN c.started_at ELSE p_now END);
      IF reward IS NULL THEN PERFORM refuse('offer.over', jsonb_build_object('at', p_now)); END IF;
      x.member_id := p_member; x.reward := reward ->> 'id'; x.terms := reward_terms(reward, p_now, p_zone, p_day_starts); x.source := 'offer';
      x.key := p_key; x.request_hash := request; x.issued_at := p_now;
      x := coupon_insert(x, NULL, (reward ->> 'stock')::bigint);
      r.coupon_id := x.id;
    END IF;
    r.id := nextval('campaign_response_id_seq');
    INSERT INTO campaign_response SELECT r.*;
    UPDATE campaign o SET given_coupons = o.given_coupons + CASE WHEN points > 0 THEN 0 ELSE 1 END, given_points = o.given_points + points,
      given_minor = o.given_minor + minor WHERE o.id = c.id AND o.state IN ('running', 'paused', 'done') AND offer_fits(o, points, minor);
    IF NOT FOUND THEN
      SELECT * INTO c FROM campaign o WHERE o.id = c.id;
      PERFORM offer_open(c, p_now);
      PERFORM refuse('offer.gone');
    END IF;
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('campaign', c.id, 'at', r.at, 'coupon', (SELECT coupon_json(q) FROM coupon q WHERE q.id = r.coupon_id),
    'points', (SELECT delta FROM entry e WHERE e.id = r.entry_id), 'balance', (SELECT balance FROM wallet w WHERE w.member_id = p_member));
END $$;

-- Whether one more claim stays within the budget.
CREATE FUNCTION offer_fits(c campaign, p_points bigint, p_minor bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(c.given_points + p_points <= (c.budget ->> 'points')::bigint, true)
    AND coalesce(c.given_minor + p_minor <= (c.budget ->> 'minor')::bigint, true)
    AND (p_points > 0 OR coalesce(c.given_coupons < (c.budget ->> 'coupons')::bigint, true));
$$;

-- Notes that somebody opened a message's link, or answered its question: the first time counts. Returns the campaign, its button, and what is kept. Refuses:
-- offer.unknown, offer.not_yours, offer.over { at } (an answer after the end), offer.no_answer (none of those that can be given).
CREATE FUNCTION offer_respond(p_key text, p_origin jsonb, p_now timestamptz, p_member int, p_delivery bigint, p_kind text, p_answer int)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE h record; d delivery; c campaign; r campaign_response; fresh boolean := false;
BEGIN
  SELECT * INTO h FROM offer_hold(p_delivery, p_member);
  d := h.d; c := h.c;
  IF (c.button ->> 'kind' = ANY (CASE p_kind WHEN 'pressed' THEN ARRAY['link'] ELSE ARRAY['question', 'scale'] END)) IS NOT TRUE THEN
    PERFORM refuse('offer.unknown');
  END IF;
  r := response_of(c.id, h.holder, d.period, p_kind);
  IF r.id IS NULL THEN
    IF p_kind = 'answered' THEN
      PERFORM offer_open(c, p_now);
      IF p_answer IS NULL OR p_answer < 0 OR p_answer > (CASE c.button ->> 'kind' WHEN 'scale' THEN 10 ELSE jsonb_array_length(c.button -> 'answers') - 1 END) THEN
        PERFORM refuse('offer.no_answer');
      END IF;
    END IF;
    INSERT INTO campaign_response (campaign_id, member_id, period, kind, variant, answer, at, key)
      VALUES (c.id, h.holder, d.period, p_kind, d.variant, p_answer, p_now, p_key)
      ON CONFLICT (campaign_id, member_id, period, kind) DO NOTHING RETURNING * INTO r;
    fresh := FOUND;
    IF NOT fresh THEN r := response_of(c.id, h.holder, d.period, p_kind); END IF;
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  -- The event that was the first is told so again.
  RETURN jsonb_build_object('campaign', c.id, 'button', c.button, 'answer', r.answer, 'first', fresh OR r.key = p_key);
END $$;

REVOKE EXECUTE ON FUNCTION offer_hold, offer_open FROM PUBLIC;
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  -- The fan-out decides who is in the control group in the statement that plans the messages.
  GRANT INSERT ON campaign_control TO regulars_app;
END $$;
