import { actorId, type Context, type Statement } from '../context.ts';
import type { Purchase } from '../ledger/credit.ts';
import { originOf } from '../origin.ts';
import { Refusal } from '../refusal.ts';

/** How long owners have to decide. */
const lifeHours = 24;

/**
 * What somebody may not do alone: a purchase to credit, or money of a sale to give back (without `amountMinor`, all that is left). Kept as JSON,
 * amounts in minor units.
 */
export type Wanted =
  | { kind: 'credit'; purchase: Omit<Purchase, 'at'> }
  | { kind: 'refund'; saleId: number; amountMinor?: number; reason?: string };

/** A request to the owners; `decision` is there when the same request was decided meanwhile. */
export type Asked = { id: number; decision: 'approved' | 'declined' | 'expired' | null; expiresAt: string };

const statement: Statement = {
  name: 'approval_ask',
  text: `SELECT approval_ask($1, $2, $3, $4, $5,
    CASE WHEN $5 = 'credit' THEN (SELECT coalesce(w.merged_into, m.id) FROM member m JOIN wallet w ON w.member_id = m.id WHERE m.code = $6) ELSE (SELECT member_id FROM sale WHERE id = $6::bigint) END,
    $7, $8, make_interval(hours => $9)) AS result`,
};

/**
 * Asks the owners, except who asks, whether this may go above a limit; `why` is what `limit.needs_approval` said. They are told in the same
 * transaction. The same key asks once. Refuses: `staff.only`, `limit.nobody_to_ask` { allowed, limit }.
 */
async function askApproval(ctx: Context, wanted: Wanted, why: Readonly<Record<string, unknown>>): Promise<Asked> {
  const { kind, ...rest } = wanted;
  const what = wanted.kind === 'credit' ? wanted.purchase : rest;
  const whose = wanted.kind === 'credit' ? wanted.purchase.member : String(wanted.saleId);
  const [row] = await ctx.db.run<{ result: Asked }>(statement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    kind,
    whose,
    JSON.stringify(what),
    JSON.stringify(why),
    lifeHours,
  ]);
  if (!row) throw new Error('approval_ask returned nothing');
  return row.result;
}

/** Does a thing; when a limit says that another person must agree, asks the owners instead. Refuses what the work and the asking refuse. */
export async function orAsk<Result extends object>(
  ctx: Context,
  wanted: Wanted,
  work: () => Promise<Result>,
): Promise<Result | { asked: Asked }> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'limit.needs_approval') throw error;
    return { asked: await askApproval(ctx, wanted, error.params) };
  }
}
