import type { Context, Statement } from '../context.ts';
import type { Coupon } from './coupon.ts';

const open: Statement = {
  name: 'coupons_open',
  text: `SELECT coupon_json(c) AS coupon FROM coupon c WHERE c.member_id = $1 AND c.used_at IS NULL AND c.cancelled_at IS NULL AND c.expired_at IS NULL
    AND c.expires_at > $2 ORDER BY c.expires_at, c.id LIMIT $3`,
};

/** The coupons that a member can still use, the one that ends first before the others; at most `limit`. */
export async function openCoupons(ctx: Pick<Context, 'db' | 'now'>, memberId: number, limit = 50): Promise<Coupon[]> {
  return (await ctx.db.run<{ coupon: Coupon }>(open, [memberId, ctx.now, limit])).map(({ coupon }) => coupon);
}
