import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import type { Program } from '../rules/rules.ts';
import type { Coupon } from './coupon.ts';
import { closesAt } from './opening.ts';
import { couponTerms, redeemHolds } from './terms.ts';

/** A coupon for points. `balance` is what the member had after it; null when it cost nothing. */
export type Redeemed = Coupon & { balance: number | null };

const statement: Statement = {
  name: 'reward_redeem',
  text: 'SELECT reward_redeem($1, $2, $3, $4, $5, $6, $7, $8) AS result',
};

/**
 * Turns points of a member into a coupon for a reward of the program: points and coupon in one transaction and one round trip. `agreed` is the price
 * that was shown, in points. With the same key: the same coupon. Refuses: `reward.unknown` (also for what is only given),
 * `reward.price_changed` { count }, `reward.not_yet` { at }, `reward.over`, `reward.tier` { tiers }, `reward.per_member` { count },
 * `reward.sold_out`, `ledger.not_enough` { points, balance }, `ledger.key_reused`, `member.unknown`.
 */
export async function redeem(
  ctx: Context,
  { memberId, reward, agreed }: { memberId: number; reward: string; agreed: number },
  { rules }: Program,
  timeZone: string,
): Promise<Redeemed> {
  const wanted = rules.rewards.find(({ id, hidden }) => id === reward && !hidden);
  const terms = wanted && couponTerms(wanted, ctx.now, rules, timeZone);
  const holds = wanted && redeemHolds(wanted, { agreed, closes: closesAt(wanted, rules, timeZone) }, rules, timeZone);
  const [row] = await ctx.db.run<{ result: Redeemed }>(statement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    memberId,
    reward,
    terms ? JSON.stringify(terms) : null,
    holds ? JSON.stringify(holds) : null,
  ]);
  if (!row) throw new Error('reward_redeem returned nothing');
  return row.result;
}
