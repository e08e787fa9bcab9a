-- Statements that run for every event must not change their plan with the size of a table. A plan is made once and kept; made while a
-- table was nearly empty it reads the whole table, and goes on doing so while the table grows and fills with dead rows (measured: a credit
-- took twice as long). Everything below looks rows up by key, so reading whole tables is ruled out for these functions.

-- Everything that is known when an event arrives, as one JSON value: the client pays for each column more than for parsing them together.
-- Every table is reached through one index probe.
CREATE FUNCTION arrival(p_channel text, p_user text, p_place text, p_key text, p_now timestamptz, p_chat text) RETURNS json
  LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
  RETURN (SELECT row_to_json(known) FROM (
    SELECT p.id AS person_id, p.name, p.language, s.role, m.id AS member_id, m.code, w.balance, w.debt,
      (SELECT l.expires_at FROM lot l WHERE l.member_id = m.id AND l.remaining > 0 ORDER BY l.expires_at, l.earned_at, l.id LIMIT 1) AS next_expiry,
      coalesce(a.dead_at IS NOT NULL OR a.used_at < p_now - interval '1 hour' OR a.chat_id <> p_chat, false) AS stale,
      CASE WHEN c.stamp IS NOT NULL THEN json_build_object('command', c.command, 'answers', c.answers, 'stamp', c.stamp) END AS asked,
      CASE WHEN i.key IS NOT NULL THEN json_build_object('key', i.key, 'user', i.user_id, 'request', i.request) END AS done,
      json_build_object('version', v.id, 'earnPoints', v.earn_points, 'earnPerMinor', v.earn_per_minor, 'carryRemainder', v.carry_remainder,
        'welcomePoints', v.welcome_points, 'expiryMonths', v.expiry_months) AS program
    FROM (SELECT * FROM program_version WHERE starts_at <= p_now ORDER BY starts_at DESC, id DESC LIMIT 1) v
      LEFT JOIN address a ON a.channel = p_channel AND a.user_id = p_user
      LEFT JOIN person p ON p.id = a.person_id
      LEFT JOIN staff s ON s.person_id = p.id
      LEFT JOIN member m ON m.person_id = p.id
      LEFT JOIN wallet w ON w.member_id = m.id
      LEFT JOIN conversation c ON c.channel = p_channel AND c.user_id = p_user AND c.place = p_place
      LEFT JOIN inbox i ON i.key = p_key
  ) known);
END $$;

DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    AND proname IN ('ledger_credit', 'ledger_refund', 'ledger_spend', 'ledger_expire', 'ledger_import', 'member_join') LOOP
    EXECUTE format('ALTER FUNCTION %s SET enable_seqscan = off', f);
  END LOOP;
END $$;

-- Rows that change at every event: room on their page for the next version spares the indexes.
ALTER TABLE wallet SET (fillfactor = 80);
ALTER TABLE carry SET (fillfactor = 80);
ALTER TABLE conversation SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500);
