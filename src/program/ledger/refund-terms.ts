import type { Context, Statement } from '../context.ts';
import { type PricedSale, valueLeft } from '../pricing/left-over.ts';
import { Refusal } from '../refusal.ts';
import { programAt, programOf } from '../settings/program.ts';
import { stampsLeft } from '../stamps/stamp-terms.ts';
import { tierTerms } from '../tiers/tier-terms.ts';

/** A sale as its row stands now, of which a part may have been refunded. */
export type SaleToRefund = PricedSale & { refundedMinor: number };

const statement: Statement = {
  name: 'sale_to_refund',
  text: `SELECT amount_minor AS "amountMinor", paid_points_minor AS "paidPointsMinor", refunded_minor AS "refundedMinor", at, shop, items, snapshot
    FROM sale WHERE id = $1`,
};

/** Reads what a refund is computed from. Refuses: `sale.unknown`. */
export async function saleToRefund(ctx: Pick<Context, 'db'>, saleId: number): Promise<SaleToRefund> {
  const [sale] = await ctx.db.run<SaleToRefund>(statement, [saleId]);
  if (!sale) throw new Refusal('sale.unknown');
  return sale;
}

/**
 * What the ledger is told of a refund: the sale as it was read, what is left of it is worth before and after (1/`per` of a point), the debt a
 * member may have. More than is left is worth nothing; the ledger refuses it. The sale is priced by its own version, debt is limited by
 * today's.
 */
export async function refundTerms(
  ctx: Pick<Context, 'db' | 'now'>,
  sale: SaleToRefund,
  amountMinor: number | null,
  timeZone: string,
) {
  const { rules } = await programOf(ctx.db, sale.snapshot.version);
  const after = Math.min(sale.amountMinor, amountMinor === null ? sale.amountMinor : sale.refundedMinor + amountMinor);
  const { rules: today } = await programAt(ctx.db, ctx.now);
  return {
    refundedMinor: sale.refundedMinor,
    valueBefore: valueLeft(sale, rules, sale.refundedMinor, timeZone),
    // A purchase that cost nothing is gone when it is refunded at all.
    valueAfter: after === sale.amountMinor ? 0n : valueLeft(sale, rules, after, timeZone),
    debtLimit: today.debtLimit ?? null,
    ...tierTerms(today, timeZone, 'refund'),
    ...stampsLeft(rules, sale, after),
  };
}
