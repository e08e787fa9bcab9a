import type { LocalTime } from '../calendar.ts';

/** Pieces of a product or category on a receipt, with what they cost when that is known (minor units). */
export type Item = { category: string; pieces: number; amountMinor?: number };

/**
 * What a purchase is priced by. `amountMinor` is what money paid, after discounts and points. `leftMinor` (of it) is what has not been
 * refunded: the parts of a price that belong to pieces shrink with it.
 */
export type Priced = { amountMinor: number; leftMinor: number; time: LocalTime; items: readonly Item[]; shop: string | null };

/**
 * What the member was, just before the purchase. Kept with the sale, so that a refund prices what is left of it by the same facts.
 * `purchases` so far; `within`: purchases in the last so many days; `used`: how often each bonus that is limited was given.
 */
export type MemberFacts = {
  purchases: number;
  within: Readonly<Record<string, number>>;
  used: Readonly<Record<string, number>>;
  tier: string | null;
  /** `MM-DD` */
  birthday: string | null;
};

/** Of a member nobody asked about: no rule depends on them. */
export const noFacts: MemberFacts = { purchases: 0, within: {}, used: {}, tier: null, birthday: null };
