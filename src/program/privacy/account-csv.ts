import { stringify } from 'csv-stringify/sync';
import type { Context, Statement } from '../context.ts';
import { type Movement, movementsOf } from '../members/movements.ts';

/** A line of an account: when, what it was, points with their sign, the balance after it, and of a purchase receipt and money (minor units). */
export type AccountLine = {
  at: Date;
  what: string;
  points: number;
  balance: number | null;
  receipt: string;
  amountMinor: number | null;
};

/** A purchase that no movement stands for: it gave no points, or they still wait. */
type QuietSale = { at: Date; receipt: string; amountMinor: number };

const quiet: Statement = {
  name: 'account_quiet_sales',
  text: `SELECT s.at, s.receipt, s.amount_minor AS "amountMinor" FROM sale s
    WHERE s.member_id = $1 AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.sale_id = s.id AND e.kind = 'credit') ORDER BY s.id`,
};

const pageSize = 500;

/** Every movement of a member and every purchase without one, oldest first. `name` says what they are called in the reader's language. */
export async function accountOf(
  ctx: Pick<Context, 'db'>,
  memberId: number,
  name: { movement(one: Movement): string; purchase(amountMinor: number): string },
): Promise<AccountLine[]> {
  const lines: AccountLine[] = [];
  for (let page = 0, older = true; older; page++) {
    const read = await movementsOf(ctx, memberId, page, pageSize);
    older = read.older;
    for (const one of read.movements) {
      const { at, points, balance, sale } = one;
      lines.push({
        ...{ at, points, balance, what: name.movement(one) },
        ...{ receipt: sale?.receipt ?? '', amountMinor: one.kind === 'credit' ? (sale?.amountMinor ?? null) : null },
      });
    }
  }
  lines.reverse();
  const sales = await ctx.db.run<QuietSale>(quiet, [memberId]);
  const more = sales.map((sale) => ({ ...sale, what: name.purchase(sale.amountMinor), points: 0, balance: null }));
  return more.length === 0 ? lines : [...lines, ...more].sort((one, other) => one.at.getTime() - other.at.getTime());
}

/**
 * An account as CSV in UTF-8 with a mark that spreadsheets know it by; what one would take for a formula is made harmless. `columns`: when, what,
 * points, balance, receipt, amount, currency. `perUnit`: minor units of one unit of money.
 */
export function accountCsv(
  lines: readonly AccountLine[],
  { columns, currency, perUnit, timeZone }: { columns: readonly string[]; currency: string; perUnit: number; timeZone: string },
): Uint8Array {
  // Sweden writes dates as ISO does, which every spreadsheet reads.
  const when = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  const decimals = Math.round(Math.log10(perUnit));
  const rows = lines.map(({ at, what, points, balance, receipt, amountMinor }) => [
    when.format(at),
    what,
    points,
    balance ?? '',
    receipt,
    ...(amountMinor === null ? ['', ''] : [(amountMinor / perUnit).toFixed(decimals), currency]),
  ]);
  return new TextEncoder().encode(stringify(rows, { header: true, columns: [...columns], escape_formulas: true, bom: true }));
}
