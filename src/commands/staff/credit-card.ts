import type { Answers, Scene } from '../../chat/command.ts';
import type { Context } from '../../program/context.ts';
import type { FoundMember } from '../../program/members/find.ts';
import { parseMoney } from '../../program/money.ts';
import { shownBought } from '../../program/pricing/bought.ts';
import type { Preview } from '../../program/pricing/preview.ts';
import type { Item } from '../../program/pricing/purchase.ts';
import type { Bill } from '../../program/pricing/sale-terms.ts';
import { rewardsInReach } from '../../program/rewards/shelf.ts';
import type { Rules } from '../../program/rules/rules.ts';
import { cardsOf } from '../../program/stamps/cards-of.ts';
import { stampsFor } from '../../program/stamps/stamps-for.ts';
import { rewardOf, said } from '../member/stamps.ts';
import { percentIn } from '../rules/wording.ts';
import { boughtIn } from './bought.ts';

export type Fact = readonly [label: string, value: string];

/** The bill that the answers so far describe. */
export const billOf = (answers: Answers, scene: Scene, at: Date): Bill => ({
  amountMinor: parseMoney(answers.amount ?? '', scene.shop.currency),
  at,
  items: boughtIn(answers.bought, scene),
  shop: scene.who.shop,
});

const tierName = ({ tiers }: Rules, id: string | null): string | undefined =>
  tiers?.levels.find((level) => level.id === id)?.name;

/** What a discount is for, in a word or two. */
function discountName(rule: string, { say, program }: Scene): string {
  const found = program.rules.discounts.find(({ id }) => id === rule);
  if (found?.kind === 'nth') return say('staff:credit.off_nth', { every: found.every });
  if (found) return say('staff:credit.off_regular');
  return tierName(program.rules, rule.replace(/^tier:/, '')) ?? rule;
}

/** What the cashier takes: "Bill 20.00, regulars −5 % = 19.00 to pay". Undefined without a discount. */
export function toPay({ off, dueMinor }: Preview, amountMinor: number, scene: Scene): string | undefined {
  if (!off) return undefined;
  return scene.say('staff:credit.to_pay', {
    bill: amountMinor,
    why: discountName(off.rule, scene),
    percent: off.percent / 100,
    due: dueMinor,
  });
}

/** Which rule gives how much, when it is more than one. A part below a point is not worth a word. */
function whyText({ price, capped, points: all }: Preview, { say, program }: Scene): string {
  const parts = price.parts.map(({ rule, value }) => ({ rule, points: Number(value / price.per) }));
  const [base, ...more] = parts;
  const told = more.filter(({ points }) => points > 0);
  // What was carried over from earlier purchases counts with the first part, so that the parts are the whole.
  const first = capped ? base?.points : all - told.reduce((sum, { points }) => sum + points, 0);
  const texts = told.map(({ rule, points }) => {
    const name = tierName(program.rules, rule.replace(/^tier:/, '')) ?? rule.replaceAll(/[-_]/g, ' ');
    return say('staff:credit.part', { points, name });
  });
  return [
    ...(base && texts.length > 0 ? [say('staff:credit.part_base', { points: first }), ...texts] : []),
    ...(capped ? [say('staff:credit.capped')] : []),
  ].join(', ');
}

/** What a purchase will stamp, and which card it fills. */
async function stampTexts(
  ctx: Context,
  memberId: number,
  dueMinor: number,
  items: readonly Item[],
  scene: Scene,
): Promise<string[]> {
  const { say, program } = scene;
  const sale = { amountMinor: dueMinor, leftMinor: dueMinor, items };
  const stamped = program.rules.stamps.map((card) => stampsFor(card, sale));
  if (stamped.every((stamps) => stamps === 0)) return [];
  return (await cardsOf(ctx, memberId, program.rules)).flatMap(({ card, count }, at) => {
    const stamps = stamped[at] ?? 0;
    if (stamps === 0) return [];
    const after = count + stamps;
    const line = { name: said(scene, card.name), stamps, of: card.of };
    return after >= card.of
      ? say('stamps:credit.full', { ...line, reward: rewardOf(card, scene) })
      : say('stamps:credit.line', { ...line, done: Math.max(after, 0) });
  });
}

/** The member's tier, when they have one, with the discount that it always gives. */
export function tierFact(tier: string | null, { say, program, language }: Scene): Fact[] {
  const level = program.rules.tiers?.levels.find(({ id }) => id === tier);
  if (!level) return [];
  const { name, discountPercent: off } = level;
  return [[say('staff:credit.tier'), off ? say('staff:credit.tier_off', { name, percent: percentIn(off, language) }) : name]];
}

/** The dearest rewards that a member could have now. */
export async function inReachFact(ctx: Context, member: { id: number; balance: number }, scene: Scene): Promise<Fact[]> {
  const rewards = (await rewardsInReach(ctx, member, scene.program, scene.shop.timeZone)).slice(0, 3);
  const names = rewards.map(({ name }) => said(scene, name));
  return names.length === 0 ? [] : [[scene.say('staff:credit.in_reach'), names.join(', ')]];
}

/** Everything about a credit that is decided before it is made: who, what for, what it gives and why, what they could have. */
export async function creditFacts(
  ctx: Context,
  member: FoundMember,
  bill: Bill,
  preview: Preview,
  receipt: string,
  scene: Scene,
): Promise<Fact[]> {
  const { say, program, shop, language } = scene;
  const why = whyText(preview, scene);
  const stamps = await stampTexts(ctx, member.id, preview.dueMinor, bill.items, scene);
  const { points, releaseAt } = preview;
  const after = releaseAt ? member.balance : member.balance + points - Math.min(member.debt, points);
  return [
    ...tierFact(preview.member.tier, scene),
    [say('staff:amount.label'), say('staff:money', { amount: bill.amountMinor })],
    ...(receipt ? [[say('member:why.receipt'), receipt] as const] : []),
    ...(bill.items.length > 0
      ? [[say('staff:bought.label'), shownBought(bill.items, program.rules.categories, language, shop.language)] as const]
      : []),
    ...(why ? [[say('staff:credit.why'), why] as const] : []),
    ...(stamps.length > 0 ? [[say('stamps:staff.label'), stamps.join('\n')] as const] : []),
    ...(releaseAt ? [[say('staff:credit.release'), say('member:why.on', { at: releaseAt })] as const] : []),
    [say('staff:credit.after'), say('member:points', { count: after })],
    ...(await inReachFact(ctx, member, scene)),
  ];
}
