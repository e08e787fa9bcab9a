import type { Context } from '../../program/context.ts';
import { saleByReceipt } from '../../program/ledger/sales.ts';
import { Refusal } from '../../program/refusal.ts';

/** A sale's number, as the program writes it on receipts of its own: what is kept as the answer, since a receipt can be given again. */
const ownNumber = /^#(\d{1,15})$/;

/** The sale that a kept answer stands for. */
export const saleIn = (answer = ''): number => Number(ownNumber.exec(answer)?.[1]);

/** The sale behind a receipt as printed, or behind a number of our own. Refuses: `sale.unknown` (no such receipt). */
export async function readSale(ctx: Pick<Context, 'db'>, typed: string): Promise<number> {
  const text = typed.normalize('NFKC').trim();
  const id = ownNumber.test(text) ? saleIn(text) : await saleByReceipt(ctx, text);
  if (id === undefined) throw new Refusal('sale.unknown');
  return id;
}
