-- What the program says by itself and to many: campaigns (an owner's broadcasts, and the journeys that run by themselves), their texts, whom they
-- are for, who answered, and what somebody wants to hear.

-- What somebody wants to hear, as their consent says it now: derived from `consent` by the trigger below, so that a million people can be asked at once.
ALTER TABLE person
  ADD COLUMN marketing boolean NOT NULL DEFAULT false,
  ADD COLUMN muted text[] NOT NULL DEFAULT '{}',
  ADD COLUMN time_zone text,
  ADD COLUMN quiet jsonb,
  ADD COLUMN erased_at timestamptz(6);

CREATE FUNCTION consent_counts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- The last answer that was written counts, whatever the clock said at the time (it may have been put back since); two at once wait for each other.
  PERFORM 1 FROM person WHERE id = NEW.person_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM consent c WHERE c.person_id = NEW.person_id AND c.kind = NEW.kind AND c.id > NEW.id) THEN RETURN NULL; END IF;
  IF NEW.kind = 'marketing' THEN
    UPDATE person SET marketing = NEW.granted WHERE id = NEW.person_id AND marketing <> NEW.granted;
  ELSIF NEW.granted THEN
    UPDATE person SET muted = array_remove(muted, NEW.kind) WHERE id = NEW.person_id AND NEW.kind = ANY (muted);
  ELSE
    UPDATE person SET muted = muted || NEW.kind WHERE id = NEW.person_id AND NOT NEW.kind = ANY (muted);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER consent_counts AFTER INSERT ON consent FOR EACH ROW EXECUTE FUNCTION consent_counts();
ALTER TABLE consent ADD CONSTRAINT consent_kind_known
  CHECK (kind IN ('marketing', 'offers', 'tips', 'birthday', 'comeback', 'reminders', 'surveys'));

UPDATE person SET marketing = true WHERE id IN (
  SELECT person_id FROM (SELECT DISTINCT ON (person_id) person_id, granted FROM consent WHERE kind = 'marketing' ORDER BY person_id, id DESC) c
  WHERE c.granted);

