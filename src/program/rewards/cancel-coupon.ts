import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import type { Coupon } from './coupon.ts';

const statement: Statement = { name: 'coupon_cancel', text: 'SELECT coupon_cancel($1, $2, $3, $4, $5, $6) AS result' };

/**
 * A member gives back a coupon that they redeemed and did not use: its points return with the ends they had (what is past its end comes back
 * expired), its piece of a limited stock is free again. `balance` is what they have now. Refuses: `coupon.unknown` (not theirs),
 * `coupon.used` { at, by }, `coupon.cancelled` { at }, `coupon.expired` { at }, `coupon.used_partly`, `coupon.a_gift`, `coupon.event_begun`,
 * `ledger.key_reused`.
 */
export async function cancelCoupon(
  ctx: Context,
  { memberId, code }: { memberId: number; code: string },
): Promise<Coupon & { balance: number }> {
  const [row] = await ctx.db.run<{ result: Coupon & { balance: number } }>(statement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    memberId,
    code,
  ]);
  if (!row) throw new Error('coupon_cancel returned nothing');
  return row.result;
}
