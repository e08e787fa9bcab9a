import { Temporal } from 'temporal-polyfill';
import { dayBegins } from '../calendar.ts';
import { codeHash } from '../codes.ts';
import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import { Refusal } from '../refusal.ts';
import type { Reward, Rules } from '../rules/rules.ts';
import { codesOf, newSeed } from './printed-codes.ts';

/** The most codes that one batch can have. */
export const batchLimit = 5_000;

/** What each code of a batch gives: points, or a reward as it was when the codes were printed (the paper promises it). */
export type Gives = { points: number } | { reward: Reward };

export type Batch = { id: number; count: number; gives: Gives; createdAt: string; expiresAt: string };

/** A batch with what became of it. */
export type BatchState = Batch & { used: number; cancelledAt: string | null };

const make: Statement = { name: 'codes_make', text: 'SELECT codes_make($1, $2, $3, $4, $5, $6, $7) AS result' };
const cancel: Statement = { name: 'codes_cancel', text: 'SELECT codes_cancel($1, $2, $3, $4, $5) AS count' };
const list: Statement = {
  name: 'codes_batches',
  text: `SELECT jsonb_build_object('id', b.id, 'count', b.count, 'gives', b.gives, 'createdAt', b.created_at, 'expiresAt', b.expires_at,
      'cancelledAt', b.cancelled_at, 'used', (SELECT count(*) FROM printed_code c WHERE c.batch_id = b.id AND c.used_at IS NOT NULL)) AS batch
    FROM code_batch b WHERE $1::int IS NULL OR b.id = $1 ORDER BY b.id DESC LIMIT $2`,
};
const unused: Statement = {
  name: 'codes_unused',
  text: 'SELECT code_hash AS hash FROM printed_code WHERE batch_id = $1 AND used_at IS NULL',
};

/** When codes end that are good until the end of a business day (`YYYY-MM-DD`). */
export const codesEnd = (day: string, { dayStartsAt }: Pick<Rules, 'dayStartsAt'>, timeZone: string): Date =>
  dayBegins(Temporal.PlainDate.from(day).add({ days: 1 }).toString(), timeZone, dayStartsAt);

/**
 * Makes a batch of printed codes. Only their hashes are kept: `seed`, from which the files are made, is known to nobody but the asker. It is null when this
 * key has made the batch before. Refuses: `owner.only`, `codes.count`, `ledger.key_reused`.
 */
export async function makeCodes(
  ctx: Context,
  { count, gives, expiresAt }: { count: number; gives: Gives; expiresAt: Date },
): Promise<Batch & { seed: string | null }> {
  if (!Number.isInteger(count) || count < 1 || count > batchLimit) throw new Refusal('codes.count', { limit: batchLimit });
  const seed = newSeed();
  const [row] = await ctx.db.run<{ result: Batch & { again: boolean } }>(make, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    JSON.stringify(gives),
    expiresAt,
    codesOf(seed, count).map((code) => Buffer.from(codeHash(code))),
  ]);
  if (!row) throw new Error('codes_make returned nothing');
  const { again, ...batch } = row.result;
  return { ...batch, seed: again ? null : seed };
}

/** The last batches, the newest first. */
export async function batches({ db }: Pick<Context, 'db'>, limit = 8): Promise<BatchState[]> {
  return (await db.run<{ batch: BatchState }>(list, [null, limit])).map(({ batch }) => batch);
}

/** One batch. Refuses: `codes.no_batch`. */
export async function batchOf({ db }: Pick<Context, 'db'>, id: number): Promise<BatchState> {
  const [row] = await db.run<{ batch: BatchState }>(list, [id, 1]);
  if (!row) throw new Refusal('codes.no_batch');
  return row.batch;
}

/** The codes of a batch that nobody has used, for its files. Refuses: `codes.no_file` (another batch's seed, or all are used). */
export async function unusedCodes({ db }: Pick<Context, 'db'>, batch: Batch, seed: string): Promise<string[]> {
  const rows = await db.run<{ hash: Buffer }>(unused, [batch.id]);
  const left = new Set(rows.map(({ hash }) => hash.toString('hex')));
  const codes = codesOf(seed, batch.count).filter((code) => left.has(Buffer.from(codeHash(code)).toString('hex')));
  if (codes.length === 0) throw new Refusal('codes.no_file');
  return codes;
}

/** Makes worthless what nobody has used of a batch; returns how many that were. Refuses: `owner.only`, `codes.no_batch`. */
export async function cancelCodes(ctx: Context, batch: number): Promise<number> {
  const values = [ctx.key.id, originOf(ctx.key), ctx.now, actorId(ctx.actor), batch];
  const [row] = await ctx.db.run<{ count: number }>(cancel, values);
  return row?.count ?? 0;
}
