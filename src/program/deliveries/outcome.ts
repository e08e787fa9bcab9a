import type { Database, Statement } from '../context.ts';
import type { Claimed } from './claim.ts';
import { afterDoubt, doubtsMax } from './lane.ts';

// A late report counts as long as nobody has begun to send again: the attempt says so.
const sent: Statement = {
  name: 'delivery_sent',
  text: `
    UPDATE delivery d SET state = 'sent', leased_by = NULL, lease_until = clock_timestamp() + make_interval(secs => $5::float8 / 1000),
      result = coalesce(d.result, '{}') || jsonb_build_object('message', a.message, 'chat', a.chat)
    FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[]) a (id, attempt, message, chat)
    WHERE d.id = a.id AND d.attempt = a.attempt AND d.state IN ('sending', 'retry', 'unknown', 'claimed')`,
};

/** A message that arrived, as the messenger names it. */
export type Arrived = { row: Claimed; message: { chat: string; id: string } };

/** They arrived. Their chats get no other message for `restMs`. */
export async function markSent(db: Database, arrived: readonly Arrived[], restMs: number): Promise<void> {
  const rows = arrived.map(({ row }) => row);
  const messages = arrived.map(({ message }) => message);
  const columns = [rows.map(({ id }) => id), rows.map(({ attempt }) => attempt)];
  await db.run(sent, [...columns, messages.map(({ id }) => id), messages.map(({ chat }) => chat), restMs]);
}

const ended: Statement = {
  name: 'delivery_ended',
  text: `
    UPDATE delivery SET state = $4, leased_by = NULL, lease_until = NULL, attempt = attempt + $5, not_before = coalesce($6, not_before),
      sent_at = CASE WHEN $8 OR coalesce((result ->> 'doubts')::int, 0) > 0 THEN sent_at END, result = coalesce(result, '{}') || $7::jsonb
    WHERE id = $1 AND leased_by = $2 AND attempt = $3 AND state IN ('claimed', 'sending')`,
};

type End = { state: string; notBefore?: Date; result?: Record<string, unknown>; attempts?: number; doubtful?: boolean };

async function end(
  db: Database,
  row: Claimed,
  { state, notBefore, result = {}, attempts = 0, doubtful = false }: End,
): Promise<void> {
  await db.run(ended, [row.id, row.worker, row.attempt, state, attempts, notBefore ?? null, JSON.stringify(result), doubtful]);
}

/** It will not arrive. `code` says why in a word, `error` what was thrown, without texts (see `errorName`). */
export async function markFailed(db: Database, row: Claimed, code: string, error?: string): Promise<void> {
  await end(db, row, { state: 'failed', result: { code, ...(error === undefined ? {} : { error }) } });
}

/** Nothing to say any more. */
export async function markDropped(db: Database, row: Claimed, code: string): Promise<void> {
  await end(db, row, { state: 'dropped', result: { code } });
}

/** It has certainly not arrived and is tried again at `notBefore` (program time). `attempts`: to count, when it was not even sent. */
export async function markRetry(db: Database, row: Claimed, notBefore: Date, error: string, attempts = 0): Promise<void> {
  await end(db, row, { state: 'retry', notBefore, attempts, result: { error } });
}

/** The messenger would not hear of it yet: as if it had not been tried. */
export async function markUntried(db: Database, row: Claimed): Promise<void> {
  await end(db, row, { state: 'planned', attempts: -1 });
}

/**
 * Nobody knows whether it arrived.
 * @returns what it became: `retry` at `notBefore`, or `unknown` for good
 */
export async function markUnknown(db: Database, row: Claimed, notBefore: Date, error: string): Promise<'retry' | 'unknown'> {
  const doubts = row.doubts + 1;
  const state = afterDoubt(row) === 'again' && doubts < doubtsMax ? 'retry' : 'unknown';
  await end(db, row, {
    state,
    ...(state === 'retry' ? { notBefore } : {}),
    result: { code: 'unknown', doubts, error },
    doubtful: true,
  });
  return state;
}

const superseded: Statement = {
  name: 'delivery_superseded',
  text: `
    UPDATE delivery SET state = 'dropped', result = '{"code": "superseded"}'
    WHERE person_id = $1 AND address_id = $2 AND place = 'home' AND id <> $3 AND state IN ('planned', 'retry') AND not_before <= $4`,
};

/** The card is about to be painted as it is now: every other repaint that waits for the same place is done with it. */
export async function dropSuperseded(db: Database, row: Claimed, now: Date): Promise<void> {
  await db.run(superseded, [row.personId, row.addressId, row.id, now]);
}
