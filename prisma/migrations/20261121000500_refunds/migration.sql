-- A sale can be taken back in parts, by money. An undo is the refund of all that is left of it: one mechanism for both.

-- AlterTable
ALTER TABLE "sale" ADD COLUMN     "refunded_minor" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "refund" ADD COLUMN     "amount_minor" BIGINT,
ADD COLUMN     "points_back" BIGINT;

-- What was undone so far was undone whole. `points_back` is what its money had earned: what was taken or owed, and what had expired of it
-- by then. Where all of it had expired, a sale with a carried remainder may have kept a point or not: nothing tells any more, it stays null.
ALTER TABLE refund DISABLE TRIGGER refund_append_only;
UPDATE refund r SET amount_minor = s.amount_minor,
  points_back = CASE WHEN b.gone >= s.points AND s.points > 0 AND (s.snapshot ->> 'carry')::boolean THEN NULL
    WHEN (s.snapshot ->> 'carry')::boolean THEN least(s.points, r.points_taken + r.points_owed + b.gone) ELSE s.points END
  FROM sale s CROSS JOIN LATERAL (
    SELECT coalesce(sum(a.amount), 0) AS gone FROM entry e JOIN lot l ON l.entry_id = e.id JOIN allocation a ON a.lot_id = l.id JOIN entry x ON x.id = a.entry_id
      WHERE e.sale_id = s.id AND x.kind = 'expire' AND x.at <= (SELECT u.at FROM refund u WHERE u.sale_id = s.id)
  ) b WHERE s.id = r.sale_id;
ALTER TABLE refund ENABLE TRIGGER refund_append_only;
UPDATE sale SET refunded_minor = amount_minor WHERE undone_at IS NOT NULL;

-- AlterTable
ALTER TABLE "refund" ALTER COLUMN "amount_minor" SET NOT NULL;

-- DropIndex
DROP INDEX "refund_sale_id_key";

-- CreateIndex
CREATE INDEX "refund_sale_id_idx" ON "refund"("sale_id");

-- A receipt that is no longer in force is looked up too: whoever asks for it learns that it was taken back, and when.
CREATE INDEX sale_receipt_undone ON sale (receipt) WHERE undone_at IS NOT NULL;

-- A sale of nothing (a receipt of 0.00) is undone without any money going back.
ALTER TABLE sale
  ADD CONSTRAINT sale_refunded_within_amount CHECK (refunded_minor BETWEEN 0 AND amount_minor),
  ADD CONSTRAINT sale_undone_when_refunded
    CHECK (CASE WHEN amount_minor = 0 THEN true ELSE (undone_at IS NOT NULL) = (refunded_minor = amount_minor) END);
ALTER TABLE refund ADD CONSTRAINT refund_amounts_not_negative CHECK (amount_minor >= 0 AND points_back >= 0);

CREATE FUNCTION refuse_less_refunded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.refunded_minor < OLD.refunded_minor THEN
    RAISE EXCEPTION 'what was refunded of sale % stays refunded', OLD.id USING ERRCODE = 'RG002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sale_refunded_grows BEFORE UPDATE OF refunded_minor ON sale FOR EACH ROW EXECUTE FUNCTION refuse_less_refunded();

-- ledger_credit writes a whole row of `sale`, and knows only the columns it sets: a default would not be used.
CREATE FUNCTION sale_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.refunded_minor := 0;
  RETURN NEW;
END $$;
CREATE TRIGGER sale_begins_unrefunded BEFORE INSERT ON sale FOR EACH ROW WHEN (NEW.refunded_minor IS NULL) EXECUTE FUNCTION sale_begins();

DROP FUNCTION ledger_undo;

