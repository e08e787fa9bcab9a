import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import { Refusal } from '../refusal.ts';

/** Points of a sale that were released by hand. */
export type Released = { receipt: string; name: string; points: number; balance: number };

/** Points that wait: how many of which sale, until when. */
export type Waiting = { receipt: string; points: number; releaseAt: Date };

const due: Statement = { name: 'ledger_release', text: 'SELECT ledger_release($1, $2, $3) AS result' };
const byHand: Statement = { name: 'ledger_release_sale', text: 'SELECT ledger_release_sale($1, $2, $3, $4, $5, $6) AS result' };
const waiting: Statement = {
  name: 'pending_of',
  text: `SELECT s.receipt, p.left AS points, p.release_at AS "releaseAt" FROM pending p JOIN sale s ON s.id = p.sale_id
    WHERE p.member_id = $1 AND p.released_at IS NULL AND p.left > 0 ORDER BY p.release_at, p.id`,
};
const waitingForSale: Statement = {
  name: 'pending_of_sale',
  text: `SELECT s.receipt, coalesce(x.name, m.external_ref, m.code) AS name, p.left AS points, p.release_at AS "releaseAt"
    FROM sale s LEFT JOIN pending p ON p.sale_id = s.id AND p.released_at IS NULL AND p.left > 0
      JOIN member m ON m.id = coalesce(p.member_id, s.member_id) LEFT JOIN person x ON x.id = m.person_id
    WHERE s.id = $1`,
};
const everWaited: Statement = {
  name: 'pending_ever',
  text: `SELECT EXISTS (SELECT 1 FROM program_version WHERE (rules ->> 'pendingDays')::int > 0) AS result`,
};

/** What follows a release besides the points: what functions of other rooms are told, by name (`tiers`). */
export type ReleaseTerms = Readonly<Record<string, unknown>>;

/**
 * Releases points whose time has come, those of a batch of sales, and tells their owners. Dated when they were due, however late. Returns how
 * many members had some; call it until it returns 0. What a member holds right now is left for the next run.
 */
export async function release(ctx: Pick<Context, 'db' | 'now'>, terms: ReleaseTerms = {}, batch = 200): Promise<number> {
  const [row] = await ctx.db.run<{ result: number }>(due, [ctx.now, batch, JSON.stringify(terms)]);
  return row?.result ?? 0;
}

/** Releases what waits of a sale now, by an owner. Refuses: `sale.unknown`, `owner.only`, `pending.none` { receipt }, `ledger.key_reused`. */
export async function releaseSale(ctx: Context, saleId: number, terms: ReleaseTerms = {}): Promise<Released> {
  const [row] = await ctx.db.run<{ result: Released }>(byHand, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    saleId,
    JSON.stringify(terms),
  ]);
  if (!row) throw new Error('ledger_release_sale returned nothing');
  return row.result;
}

/** Points of a member that wait, the next to be released first. */
export async function waitingOf(ctx: Pick<Context, 'db'>, memberId: number): Promise<Waiting[]> {
  return ctx.db.run<Waiting>(waiting, [memberId]);
}

/** What waits of one sale, and whose it is. Refuses: `sale.unknown`, `pending.none` { receipt }. */
export async function waitingSale(ctx: Pick<Context, 'db'>, saleId: number): Promise<Waiting & { name: string }> {
  const [row] = await ctx.db.run<(Waiting & { name: string }) | { receipt: string; releaseAt: null }>(waitingForSale, [saleId]);
  if (!row) throw new Refusal('sale.unknown');
  if (row.releaseAt === null) throw new Refusal('pending.none', { receipt: row.receipt });
  return row;
}

// Most programs never let points wait: then nobody has to be asked. Another version in force is another program.
const known = new WeakMap<Context['db'], Map<number, boolean>>();

/** Whether points of anybody may wait under this version or an earlier one; read once per version. */
export async function mayWait(ctx: Pick<Context, 'db'>, version: number): Promise<boolean> {
  const versions = known.get(ctx.db) ?? new Map<number, boolean>();
  known.set(ctx.db, versions);
  const before = versions.get(version);
  if (before !== undefined) return before;
  const [row] = await ctx.db.run<{ result: boolean }>(everWaited, []);
  versions.set(version, row?.result ?? false);
  return row?.result ?? false;
}
