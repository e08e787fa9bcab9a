import { actorId, type Context, type Statement } from '../context.ts';
import { refundLimitTerms } from '../control/limit-terms.ts';
import { originOf } from '../origin.ts';
import { programAt } from '../settings/program.ts';
import { refundTerms, saleToRefund } from './refund-terms.ts';
import { undoWindowMinutes } from './undo-window.ts';
import { untilFresh } from './until-fresh.ts';

/**
 * A sale taken back, or a part of it: `amountMinor` went back of the `paidMinor` that were paid (`moneyMinor` of it in money, the rest had been
 * paid with points), `leftMinor` stands. `points` left the balance, `pending` were still waiting, `owed` were already spent and are paid by the
 * next credits, `writtenOff` is above the limit of debt. `returned`: points that had paid for it. `balance` is what the member had after it.
 */
export type Refunded = {
  saleId: number;
  memberId: number;
  name: string;
  receipt: string;
  points: number;
  pending: number;
  owed: number;
  writtenOff: number;
  returned: number;
  balance: number;
  amountMinor: number;
  moneyMinor: number;
  paidMinor: number;
  leftMinor: number;
  currency: string;
};

export type Refund = {
  saleId: number;
  /** Null: all that is left of it. */
  amountMinor: number | null;
  /** How long who credited may do so; null: whoever works here at any time. */
  windowMinutes: number | null;
  timeZone: string;
  reason?: string;
};

const statement: Statement = {
  name: 'ledger_refund',
  text: 'SELECT ledger_refund($1, $2, $3, $4, $5, $6, make_interval(mins => $7), $8) AS result',
};

/** A refund as the ledger takes it, computed from the sale as it is now. JSON. */
export async function takingBackTerms(
  ctx: Context,
  { saleId, amountMinor, timeZone, reason }: Omit<Refund, 'windowMinutes'>,
): Promise<Record<string, unknown>> {
  const terms = await refundTerms(ctx, await saleToRefund(ctx, saleId), amountMinor, timeZone);
  const { rules } = await programAt(ctx.db, ctx.now);
  return {
    ...terms,
    ...refundLimitTerms(ctx, rules, timeZone, { saleId, correctionMinutes: undoWindowMinutes }),
    valueBefore: String(terms.valueBefore),
    valueAfter: String(terms.valueAfter),
    reason,
  };
}

/** What undo and refund share: takes back money of a sale and the points it had earned, in one transaction. */
export async function takeBack(
  ctx: Context,
  { saleId, amountMinor, windowMinutes, timeZone, reason }: Refund,
): Promise<Refunded> {
  return untilFresh(async () => {
    const [row] = await ctx.db.run<{ result: Refunded | { stale: true } }>(statement, [
      ctx.key.id,
      originOf(ctx.key),
      ctx.now,
      actorId(ctx.actor),
      saleId,
      amountMinor,
      windowMinutes,
      JSON.stringify(await takingBackTerms(ctx, { saleId, amountMinor, timeZone, ...(reason === undefined ? {} : { reason }) })),
    ]);
    if (!row) throw new Error('ledger_refund returned nothing');
    return row.result;
  });
}

/**
 * Refunds a part of a sale, or without `amountMinor` all that is left of it. Many partial refunds take as many points as one of their
 * sum. With the same key and the same request: the first result again. Refuses: `sale.unknown`, `staff.only`, `ledger.already_undone`
 * { receipt, at }, `refund.self`, `refund.too_much` { receipt, paid, refunded, left }, `refund.not_positive`, `ledger.key_reused`, `limit.refund_day`
 * { allowed, used, wanted }, `limit.needs_approval` (the same and `limit`).
 */
export const refund = (
  ctx: Context,
  { amountMinor, ...rest }: { saleId: number; amountMinor?: number; timeZone: string; reason?: string },
): Promise<Refunded> => takeBack(ctx, { ...rest, amountMinor: amountMinor ?? null, windowMinutes: null });
