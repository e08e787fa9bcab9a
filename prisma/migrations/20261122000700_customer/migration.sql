-- What somebody wants to hear, when two people turn out to be one: what either of them muted stays muted, and hours and place that only one of them had told
-- count for both. As before for everything else.
CREATE OR REPLACE FUNCTION person_absorb(p_kept int, p_gone int, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE addresses jsonb; number record; kept_says consent; gone_says consent; came jsonb := '{}';
BEGIN
  SELECT coalesce(jsonb_agg(id), '[]') INTO addresses FROM address WHERE person_id = p_gone;
  UPDATE address SET person_id = p_kept WHERE person_id = p_gone;
  -- With what still goes, what one of them got this week: it counts for both.
  UPDATE delivery SET person_id = p_kept
    WHERE person_id = p_gone AND (state IN ('planned', 'retry', 'claimed', 'sending') OR sent_at > p_now - interval '168 hours');
  SELECT phone, phone_at INTO number FROM person WHERE id = p_gone;
  UPDATE person SET phone = NULL, phone_at = NULL WHERE id = p_gone AND phone IS NOT NULL;
  UPDATE person SET phone = number.phone, phone_at = number.phone_at WHERE id = p_kept AND phone IS NULL AND number.phone IS NOT NULL;
  -- Not the number itself: this is never changed, and a number can be erased.
  IF FOUND THEN came := jsonb_build_object('phoneAt', number.phone_at); END IF;
  UPDATE person k SET language = coalesce(k.language, g.language), quiet = coalesce(k.quiet, g.quiet), time_zone = coalesce(k.time_zone, g.time_zone)
    FROM person g WHERE k.id = p_kept AND g.id = p_gone;
  SELECT * INTO kept_says FROM consent WHERE person_id = p_kept AND kind = 'marketing' ORDER BY id DESC LIMIT 1;
  SELECT * INTO gone_says FROM consent WHERE person_id = p_gone AND kind = 'marketing' ORDER BY id DESC LIMIT 1;
  IF gone_says.id IS NOT NULL AND (kept_says.id IS NULL OR (kept_says.granted AND NOT gone_says.granted)) THEN
    INSERT INTO consent (person_id, kind, granted, wording, at) VALUES (p_kept, 'marketing', gone_says.granted, gone_says.wording, p_now)
      RETURNING * INTO kept_says;
    came := came || jsonb_build_object('consent', kept_says.id);
  END IF;
  INSERT INTO consent (person_id, kind, granted, wording, at)
    SELECT p_kept, said.kind, false, said.wording, p_now
    FROM (SELECT DISTINCT ON (kind) kind, granted, wording FROM consent WHERE person_id = p_gone AND kind <> 'marketing' ORDER BY kind, id DESC) said
    WHERE NOT said.granted AND NOT said.kind = ANY (SELECT unnest(muted) FROM person WHERE id = p_kept);
  RETURN came || jsonb_build_object('addresses', addresses, 'person', p_gone);
END $$;
