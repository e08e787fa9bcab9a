import type { Discount, Rules } from '../rules/rules.ts';
import type { MemberFacts } from './purchase.ts';

/** Money off a bill before it is closed: which rule, how many percent (hundredths), how much. */
export type Off = { rule: string; percent: number; minor: number };

function due(discount: Discount, amountMinor: number, shop: string | null, member: MemberFacts): boolean {
  if (discount.minimumMinor !== undefined && amountMinor < discount.minimumMinor) return false;
  if (discount.shops && (shop === null || !discount.shops.includes(shop))) return false;
  const before = discount.withinDays === undefined ? member.purchases : (member.within[discount.withinDays] ?? 0);
  return discount.kind === 'nth' ? (before + 1) % discount.every === 0 : before >= discount.purchases;
}

/**
 * The discount for a bill, or none. Of those that apply (every n-th purchase, regulars, the tier's own), the one worth most: discounts do
 * not add up. Rounded down to the minor unit.
 */
export function discountFor(rules: Rules, amountMinor: number, shop: string | null, member: MemberFacts): Off | null {
  let best: { rule: string; percent: number } | undefined;
  const tier = member.tier === null ? undefined : rules.tiers?.levels.find(({ id }) => id === member.tier);
  if (tier?.discountPercent) best = { rule: `tier:${tier.id}`, percent: tier.discountPercent };
  for (const discount of rules.discounts)
    if (discount.percent > (best?.percent ?? 0) && due(discount, amountMinor, shop, member))
      best = { rule: discount.id, percent: discount.percent };
  const minor = best ? Math.floor((amountMinor * best.percent) / 10_000) : 0;
  return best && minor > 0 ? { ...best, minor } : null;
}
