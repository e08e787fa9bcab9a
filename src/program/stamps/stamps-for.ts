import type { Item } from '../pricing/purchase.ts';
import type { StampCard } from '../rules/rules.ts';

/**
 * Stamps that a card gives for what is left of a purchase. `amountMinor` is the bill after the discount, `leftMinor` what of it was not
 * refunded. One for a purchase of at least the card's minimum; or one for every piece, of which as many are left as of the money, rounded
 * down. So they depend on how much was refunded, and not on how many refunds it took.
 */
export function stampsFor(card: StampCard, sale: { amountMinor: number; leftMinor: number; items: readonly Item[] }): number {
  const { amountMinor, leftMinor, items } = sale;
  if (leftMinor === 0 && amountMinor > 0) return 0;
  const { per } = card;
  if (per.kind === 'purchase') return leftMinor >= (per.minimumMinor ?? 0) ? 1 : 0;
  const pieces = items.reduce((sum, item) => (per.categories.includes(item.category) ? sum + item.pieces : sum), 0);
  return leftMinor === amountMinor ? pieces : Number((BigInt(pieces) * BigInt(leftMinor)) / BigInt(amountMinor));
}
