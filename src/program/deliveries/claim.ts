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

// One message per chat at a time, in order, and none while the chat rests: `lease_until` of a sent row is the end of its rest.
// OFFSET 0 keeps the question per row, in the order of the index, instead of joining the whole table.
const claim: Statement = {
  name: 'delivery_claim',
  text: `
    WITH due AS (
      SELECT d.id FROM delivery d
      WHERE d.channel = $1 AND d.state IN ('planned', 'retry') AND d.not_before <= $2
        AND NOT EXISTS (
          SELECT 1 FROM setting s WHERE s.key = 'pause:' || $1 AND (s.value ->> 'untilMs')::float8 > extract(epoch FROM clock_timestamp()) * 1000)
        AND NOT EXISTS (
          SELECT 1 FROM delivery o WHERE o.person_id = d.person_id AND o.address_id = d.address_id AND o.place = d.place AND o.id <> d.id AND (
            o.state IN ('claimed', 'sending') OR o.lease_until > clock_timestamp()
            OR (o.state IN ('planned', 'retry') AND o.not_before <= $2
              AND (o.lane > d.lane OR (o.lane = d.lane AND (o.not_before, o.id) < (d.not_before, d.id)))))
          OFFSET 0)
      ORDER BY d.lane DESC, d.not_before, d.id LIMIT $3 FOR UPDATE OF d SKIP LOCKED
    ), taken AS (
      UPDATE delivery d SET state = 'claimed', leased_by = $4, lease_until = clock_timestamp() + make_interval(secs => $5::float8 / 1000)
      FROM due WHERE d.id = due.id RETURNING d.*
    )
    SELECT t.id, t.notice, t.params, t.person_id AS "personId", t.address_id AS "addressId", t.channel, t.place, t.lane, t.attempt,
      coalesce((t.result ->> 'doubts')::int, 0) AS doubts, a.user_id AS "user", a.chat_id AS chat, a.dead_at IS NOT NULL AS dead,
      p.language, o.name
    FROM taken t LEFT JOIN address a ON a.id = t.address_id AND a.channel = t.channel LEFT JOIN person p ON p.id = t.person_id
      LEFT JOIN person o ON o.id = CASE WHEN t.params ->> 'person' ~ '^[0-9]{1,9}$' THEN (t.params ->> 'person')::int END
    ORDER BY t.lane DESC, t.not_before, t.id`,
};

/**
 * Takes up to `limit` due messages of a channel for a worker, service before campaign, until `leaseMs` from now by the database's
 * clock. `now` is program time. Nothing while the channel is paused.
 */
export async function claimDue(options: {
  db: Database;
  channel: string;
  worker: string;
  now: Date;
  limit: number;
  leaseMs: number;
}): Promise<Claimed[]> {
  const { db, channel, worker, now, limit, leaseMs } = options;
  const rows = await db.run<Row>(claim, [channel, now, limit, worker, leaseMs]);
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
