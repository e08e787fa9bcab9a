-- Joining, importing, and the rights of the application's role.

-- The person behind an address, made when new. Two events of one stranger at once: the second waits and finds the first's.
CREATE FUNCTION person_at(p_channel text, p_user text, p_chat text, p_name text, p_language text, p_now timestamptz) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_id int;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('address:' || p_channel || ':' || p_user, 0));
  SELECT person_id INTO found_id FROM address WHERE channel = p_channel AND user_id = p_user;
  IF FOUND THEN
    UPDATE address SET chat_id = p_chat, used_at = p_now, dead_at = NULL WHERE channel = p_channel AND user_id = p_user;
    RETURN found_id;
  END IF;
  INSERT INTO person (name, language, created_at) VALUES (p_name, p_language, p_now) RETURNING id INTO found_id;
  INSERT INTO address (person_id, channel, user_id, chat_id, used_at) VALUES (found_id, p_channel, p_user, p_chat, p_now);
  RETURN found_id;
END $$;

-- Joins the person behind an address: card, wallet and welcome bonus in one. Joining again gives the same card and no second bonus.
-- A code that is already somebody's raises unique_violation on member_code_key: the caller comes back with another.
CREATE FUNCTION member_join(p_key text, p_origin jsonb, p_now timestamptz, p_channel text, p_user text, p_chat text, p_name text, p_language text,
  p_code text, p_version int, p_welcome bigint, p_expires_at timestamptz) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE who int; m member; already boolean; balance_now bigint;
BEGIN
  who := person_at(p_channel, p_user, p_chat, p_name, p_language, p_now);
  PERFORM 1 FROM person WHERE id = who FOR UPDATE;
  SELECT * INTO m FROM member WHERE person_id = who;
  already := FOUND;
  IF NOT already THEN
    INSERT INTO member (person_id, code, joined_at) VALUES (who, p_code, p_now) RETURNING * INTO m;
    INSERT INTO wallet (member_id, head) VALUES (m.id, '');
    IF p_welcome > 0 THEN
      PERFORM points_give(m.id, 'welcome', p_welcome, 'welcome:' || who, request_hash('welcome', who::text), NULL, NULL, p_now, p_expires_at,
        jsonb_build_object('version', p_version));
    END IF;
    PERFORM delivery_plan(who, 'welcome', '{}', 'welcome:' || who, p_now);
    PERFORM home_plan(who, 'joined', p_now);
  END IF;
  PERFORM inbox_note(p_key, p_origin, p_now);
  SELECT balance INTO balance_now FROM wallet WHERE member_id = m.id;
  RETURN jsonb_build_object('personId', who, 'memberId', m.id, 'code', m.code, 'already', already, 'balance', balance_now);
END $$;

-- The member that an imported file calls `p_ref`, made (without a chat, without a welcome bonus) when unknown.
CREATE FUNCTION member_imported(p_ref text, p_code text, p_joined_at timestamptz) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_id int;
BEGIN
  SELECT id INTO found_id FROM member WHERE external_ref = p_ref;
  IF FOUND THEN RETURN found_id; END IF;
  INSERT INTO member (code, external_ref, joined_at) VALUES (p_code, p_ref, p_joined_at) ON CONFLICT (external_ref) DO NOTHING RETURNING id INTO found_id;
  IF found_id IS NULL THEN
    SELECT id INTO found_id FROM member WHERE external_ref = p_ref;
  ELSE
    INSERT INTO wallet (member_id, head) VALUES (found_id, '');
  END IF;
  RETURN found_id;
END $$;

-- The application's role reads everything, writes what is not money, and moves points only through the functions above. Where
-- roles may not be created (some managed hosts), the checks and triggers stand alone.
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN
    CREATE ROLE regulars_app NOLOGIN;
  END IF;
  EXECUTE format('GRANT regulars_app TO %I', current_user);
EXCEPTION
  WHEN insufficient_privilege THEN RAISE NOTICE 'regulars_app was not created: this user may not create roles';
  WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN RETURN; END IF;
  GRANT USAGE ON SCHEMA public TO regulars_app;
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO regulars_app;
  GRANT INSERT, UPDATE, DELETE ON person, address, member, staff, invitation, inbox, conversation, delivery, upload, poison, setting, attempt,
    playground_message TO regulars_app;
  GRANT INSERT ON consent, program_version TO regulars_app;
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO regulars_app;
  REVOKE EXECUTE ON FUNCTION ledger_append, lots_take, wallet_expire, points_give FROM PUBLIC;
END $$;
