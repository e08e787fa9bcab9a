import type { Database, Statement } from '../context.ts';
import type { Claimed } from './claim.ts';
import { afterDoubt, doubtsMax } from './lane.ts';

const sending: Statement = {
  name: 'delivery_sending',
  text: `
    UPDATE delivery SET state = 'sending', attempt = attempt + 1, lease_until = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
    WHERE id = $1 AND state = 'claimed' AND leased_by = $2 AND lease_until > clock_timestamp()
      AND NOT EXISTS (
        SELECT 1 FROM setting s WHERE s.key = 'pause:' || delivery.channel AND (s.value ->> 'untilMs')::float8 > extract(epoch FROM clock_timestamp()) * 1000)
    RETURNING id`,
};

/**
 * Notes, before the messenger is called, that it will be: when nobody reports the end before the lease does, it is unknown.
 * @returns the row as it is now, or undefined when it may not be sent (the lease was lost, or the channel was paused)
 */
export async function markSending(db: Database, row: Claimed, leaseMs: number): Promise<Claimed | undefined> {
  const [begun] = await db.run(sending, [row.id, row.worker, leaseMs]);
  return begun ? { ...row, attempt: row.attempt + 1 } : undefined;
}

// A late report counts as long as nobody has begun to send again: the attempt says so.
const sent: Statement = {
  name: 'delivery_sent',
  text: `
    UPDATE delivery SET state = 'sent', leased_by = NULL, lease_until = clock_timestamp() + make_interval(secs => $4::float8 / 1000),
      result = coalesce(result, '{}') || $3::jsonb
    WHERE id = $1 AND attempt = $2 AND state IN ('sending', 'retry', 'unknown', 'claimed')`,
};

/** It arrived. The chat gets no other message for `restMs`. */
export async function markSent(db: Database, row: Claimed, message: { chat: string; id: string }, restMs: number): Promise<void> {
  await db.run(sent, [row.id, row.attempt, JSON.stringify({ message: message.id, chat: message.chat }), restMs]);
}

const ended: Statement = {
  name: 'delivery_ended',
  text: `
    UPDATE delivery SET state = $4, leased_by = NULL, lease_until = NULL, attempt = attempt + $5, not_before = coalesce($6, not_before),
      result = coalesce(result, '{}') || $7::jsonb
    WHERE id = $1 AND leased_by = $2 AND attempt = $3 AND state IN ('claimed', 'sending')`,
};

type End = { state: string; notBefore?: Date; result?: Record<string, unknown>; attempts?: number };

async function end(db: Database, row: Claimed, { state, notBefore, result = {}, attempts = 0 }: End): Promise<void> {
  await db.run(ended, [row.id, row.worker, row.attempt, state, attempts, notBefore ?? null, JSON.stringify(result)]);
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
  const state = afterDoubt(row.lane) === 'again' && doubts < doubtsMax ? 'retry' : 'unknown';
  await end(db, row, { state, ...(state === 'retry' ? { notBefore } : {}), result: { code: 'unknown', doubts, error } });
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
