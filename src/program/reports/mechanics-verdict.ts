import type { Mechanic, Mechanics } from './mechanics.ts';

/** Below so many purchases nothing is concluded. */
export const fewPurchases = 30;

/**
 * What the numbers say. `few`: too few purchases of one kind to say anything. `returns`: after which people come back more often, `same` when the
 * difference may be chance. `costs`: which costs more of the turnover it came with, `unknown` where points have no price.
 */
export type Verdict =
  | { few: 'discount' | 'bonus' | 'both' }
  | { returns: 'discount' | 'bonus' | 'same'; costs: 'discount' | 'bonus' | 'same' | 'unknown' };

const rate = ({ returned, members }: Mechanic): number => returned / members;

/** Two shares of members, told apart at 95 % (two-proportion z-test with a pooled variance). */
function returnsOf(discount: Mechanic, bonus: Mechanic): 'discount' | 'bonus' | 'same' {
  const pooled = (discount.returned + bonus.returned) / (discount.members + bonus.members);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / discount.members + 1 / bonus.members));
  const difference = rate(discount) - rate(bonus);
  if (Math.abs(difference) <= 1.96 * error) return 'same';
  return difference > 0 ? 'discount' : 'bonus';
}

/** Hundredths of a percent of the turnover; null where the cost is not known. */
export const costShare = ({ costMinor, turnoverMinor }: Mechanic): number | null =>
  costMinor === null ? null : turnoverMinor === 0 ? 0 : Math.round((costMinor * 10_000) / turnoverMinor);

function costsOf(discount: Mechanic, bonus: Mechanic): 'discount' | 'bonus' | 'same' | 'unknown' {
  const [one, other] = [costShare(discount), costShare(bonus)];
  if (one === null || other === null) return 'unknown';
  if (one === other) return 'same';
  return one > other ? 'discount' : 'bonus';
}

/** Which of the two brings people back, at what cost; honest about small numbers. Pure. */
export function verdictOf({ discount, bonus }: Mechanics): Verdict {
  const isFew = ({ judged, purchases }: Mechanic): boolean => judged < fewPurchases || purchases < fewPurchases;
  const few = { discount: isFew(discount), bonus: isFew(bonus) };
  if (few.discount || few.bonus) return { few: few.discount && few.bonus ? 'both' : few.discount ? 'discount' : 'bonus' };
  return { returns: returnsOf(discount, bonus), costs: costsOf(discount, bonus) };
}
