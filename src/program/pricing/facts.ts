import type { Context, Statement } from '../context.ts';
import type { Rules } from '../rules/rules.ts';
import type { MemberFacts } from './purchase.ts';

/** Whether any rule asks who is buying. Where none does, a sale is priced without asking. */
export function asksForMember(rules: Rules): boolean {
  return (
    rules.discounts.length > 0 ||
    (rules.tiers?.levels.some(({ bonusPercent, discountPercent }) => bonusPercent || discountPercent) ?? false) ||
    [...rules.earn, ...rules.bonuses].some((rule) => rule.when?.firstPurchase || rule.when?.tiers || rule.when?.birthday) ||
    rules.bonuses.some(({ timesPerMember }) => timesPerMember !== undefined)
  );
}

/** Facts of a member, and the `stamp` under which the ledger knows whether they still hold. */
export type StampedFacts = { facts: MemberFacts; stamp: string };

const statement: Statement = {
  name: 'member_facts',
  text: 'SELECT member_facts($1, $2, $3, $4) AS found',
};

/** Reads what the program's rules ask of a member (by code), as of now. Null: nobody has this code. */
export async function factsOf(ctx: Pick<Context, 'db' | 'now'>, code: string, rules: Rules): Promise<StampedFacts | null> {
  const windows = new Set(rules.discounts.flatMap(({ withinDays }) => withinDays ?? []));
  const limited = rules.bonuses.filter(({ timesPerMember }) => timesPerMember !== undefined).map(({ id }) => id);
  const [row] = await ctx.db.run<{ found: StampedFacts | null }>(statement, [code, ctx.now, [...windows], limited]);
  return row?.found ?? null;
}
