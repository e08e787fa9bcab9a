-- Importing a purchase history: many purchases in one call, each as if it had been credited alone.

-- What a running import has met so far: how often a row with this content came (so that two equal purchases of one day are two) and
-- whose it is. Forgotten when the import ends. Unlogged: after a crash of the server the import is run again and counts anew.
CREATE UNLOGGED TABLE "import_seen" (
    "run" UUID NOT NULL,
    "content" TEXT NOT NULL,
    "member_id" INTEGER NOT NULL,
    "times" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "import_seen_pkey" PRIMARY KEY ("run","content")
);

-- The member that a row of a file is for: by member code when it is one, else by what the file calls them, made when unknown.
CREATE FUNCTION import_member(p_ref text, p_code text, p_spare text, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE found_id int;
BEGIN
  IF p_code IS NOT NULL THEN
    SELECT id INTO found_id FROM member WHERE code = p_code;
    IF FOUND THEN RETURN found_id; END IF;
  END IF;
  found_id := member_imported(p_ref, p_spare, p_at);
  -- A file need not be sorted: a member without a chat has been one since the first purchase.
  UPDATE member SET joined_at = p_at WHERE id = found_id AND person_id IS NULL AND joined_at > p_at;
  RETURN found_id;
END $$;

-- Credits purchases (an array of line, member, code, spare, at, amount, receipt, items, shop, content, ends) for an import. A row's
-- key is its content and its number among equal rows of the file, so that a file imported again, even longer or in another order,
-- adds nothing. A row that is refused leaves no trace and stops no other. Nobody is told, nobody is welcomed.
-- Returns imported, known, amountMinor and points of both, `refused` (line, code, params) and `again` (lines whose spare code was
-- taken: to be sent with another).
CREATE FUNCTION ledger_import(p_run uuid, p_now timestamptz, p_currency text, p_version int, p_points bigint, p_per bigint, p_carry boolean, p_rows jsonb)
  RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE r record; who int; ordinal int; row_key text; before record; given jsonb; said text; detail text;
  imported int := 0; known int := 0; amount bigint := 0; points bigint := 0; refused jsonb := '[]'; again jsonb := '[]';
BEGIN
  -- Two imports at once would lock wallets in the order of two files: they take turns.
  PERFORM pg_advisory_xact_lock(hashtext('ledger_import'));
  FOR r IN SELECT * FROM jsonb_to_recordset(p_rows) AS x(line int, member text, code text, spare text, at timestamptz, amount bigint, receipt text,
    items int, shop text, content text, ends timestamptz)
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
        given := ledger_credit(row_key, NULL, p_now, NULL, who, r.amount, p_currency, r.receipt, r.items, r.shop, r.at, p_version, p_points, p_per, p_carry,
          r.ends, false);
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

-- Ends an import: how many members its purchases are of. Also forgets what imports that were killed have left.
CREATE FUNCTION ledger_import_end(p_run uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE members int;
BEGIN
  SELECT count(DISTINCT member_id) INTO members FROM import_seen WHERE run = p_run;
  DELETE FROM import_seen WHERE run = p_run OR at < clock_timestamp() - interval '1 day';
  RETURN members;
END $$;

REVOKE EXECUTE ON FUNCTION import_member FROM PUBLIC;
