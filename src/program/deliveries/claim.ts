import type { Database, Statement } from '../context.ts';
import type { Lane } from './lane.ts';

/** A delivery that one worker holds, with everything that is needed to send it. */
export type Claimed = {
  id: number;
  notice: string;
  params: Record<string, unknown>;
  personId: number;
  addressId: number;
  channel: string;
  place: 'chat' | 'home';
  lane: Lane;
  /** How often it was sent before. */
  attempt: number;
  /** How often nobody knew whether it had arrived. */
  doubts: number;
  /** Of a campaign: which, for whom, in which wording, and for a journey which time it is. Null: of none. */
  campaignId: number | null;
  memberId: number | null;
  variant: string | null;
  period: string | null;
  /** Which mute silences it; null: none can. */
  topic: string | null;
  /** What to do with a message of a campaign when nobody knows whether it arrived: send it again, or leave it. */
  resend: boolean;
  /** The message that is painted anew, as its channel names it; null: it is sent as a new one. */
  shown: string | null;
  /** The worker that holds it. */
  worker: string;
  /** Null: the address is gone. */
  address: { user: string; chat: string; dead: boolean } | null;
  /** The language of the person; null: they have not chosen one. */
  language: string | null;
  /** The name of the person that `params.person` names. */
  name: string | null;
};

type Row = Omit<Claimed, 'address' | 'worker'> & { user: string | null; chat: string; dead: boolean };

// One message per chat at a time, in order, and none while the chat rests: `lease_until` of a sent row is the end of its rest. What a campaign that does
// not run holds back is in nobody's way.
// OFFSET 0 keeps the question per row, in the order of the index, instead of joining the whole table.
const free = `NOT EXISTS (
  SELECT 1 FROM delivery o WHERE o.person_id = d.person_id AND o.address_id = d.address_id AND o.place = d.place AND o.id <> d.id AND (
    o.state IN ('claimed', 'sending') OR o.lease_until > clock_timestamp()
    OR (o.state IN ('planned', 'retry') AND o.not_before <= $2
      AND (o.lane > d.lane OR (o.lane = d.lane AND (o.not_before, o.id) < (d.not_before, d.id)))
      AND (o.campaign_id IS NULL OR EXISTS (SELECT 1 FROM campaign c WHERE c.id = o.campaign_id AND c.state = 'running'))))
  OFFSET 0)`;
const due = "d.channel = $1 AND d.state IN ('planned', 'retry') AND d.not_before <= $2";

// What people wait for, and beside it each running campaign's own, so that a paused one costs nothing however much of it waits.
const claim: Statement = {
  name: 'delivery_claim',
  text: `
    WITH pause AS (
      SELECT 1 FROM setting s WHERE s.key = 'pause:' || $1 AND (s.value ->> 'untilMs')::float8 > extract(epoch FROM clock_timestamp()) * 1000
    ), own AS (
      SELECT d.id, d.lane, d.not_before FROM delivery d
      WHERE d.campaign_id IS NULL AND $6::boolean IS NOT TRUE AND ${due} AND NOT EXISTS (SELECT 1 FROM pause) AND ${free}
      ORDER BY d.lane DESC, d.not_before, d.id LIMIT $3 FOR UPDATE OF d SKIP LOCKED
    ), many AS (
      SELECT m.* FROM campaign c CROSS JOIN LATERAL (
        SELECT d.id, d.lane, d.not_before FROM delivery d
        WHERE d.campaign_id = c.id AND ${due} AND ${free}
        ORDER BY d.not_before, d.id LIMIT $3 FOR UPDATE OF d SKIP LOCKED) m
      WHERE c.state = 'running' AND c.paid = coalesce($6, c.paid) AND NOT EXISTS (SELECT 1 FROM pause)
    ), taken AS (
      UPDATE delivery d SET state = 'claimed', leased_by = $4, lease_until = clock_timestamp() + make_interval(secs => $5::float8 / 1000)
      FROM (SELECT * FROM own UNION ALL SELECT * FROM many ORDER BY lane DESC, not_before, id LIMIT $3) due
      WHERE d.id = due.id RETURNING d.*
    )
    SELECT t.id, t.notice, t.params, t.person_id AS "personId", t.address_id AS "addressId", t.channel, t.place, t.lane, t.attempt,
      coalesce((t.result ->> 'doubts')::int, 0) AS doubts, a.user_id AS "user", a.chat_id AS chat, a.dead_at IS NOT NULL AS dead,
      t.campaign_id AS "campaignId", t.member_id AS "memberId", t.variant, t.period, t.topic, t.resend, p.language, o.name,
      CASE WHEN t.notice = 'broadcast-progress' AND t.result ->> 'chat' = a.chat_id THEN t.result ->> 'message' END AS shown
    FROM taken t LEFT JOIN address a ON a.id = t.address_id AND a.channel = t.channel LEFT JOIN person p ON p.id = t.person_id
      LEFT JOIN person o ON o.id = CASE WHEN t.params ->> 'person' ~ '^[0-9]{1,9}$' THEN (t.params ->> 'person')::int END
    ORDER BY t.lane DESC, t.not_before, t.id`,
};

/**
 * Takes up to `limit` due messages of a channel for a worker, service before campaign, until `leaseMs` from now by the database's
 * clock. `now` is program time. Nothing while the channel is paused. `paid`: only messages of paid campaigns, or only others; absent: all.
 */
export async function claimDue(options: {
  db: Database;
  channel: string;
  worker: string;
  now: Date;
  limit: number;
  leaseMs: number;
  paid?: boolean;
}): Promise<Claimed[]> {
  const { db, channel, worker, now, limit, leaseMs, paid } = options;
  const rows = await db.run<Row>(claim, [channel, now, limit, worker, leaseMs, paid ?? null]);
  return rows.map(({ user, chat, dead, ...row }) => ({ ...row, worker, address: user === null ? null : { user, chat, dead } }));
}

const giveBackAll: Statement = {
  name: 'delivery_give_back',
  text: `UPDATE delivery SET state = 'planned', leased_by = NULL, lease_until = NULL WHERE id = ANY($1::bigint[]) AND state = 'claimed' AND leased_by = $2`,
};

/** Lets go of messages that were claimed and not begun. */
export async function giveBack(db: Database, worker: string, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await db.run(giveBackAll, [ids, worker]);
}
