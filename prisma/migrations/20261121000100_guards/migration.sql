-- What the database itself refuses, whoever asks.

-- 8 characters of Crockford base32 and a check character (docs/adr/0003-member-codes.md).
ALTER TABLE member ADD CONSTRAINT member_code_is_crockford CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{8}[0-9A-HJKMNP-Z]$');
ALTER TABLE staff ADD CONSTRAINT staff_role_known CHECK (role IN ('staff', 'owner'));
ALTER TABLE invitation ADD CONSTRAINT invitation_role_known CHECK (role IN ('staff', 'owner'));
ALTER TABLE program_version
  ADD CONSTRAINT program_rate_positive CHECK (earn_points > 0 AND earn_per_minor > 0 AND earn_points <= 1000000 AND earn_per_minor <= 1000000000),
  ADD CONSTRAINT program_welcome_not_negative CHECK (welcome_points BETWEEN 0 AND 1000000000),
  ADD CONSTRAINT program_expiry_positive CHECK (expiry_months BETWEEN 1 AND 1200);

ALTER TABLE wallet
  ADD CONSTRAINT wallet_balance_not_negative CHECK (balance BETWEEN 0 AND 9000000000000000),
  ADD CONSTRAINT wallet_debt_not_negative CHECK (debt BETWEEN 0 AND 9000000000000000),
  ADD CONSTRAINT wallet_version_not_negative CHECK (version >= 0);
ALTER TABLE carry
  ADD CONSTRAINT carry_below_a_point CHECK (denominator > 0 AND numerator < denominator);
ALTER TABLE sale
  ADD CONSTRAINT sale_amount_bounded CHECK (amount_minor BETWEEN 0 AND 1000000000),
  ADD CONSTRAINT sale_points_bounded CHECK (points BETWEEN 0 AND 1000000000);
ALTER TABLE refund ADD CONSTRAINT refund_not_negative CHECK (points_taken >= 0 AND points_owed >= 0);
ALTER TABLE entry
  ADD CONSTRAINT entry_moves_something CHECK (delta <> 0 OR debt <> 0),
  ADD CONSTRAINT entry_bounded CHECK (abs(delta) <= 1000000000 AND abs(debt) <= 1000000000),
  ADD CONSTRAINT entry_balance_not_negative CHECK (balance_after >= 0),
  ADD CONSTRAINT entry_debt_not_negative CHECK (debt_after >= 0),
  ADD CONSTRAINT entry_version_positive CHECK (version > 0),
  ADD CONSTRAINT entry_kind_known CHECK (kind IN ('credit', 'welcome', 'grant', 'undo', 'spend', 'expire', 'debt'));
ALTER TABLE lot
  ADD CONSTRAINT lot_earned_positive CHECK (earned > 0),
  ADD CONSTRAINT lot_remaining_within_earned CHECK (remaining BETWEEN 0 AND earned);
ALTER TABLE allocation ADD CONSTRAINT allocation_positive CHECK (amount > 0);
ALTER TABLE delivery
  ADD CONSTRAINT delivery_state_known CHECK (state IN ('planned', 'claimed', 'sending', 'sent', 'failed', 'retry', 'unknown', 'dropped')),
  ADD CONSTRAINT delivery_lane_known CHECK (lane IN ('service', 'campaign')),
  ADD CONSTRAINT delivery_place_known CHECK (place IN ('chat', 'home'));

-- A receipt counts once; after an undo it may be typed again, correctly.
CREATE UNIQUE INDEX sale_receipt_once ON sale (receipt) WHERE undone_at IS NULL;
-- What can still be spent, in the order in which it is spent; and what is due to expire.
CREATE INDEX lot_spendable ON lot (member_id, expires_at, earned_at, id) WHERE remaining > 0;
CREATE INDEX lot_due ON lot (expires_at) WHERE remaining > 0 AND expires_at IS NOT NULL;
-- The queue's door: what is due, per channel, service first.
CREATE INDEX delivery_due ON delivery (channel, lane DESC, not_before, id) WHERE state IN ('planned', 'retry');
CREATE INDEX delivery_leased ON delivery (lease_until) WHERE state IN ('claimed', 'sending');

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'RG002';
END $$;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['entry', 'allocation', 'refund', 'consent', 'program_version'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t || '_append_only', t);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_no_truncate', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['sale', 'lot', 'wallet'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t || '_no_delete', t);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_no_truncate', t);
  END LOOP;
END $$;

CREATE TRIGGER lot_keeps_its_date BEFORE UPDATE OF entry_id, member_id, earned, earned_at, expires_at ON lot
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sale_keeps_its_price
  BEFORE UPDATE OF member_id, amount_minor, currency, receipt, items, shop, at, created_at, actor_id, key, request_hash, snapshot, points, balance_after
  ON sale FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_second_undo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.undone_at IS NOT NULL THEN
    RAISE EXCEPTION 'sale % is undone for good', OLD.id USING ERRCODE = 'RG002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sale_undone_once BEFORE UPDATE OF undone_at ON sale FOR EACH ROW EXECUTE FUNCTION refuse_second_undo();
