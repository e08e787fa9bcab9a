import { actorId, type Context, type Statement } from '../context.ts';
import { limitTerms } from '../control/limit-terms.ts';
import { originOf } from '../origin.ts';
import { asksForMember, factsOf } from '../pricing/facts.ts';
import type { Item } from '../pricing/purchase.ts';
import { type Bill, saleTerms } from '../pricing/sale-terms.ts';
import type { Program } from '../rules/rules.ts';
import { untilFresh } from './until-fresh.ts';

/**
 * A purchase that was credited. `amountMinor` is the bill after the discount, `balance` what the member had after it, `name` what they are
 * called. `releaseAt`: its points wait until then. `outcome`: stamps and tier that came of it.
 */
export type Credited = {
  saleId: number;
  memberId: number;
  receipt: string;
  points: number;
  balance: number;
  amountMinor: number;
  discountMinor: number;
  paidPoints: number;
  paidPointsMinor: number;
  currency: string;
  at: string;
  name: string;
  releaseAt: string | null;
  outcome: Record<string, unknown> | null;
};

export type Purchase = {
  /** The member's code, as it is kept (without hyphens). */
  member: string;
  /** The bill before any discount. */
  amountMinor: number;
  currency: string;
  /** As printed; absent: the program numbers it. */
  receipt?: string;
  items?: readonly Item[];
  shop?: string;
  /** When it was made, if not now. */
  at?: Date;
};

const statement: Statement = {
  name: 'ledger_credit',
  text: 'SELECT ledger_credit($1, $2, $3, $4, (SELECT coalesce(w.merged_into, m.id) FROM member m JOIN wallet w ON w.member_id = m.id WHERE m.code = $5), $6) AS result',
};

/** A purchase as the ledger takes it: priced under a program, for the member as they are now. JSON, amounts in minor units. */
export async function purchaseTerms(
  ctx: Context,
  purchase: Purchase,
  program: Program,
  timeZone: string,
): Promise<Record<string, unknown>> {
  const { member, amountMinor, currency, receipt, items = [], shop = null, at = ctx.now } = purchase;
  const bill: Bill = { amountMinor, at, items, shop };
  const facts = asksForMember(program.rules) ? await factsOf(ctx, member, program.rules) : null;
  return {
    ...saleTerms(program, bill, facts, timeZone),
    ...limitTerms(ctx, program.rules, timeZone),
    currency,
    at,
    notify: true,
    ...(receipt === undefined ? {} : { receipt }),
    ...(items.length > 0 ? { items: items.reduce((sum, { pieces }) => sum + pieces, 0) } : {}),
  };
}

/**
 * Credits a purchase under the program's rules of now: sale, entry, lot, carried remainder and the message to the member in one
 * transaction and one round trip; where a rule depends on who buys, one more before it, and again if the member has bought meanwhile.
 * Points are whole numbers, amounts minor units. With the same key and the same purchase: the first result again. Refuses:
 * `member.unknown`, `staff.only`, `ledger.self_credit`, `ledger.receipt_used`, `ledger.too_many_points`, `ledger.key_reused`,
 * `limit.entry`, `limit.member_day`, `limit.staff_day` { allowed, used, wanted }, `limit.needs_approval` (the same and `limit`).
 */
export async function credit(ctx: Context, purchase: Purchase, program: Program, timeZone: string): Promise<Credited> {
  return untilFresh(async () => {
    const [row] = await ctx.db.run<{ result: Credited | { stale: true } }>(statement, [
      ctx.key.id,
      originOf(ctx.key),
      ctx.now,
      actorId(ctx.actor),
      purchase.member,
      JSON.stringify(await purchaseTerms(ctx, purchase, program, timeZone)),
    ]);
    if (!row) throw new Error('ledger_credit returned nothing');
    return row.result;
  });
}