-- Takes money of a sale back, and the points it had earned; `p_amount` null: all that is left of it. `p_window`: within it the person who
-- credited may do so, afterwards and for others' sales only an owner (an undo); null: anybody who works here (a refund).
--
-- Points: the money leaves the member's running total, under the sale's own rate. With a carried remainder of c (in 1/per of a point) and
-- m = refunded money × points, ceil((m − c) / per) points go back, never more than the sale gave less what went back for it before, and
-- c − m + back × per is carried from then on: any parts add up to the whole. m is rounded down over all that was refunded of the sale, not
-- part by part, when the carried remainder has got other units since. Without a remainder, what the rest of the sale would give stays.
--
-- Taken: what goes back, less what has expired of the sale, less what was taken for it before. From its own lots, then from others, and
-- what is no longer there is owed. Refuses: sale.unknown, ledger.already_undone, ledger.undo_too_late, ledger.undo_not_yours, staff.only,
-- ledger.key_reused, refund.not_positive, refund.too_much.
CREATE FUNCTION ledger_refund(p_key text, p_origin jsonb, p_now timestamptz, p_actor int, p_sale bigint, p_amount bigint, p_window interval)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE w wallet; s sale; r refund; c carry; request bytea; actor_role text; owner_id int; owner_name text; rate numeric; per numeric; money numeric;
  refunded bigint; back_before bigint; taken_before bigint; gone bigint; due bigint; entry_id bigint;
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
    IF s.undone_at IS NOT NULL THEN
      PERFORM refuse('ledger.already_undone', jsonb_build_object('receipt', s.receipt, 'at', s.undone_at));
    END IF;
    IF p_actor IS NOT NULL THEN
      SELECT role INTO actor_role FROM staff WHERE person_id = p_actor;
      IF actor_role IS NULL THEN PERFORM refuse('staff.only'); END IF;
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

    SELECT coalesce(sum(x.points_back), 0), coalesce(sum(x.points_taken + x.points_owed), 0) INTO back_before, taken_before
      FROM refund x WHERE x.sale_id = s.id;
    rate := (s.snapshot ->> 'points')::numeric; per := (s.snapshot ->> 'per')::numeric;
    -- div() is exact where the quotient of two numerics may be rounded.
    IF (s.snapshot ->> 'carry')::boolean THEN
      SELECT * INTO c FROM carry WHERE member_id = s.member_id AND rule = s.snapshot ->> 'rule' FOR UPDATE;
      money := div(refunded * rate * c.denominator, per) - div(s.refunded_minor * rate * c.denominator, per);
      r.points_back := least(div(money - c.numerator + c.denominator - 1, c.denominator), s.points - back_before);
      UPDATE carry SET numerator = c.numerator - money + r.points_back * c.denominator WHERE member_id = s.member_id AND rule = c.rule;
    ELSE
      r.points_back := s.points - back_before - div((s.amount_minor - refunded) * rate, per);
    END IF;
    SELECT coalesce(sum(a.amount), 0) INTO gone FROM lot l JOIN allocation a ON a.lot_id = l.id
      WHERE l.entry_id = ANY (ARRAY(SELECT id FROM entry WHERE sale_id = s.id)) AND (SELECT kind FROM entry x WHERE x.id = a.entry_id) = 'expire';
    due := greatest(0, greatest(0, back_before + r.points_back - gone) - taken_before);
    r.points_taken := least(due, w.balance); r.points_owed := due - r.points_taken;
    r.balance_after := w.balance - r.points_taken;
    IF due > 0 THEN
      entry_id := ledger_append(s.member_id, 'undo', -r.points_taken, r.points_owed, p_key, request, p_actor, s.id, p_now,
        CASE WHEN r.amount_minor = s.amount_minor THEN '{}' ELSE jsonb_build_object('amountMinor', r.amount_minor) END);
      IF r.points_taken > 0 THEN PERFORM lots_take(s.member_id, entry_id, r.points_taken, s.id); END IF;
    END IF;
    UPDATE sale SET refunded_minor = refunded, undone_at = CASE WHEN refunded = s.amount_minor THEN p_now END WHERE id = s.id;
    INSERT INTO refund (sale_id, amount_minor, points_back, points_taken, points_owed, balance_after, at, actor_id, key, request_hash)
      VALUES (s.id, r.amount_minor, r.points_back, r.points_taken, r.points_owed, r.balance_after, p_now, p_actor, p_key, request)
      ON CONFLICT (key) DO NOTHING RETURNING id INTO r.id;
    IF NOT FOUND THEN PERFORM refuse('ledger.key_reused'); END IF;
    -- A sale taken back at once is a purchase that never was; a part of one is told with both sums.
    IF r.amount_minor = s.amount_minor THEN
      PERFORM delivery_plan(owner_id, 'undone', jsonb_build_object('sale', s.id, 'points', r.points_taken, 'owed', r.points_owed, 'balance', r.balance_after,
        'amountMinor', s.amount_minor, 'currency', s.currency, 'receipt', s.receipt), 'undone:' || s.id, p_now);
    ELSE
      PERFORM delivery_plan(owner_id, 'refunded', jsonb_build_object('sale', s.id, 'points', r.points_taken, 'owed', r.points_owed, 'balance', r.balance_after,
        'amountMinor', r.amount_minor, 'paidMinor', s.amount_minor, 'currency', s.currency, 'receipt', s.receipt), 'refunded:' || r.id, p_now);
    END IF;
    PERFORM home_plan(owner_id, s.id || ':refund:' || r.id, p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  RETURN jsonb_build_object('saleId', s.id, 'memberId', s.member_id, 'name', owner_name, 'receipt', s.receipt, 'points', r.points_taken, 'owed', r.points_owed,
    'balance', r.balance_after, 'amountMinor', r.amount_minor, 'paidMinor', s.amount_minor, 'leftMinor', s.amount_minor - refunded, 'currency', s.currency);
END $$;
