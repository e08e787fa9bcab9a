import type { Context, Database } from '../../src/program/context.ts';
import { credit } from '../../src/program/ledger/credit.ts';
import { type Redeemed, redeem } from '../../src/program/rewards/redeem.ts';
import { couponTerms } from '../../src/program/rewards/terms.ts';
import { type Program, plainRules, type Reward, type Rules } from '../../src/program/rules/rules.ts';
import { asOwner, contextOf, newMember, newPerson } from './ledger.ts';

/** A mug for 30 points; its parts can be given otherwise. */
export const mug = (more: Partial<Reward> = {}): Reward =>
  ({ id: 'mug', name: { en: 'A mug', fi: 'Muki' }, cost: 30, validDays: 30, kind: 'item', item: 'mug', ...more }) as Reward;

/** A program with these rewards, one point per 1.00. */
export const programWith = (rewards: Reward[], more: Partial<Rules> = {}): Program => ({
  version: 1,
  rules: { ...plainRules(100), welcome: 0, rewards, ...more },
});

/** A member with a chat and so many points, given one after the other; each ends as the program says. */
export async function memberWith(db: Database, at: Date, points: readonly number[], program: Program = programWith([])) {
  const member = await newMember(db, at);
  const { personId, actor } = await newPerson(db, null);
  await db.prisma.member.update({ where: { id: member.id }, data: { personId } });
  const user = `u${personId}`;
  await db.prisma.address.create({ data: { personId, channel: 'telegram', user, chat: user, usedAt: at } });
  for (const amount of points)
    await credit(contextOf(db, at), { member: member.code, amountMinor: amount * 100, currency: 'EUR' }, program, 'UTC');
  return { ...member, personId, actor };
}

/** Redeems a reward at the price the program says. */
export function take(ctx: Context, memberId: number, program: Program, reward = 'mug'): Promise<Redeemed> {
  const agreed = program.rules.rewards.find(({ id }) => id === reward)?.cost ?? 0;
  return redeem(ctx, { memberId, reward, agreed }, program, 'UTC');
}

/** Gives a coupon as a stamp card or a birthday does; the application's own role may not. */
export async function give(
  url: string,
  ctx: Context,
  memberId: number,
  program: Program,
  source: string,
  reward = 'mug',
): Promise<number> {
  const given = program.rules.rewards.find(({ id }) => id === reward);
  if (!given) throw new Error(`the program has no ${reward}`);
  const terms = JSON.stringify(couponTerms(given, ctx.now, program.rules, 'UTC'));
  return asOwner(url, async (client) => {
    const text = 'SELECT coupon_issue($1, $2, $3, $4, NULL, NULL, $5)::int AS id';
    const { rows } = await client.query<{ id: number }>(text, [ctx.key.id, memberId, terms, source, ctx.now]);
    return rows[0]?.id ?? 0;
  });
}
