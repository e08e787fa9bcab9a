import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import type { Texts } from '../rules/rules.ts';

const statement: Statement = { name: 'coupon_take_back', text: 'SELECT coupon_take_back($1, $2, $3, $4, $5) AS result' };

/** What was taken back: `points` went back to the member, `leftMinor` is what a gift card was still worth. */
export type TakenBack = { name: Texts; points: number; leftMinor: number | null };

/**
 * An owner makes a coupon worthless; its member is told. What it had cost goes back when nothing of it was used. Refuses: `owner.only`, `coupon.unknown`, `coupon.used`,
 * `coupon.cancelled`, `coupon.expired`, `coupon.event_begun`, `ledger.key_reused`.
 */
export async function takeBackCoupon(ctx: Context, code: string): Promise<TakenBack> {
  const values = [ctx.key.id, originOf(ctx.key), ctx.now, actorId(ctx.actor), code];
  const [row] = await ctx.db.run<{ result: TakenBack }>(statement, values);
  if (!row) throw new Error('coupon_take_back returned nothing');
  return row.result;
}
