import type { Context, Statement } from '../context.ts';
import { endsOf } from '../ledger/points.ts';
import { originOf } from '../origin.ts';
import type { Coupon } from '../rewards/coupon.ts';
import { programAt } from '../settings/program.ts';

/** What a claim gave: a coupon, or points with the balance as it is now. */
export type Claimed = { campaign: number; at: string; balance: number } & (
  | { coupon: Coupon; points: null }
  | { coupon: null; points: number }
);

const statement: Statement = { name: 'offer_claim', text: 'SELECT offer_claim($1, $2, $3, $4, $5, $6, $7, $8) AS result' };

/**
 * Gives a member what the message (a delivery's id) offers them, in one transaction with its place in the budget. Pressed again, or ten times at once: the first
 * claim's result. Refuses: `offer.unknown`, `offer.not_yours`, `offer.over` { at }, `offer.gone` (the budget is used up), `reward.sold_out`, `member.unknown`,
 * `member.merged`.
 */
export async function claimOffer(
  ctx: Context,
  { delivery, memberId }: { delivery: number; memberId: number },
  timeZone: string,
): Promise<Claimed> {
  const { rules } = await programAt(ctx.db, ctx.now);
  const [row] = await ctx.db.run<{ result: Claimed }>(statement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    memberId,
    delivery,
    JSON.stringify(endsOf(ctx.now, rules, timeZone)),
    timeZone,
    rules.dayStartsAt,
  ]);
  if (!row) throw new Error('offer_claim returned nothing');
  return row.result;
}
