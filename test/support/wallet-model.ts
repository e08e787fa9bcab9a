/**
 * The wallet as semantics describe it, without a database: what a random history is compared with. Times are epoch milliseconds, points
 * and money integers. Verbs change the wallet they are given, or throw Refused and leave it as it was.
 */

export type Lot = { saleKey: string; earned: number; remaining: number; earnedAt: number; expiresAt: number | null };
export type Rate = { earnPoints: number; earnPerMinor: number; carryRemainder: boolean };
export type ModelSale = Rate & {
  amountMinor: number;
  points: number;
  expired: number;
  refunded: number;
  back: number;
  taken: number;
  undone: boolean;
};
export type Wallet = {
  lots: Lot[];
  sales: Map<string, ModelSale>;
  debt: number;
  carry: { numerator: number; denominator: number } | null;
};

export class Refused extends Error {}

export const emptyWallet = (): Wallet => ({ lots: [], sales: new Map(), debt: 0, carry: null });

const sumOf = (lots: readonly Lot[]): number => lots.reduce((sum, lot) => sum + lot.remaining, 0);
const isDue = (lot: Lot, now: number): boolean => lot.remaining > 0 && lot.expiresAt !== null && lot.expiresAt <= now;

export const balanceOf = (wallet: Wallet): number => sumOf(wallet.lots);

const neverLast = (lot: Lot): number => lot.expiresAt ?? Number.MAX_SAFE_INTEGER;

/** Takes points from the lots: of one sale first, then nearest expiry, then oldest. */
function take(wallet: Wallet, points: number, firstSale?: string): void {
  const first = (lot: Lot): number => (firstSale !== undefined && lot.saleKey === firstSale ? 0 : 1);
  const inOrder = wallet.lots
    .filter((lot) => lot.remaining > 0)
    .sort((a, b) => first(a) - first(b) || neverLast(a) - neverLast(b) || a.earnedAt - b.earnedAt);
  let left = points;
  for (const lot of inOrder) {
    const taken = Math.min(left, lot.remaining);
    lot.remaining -= taken;
    left -= taken;
  }
  if (left > 0) throw new Error(`the model has lost ${left} points`);
}

/** Ends every lot that is due. Returns how many ended. */
export function expire(wallet: Wallet, now: number): number {
  const due = wallet.lots.filter((lot) => isDue(lot, now));
  for (const lot of due) {
    const sale = wallet.sales.get(lot.saleKey);
    if (sale) sale.expired += lot.remaining;
    lot.remaining = 0;
  }
  return due.length;
}

export function credit(
  wallet: Wallet,
  now: number,
  sale: Rate & { key: string; amountMinor: number; at: number; expiresAt: number | null },
) {
  expire(wallet, now);
  const { key, amountMinor, earnPoints, earnPerMinor, carryRemainder } = sale;
  const before = wallet.carry ?? { numerator: 0, denominator: earnPerMinor };
  const carried = carryRemainder ? Math.trunc((before.numerator * earnPerMinor) / before.denominator) : 0;
  const total = amountMinor * earnPoints + carried;
  const points = Math.max(0, Math.floor(total / earnPerMinor));
  if (carryRemainder) wallet.carry = { numerator: total - points * earnPerMinor, denominator: earnPerMinor };
  const untouched = { expired: 0, refunded: 0, back: 0, taken: 0, undone: false };
  wallet.sales.set(key, { amountMinor, points, ...untouched, earnPoints, earnPerMinor, carryRemainder });
  if (points > 0)
    wallet.lots.push({ saleKey: key, earned: points, remaining: points, earnedAt: sale.at, expiresAt: sale.expiresAt });
  const paid = Math.min(wallet.debt, points);
  wallet.debt -= paid;
  take(wallet, paid, key);
  return { points, balance: balanceOf(wallet) };
}

export function spend(wallet: Wallet, now: number, points: number) {
  if (points <= 0) throw new Refused('ledger.points_not_positive');
  if (points > sumOf(wallet.lots.filter((lot) => !isDue(lot, now)))) throw new Refused('ledger.not_enough');
  expire(wallet, now);
  take(wallet, points);
  return { points, balance: balanceOf(wallet) };
}

/** Takes money of a sale back, all that is left of it without an amount. */
export function refund(wallet: Wallet, now: number, saleKey: string, asked?: number) {
  const sale = wallet.sales.get(saleKey);
  if (!sale) throw new Refused('sale.unknown');
  if (sale.undone) throw new Refused('ledger.already_undone');
  const left = sale.amountMinor - sale.refunded;
  const amountMinor = asked ?? left;
  if (amountMinor > left) throw new Refused('refund.too_much');
  expire(wallet, now);
  const before = sale.refunded;
  sale.refunded += amountMinor;
  sale.undone = sale.refunded === sale.amountMinor;
  if (sale.carryRemainder && wallet.carry) {
    // The money leaves what is carried; whole points go back until what is carried isn't below zero, or none of the sale's are left.
    const { numerator, denominator } = wallet.carry;
    const inUnits = (money: number): number => Math.floor((money * sale.earnPoints * denominator) / sale.earnPerMinor);
    let carried = numerator - (inUnits(sale.refunded) - inUnits(before));
    while (carried < 0 && sale.back < sale.points) {
      carried += denominator;
      sale.back += 1;
    }
    wallet.carry = { numerator: carried, denominator };
  } else {
    sale.back = sale.points - Math.floor(((sale.amountMinor - sale.refunded) * sale.earnPoints) / sale.earnPerMinor);
  }
  const due = Math.max(0, sale.back - sale.expired - sale.taken);
  sale.taken += due;
  const points = Math.min(due, balanceOf(wallet));
  take(wallet, points, saleKey);
  wallet.debt += due - points;
  return { points, owed: due - points, balance: balanceOf(wallet) };
}