CREATE TABLE member_tag (
  member_id int NOT NULL REFERENCES member (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  tag text NOT NULL,
  at timestamptz(6) NOT NULL,
  actor_id int,
  CONSTRAINT member_tag_pkey PRIMARY KEY (member_id, tag),
  CONSTRAINT member_tag_word CHECK (tag ~ '^[^\s:()<>="]{1,32}$' AND tag = lower(tag))
);
CREATE INDEX member_tag_tag_idx ON member_tag (tag);

-- One row per member with what segments ask most: kept in the transaction of the sale.
CREATE TABLE member_fact (
  member_id int NOT NULL REFERENCES member (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  first_at timestamptz(6),
  last_at timestamptz(6),
  visits int NOT NULL DEFAULT 0,
  spent_minor bigint NOT NULL DEFAULT 0,
  shop text,
  -- Recency, frequency and money, each 1 to 5, as of the last daily run: 555 is the best.
  rfm int,
  CONSTRAINT member_fact_pkey PRIMARY KEY (member_id),
  CONSTRAINT member_fact_not_negative CHECK (visits >= 0 AND spent_minor >= 0)
);

CREATE TABLE segment (
  id serial NOT NULL,
  name text NOT NULL,
  text text NOT NULL,
  actor_id int,
  created_at timestamptz(6) NOT NULL,
  updated_at timestamptz(6) NOT NULL,
  removed_at timestamptz(6),
  CONSTRAINT segment_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX segment_name_once ON segment (lower(name)) WHERE removed_at IS NULL;

-- A picture an owner sent, as it is sent on.
CREATE TABLE media (
  hash text NOT NULL,
  bytes bytea NOT NULL,
  created_at timestamptz(6) NOT NULL,
  CONSTRAINT media_pkey PRIMARY KEY (hash)
);

-- An owner's words. Append-only: a change is a new version. `slot`: `campaign:<id>:<variant>` or `journey:<key>`.
CREATE TABLE message_text (
  id serial NOT NULL,
  slot text NOT NULL,
  version int NOT NULL,
  texts jsonb NOT NULL,
  fallback text NOT NULL,
  actor_id int,
  at timestamptz(6) NOT NULL,
  CONSTRAINT message_text_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX message_text_slot_version_key ON message_text (slot, version);

CREATE TABLE campaign (
  id serial NOT NULL,
  kind text NOT NULL,
  -- Of a journey: which one.
  key text,
  name text NOT NULL,
  state text NOT NULL,
  -- Which mute silences it.
  topic text NOT NULL,
  lane text NOT NULL DEFAULT 'campaign',
  segment text NOT NULL DEFAULT '',
  picture text REFERENCES media (hash) ON DELETE RESTRICT ON UPDATE CASCADE,
  button jsonb,
  offer jsonb,
  ends_at timestamptz(6),
  schedule jsonb NOT NULL DEFAULT '{"kind": "now"}',
  budget jsonb NOT NULL DEFAULT '{}',
  control_percent int NOT NULL DEFAULT 0,
  variants jsonb NOT NULL DEFAULT '["a"]',
  test jsonb,
  winner text,
  window_days int NOT NULL DEFAULT 14,
  resend boolean NOT NULL DEFAULT false,
  paid boolean NOT NULL DEFAULT false,
  -- Of two messages that want the same place in somebody's week, the one worth more goes.
  worth int NOT NULL DEFAULT 0,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz(6) NOT NULL,
  created_by int,
  started_at timestamptz(6),
  started_by int,
  approved_by int,
  -- Members who came later are not meant; and how far the planning has come.
  upper_member int,
  planned_to int NOT NULL DEFAULT 0,
  planned_at timestamptz(6),
  ended_at timestamptz(6),
  -- What was given so far, by the budget's measures.
  given_coupons bigint NOT NULL DEFAULT 0,
  given_points bigint NOT NULL DEFAULT 0,
  given_minor bigint NOT NULL DEFAULT 0,
  -- The figures as they were when the window closed: they outlive the messages.
  result jsonb,
  CONSTRAINT campaign_pkey PRIMARY KEY (id),
  CONSTRAINT campaign_kind_known CHECK (kind IN ('broadcast', 'journey')),
  CONSTRAINT campaign_state_known CHECK (state IN ('draft', 'asked', 'scheduled', 'running', 'paused', 'stopped', 'done')),
  CONSTRAINT campaign_lane_known CHECK (lane IN ('service', 'campaign')),
  CONSTRAINT campaign_key_of_journeys CHECK ((kind = 'journey') = (key IS NOT NULL)),
  CONSTRAINT campaign_control_share CHECK (control_percent BETWEEN 0 AND 90),
  CONSTRAINT campaign_gives_within_budget CHECK (
    given_coupons BETWEEN 0 AND coalesce((budget ->> 'coupons')::bigint, given_coupons)
    AND given_points BETWEEN 0 AND coalesce((budget ->> 'points')::bigint, given_points)
    AND given_minor BETWEEN 0 AND coalesce((budget ->> 'minor')::bigint, given_minor))
);
CREATE UNIQUE INDEX campaign_key_key ON campaign (key);
CREATE INDEX campaign_state_idx ON campaign (state);

-- What happened to a campaign, and who did it. Append-only.
CREATE TABLE campaign_event (
  id bigserial NOT NULL,
  campaign_id int NOT NULL REFERENCES campaign (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  kind text NOT NULL,
  at timestamptz(6) NOT NULL,
  actor_id int,
  key text,
  details jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT campaign_event_pkey PRIMARY KEY (id)
);
CREATE INDEX campaign_event_campaign_id_idx ON campaign_event (campaign_id);
CREATE UNIQUE INDEX campaign_event_key_key ON campaign_event (key);

-- Who would have got it and did not, so that it can be seen what it brings. Append-only.
CREATE TABLE campaign_control (
  campaign_id int NOT NULL REFERENCES campaign (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  member_id int NOT NULL,
  -- Of a journey: which time it was.
  period text NOT NULL DEFAULT '',
  at timestamptz(6) NOT NULL,
  CONSTRAINT campaign_control_pkey PRIMARY KEY (campaign_id, member_id, period)
);
CREATE INDEX campaign_control_member_id_idx ON campaign_control (member_id);

-- What somebody did with a message, once for each kind. Append-only.
CREATE TABLE campaign_response (
  id bigserial NOT NULL,
  campaign_id int NOT NULL REFERENCES campaign (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  member_id int NOT NULL REFERENCES member (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  period text NOT NULL DEFAULT '',
  -- pressed (a link), claimed, answered
  kind text NOT NULL,
  variant text NOT NULL,
  -- The answer's place in the list, or the number on the scale.
  answer int,
  coupon_id bigint REFERENCES coupon (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  entry_id bigint REFERENCES entry (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  at timestamptz(6) NOT NULL,
  key text NOT NULL,
  CONSTRAINT campaign_response_pkey PRIMARY KEY (id),
  CONSTRAINT campaign_response_kind_known CHECK (kind IN ('pressed', 'claimed', 'answered'))
);
CREATE UNIQUE INDEX campaign_response_once ON campaign_response (campaign_id, member_id, period, kind);
CREATE INDEX campaign_response_member_id_idx ON campaign_response (member_id);

-- A message of a campaign is a delivery like every other. `topic`: which mute silences it (null: none can). `late_at`: after that it is not sent any more.
ALTER TABLE delivery
  ADD COLUMN campaign_id int,
  ADD COLUMN member_id int,
  ADD COLUMN variant text,
  ADD COLUMN period text,
  ADD COLUMN topic text,
  ADD COLUMN worth int NOT NULL DEFAULT 0,
  ADD COLUMN late_at timestamptz(6),
  ADD COLUMN resend boolean NOT NULL DEFAULT false;
CREATE INDEX delivery_of_campaign ON delivery (campaign_id, state) WHERE campaign_id IS NOT NULL;
CREATE INDEX delivery_of_member ON delivery (member_id, campaign_id) WHERE campaign_id IS NOT NULL;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['message_text', 'campaign_event', 'campaign_control', 'campaign_response'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t || '_append_only', t);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_no_truncate', t);
  END LOOP;
END $$;
CREATE TRIGGER campaign_no_delete BEFORE DELETE ON campaign FOR EACH ROW EXECUTE FUNCTION refuse_change();

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  GRANT SELECT ON member_tag, member_fact, segment, media, message_text, campaign, campaign_event, campaign_control, campaign_response TO regulars_app;
  GRANT INSERT, UPDATE, DELETE ON member_tag, segment TO regulars_app;
  GRANT INSERT ON media, message_text, campaign_event TO regulars_app;
  GRANT INSERT, UPDATE ON campaign TO regulars_app;
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO regulars_app;
END $$;
