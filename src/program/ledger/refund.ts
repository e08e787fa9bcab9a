import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';

/**
 * A sale taken back, or a part of it: `amountMinor` went back of the `paidMinor` that were paid, `leftMinor` stands. `points` left the
 * balance, `owed` were already spent and are paid by the next credits. `balance` is what the member had after it.
 */
export type Refunded = {
  saleId: number;
  memberId: number;
  name: string;
  receipt: string;
  points: number;
  owed: number;
  balance: number;
  amountMinor: number;
  paidMinor: number;
  leftMinor: number;
  currency: string;
};

const statement: Statement = {
  name: 'ledger_refund',
  text: 'SELECT ledger_refund($1, $2, $3, $4, $5, $6, make_interval(mins => $7)) AS result',
};

/**
 * What undo and refund share: takes back `amountMinor` of a sale (null: all that is left of it) and the points it had earned, in one
 * transaction and one round trip. `windowMinutes`: how long who credited may do so, null: whoever works here at any time.
 */
export async function takeBack(
  ctx: Context,
  { saleId, amountMinor, windowMinutes }: { saleId: number; amountMinor: number | null; windowMinutes: number | null },
): Promise<Refunded> {
  const [row] = await ctx.db.run<{ result: Refunded }>(statement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    saleId,
    amountMinor,
    windowMinutes,
  ]);
  if (!row) throw new Error('ledger_refund returned nothing');
  return row.result;
}

/**
 * Refunds a part of a sale, or without `amountMinor` all that is left of it. Many partial refunds take as many points as one of their
 * sum. With the same key and the same request: the first result again. Refuses: `sale.unknown`, `staff.only`, `ledger.already_undone`
 * { receipt, at }, `refund.too_much` { receipt, paid, refunded, left }, `refund.not_positive`, `ledger.key_reused`.
 */
export const refund = (ctx: Context, { saleId, amountMinor }: { saleId: number; amountMinor?: number }): Promise<Refunded> =>
  takeBack(ctx, { saleId, amountMinor: amountMinor ?? null, windowMinutes: null });
