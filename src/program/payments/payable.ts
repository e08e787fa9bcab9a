import type { Rules } from '../rules/rules.ts';

/** What of a bill points can pay: whole points, worth so much of it in minor units. */
export type Payable = { points: number; worthMinor: number };

/** What stands in the way of paying with points at all: the card holds too few, or the bill (or what was asked for) is too small. */
export type Unpayable = 'card' | 'bill';

/**
 * How many points can pay for a bill: the least of what was asked for, what the card holds and the program's share of the bill (rounded down
 * to the minor unit), floored to a whole multiple of the conversion, so that no part of a point or of a coin is lost (semantics: "min(requested,
 * balance, share of the bill), floored to a whole conversion multiple"). `dueMinor` is the bill after a discount.
 */
export function payable(
  pay: NonNullable<Rules['pay']>,
  { dueMinor, balance, wanted }: { dueMinor: number; balance: number; wanted?: number },
): Payable | Unpayable {
  const shareMinor = Number((BigInt(dueMinor) * BigInt(pay.sharePercent)) / 10_000n);
  const ofCard = Math.floor(balance / pay.points);
  const times = Math.min(
    ofCard,
    Math.floor(shareMinor / pay.worthMinor),
    wanted === undefined ? Number.POSITIVE_INFINITY : Math.floor(wanted / pay.points),
  );
  if (times < 1) return ofCard < 1 ? 'card' : 'bill';
  return { points: times * pay.points, worthMinor: times * pay.worthMinor };
}
