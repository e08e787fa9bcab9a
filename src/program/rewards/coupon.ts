import type { CouponTerms } from './terms.ts';

/**
 * A coupon. `points` is what it had cost, `valueMinor`/`leftMinor` are those of stored value. Ended at most one way: used, cancelled, or expired;
 * past `expiresAt` (ISO) it can't be used even when `expiredAt` is still null.
 */
export type Coupon = {
  id: number;
  code: string;
  memberId: number;
  reward: string;
  terms: CouponTerms;
  source: string;
  points: number;
  issuedAt: string;
  expiresAt: string;
  valueMinor: number | null;
  leftMinor: number | null;
  usedAt: string | null;
  cancelledAt: string | null;
  expiredAt: string | null;
};

/** How a coupon ended, or that it is still good. */
export function couponState({ usedAt, cancelledAt, expiresAt }: Coupon, now: Date): 'open' | 'used' | 'cancelled' | 'expired' {
  if (usedAt) return 'used';
  if (cancelledAt) return 'cancelled';
  return new Date(expiresAt) <= now ? 'expired' : 'open';
}

/** Whether its owner may give it back: redeemed, not used at all, a seat before the event begins. */
export function isCancellable(coupon: Coupon, now: Date): boolean {
  const { terms, source, valueMinor, leftMinor } = coupon;
  if (couponState(coupon, now) !== 'open' || source !== 'redeem' || valueMinor !== leftMinor) return false;
  return terms.kind !== 'event' || new Date(terms.at) > now;
}

/** A coupon's code in readable groups: `K7Q2-9XMP-5AB`. */
export const shownCouponCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
