import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import type { Coupon } from './coupon.ts';

const statement: Statement = { name: 'coupon_use', text: 'SELECT coupon_use($1, $2, $3, $4, $5, $6, $7) AS result' };

/**
 * Uses a coupon at the counter, exactly once; its owner is told. `shop` is where, `saleId` the purchase it was used for, where they are known. Of two at
 * once the second is told when and by whom. Refuses: `staff.only`, `coupon.unknown`, `coupon.used` { at, by }, `coupon.cancelled` { at },
 * `coupon.expired` { at }, `coupon.in_parts` (stored value), `ledger.key_reused`.
 */
export async function useCoupon(
  ctx: Context,
  { code, shop, saleId }: { code: string; shop?: string | null; saleId?: number },
): Promise<Coupon & { name: string }> {
  const [row] = await ctx.db.run<{ result: Coupon & { name: string } }>(statement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    code,
    shop ?? null,
    saleId ?? null,
  ]);
  if (!row) throw new Error('coupon_use returned nothing');
  return row.result;
}
