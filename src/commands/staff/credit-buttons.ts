import type { Answers, Scene } from '../../chat/command.ts';
import type { Button } from '../../chat/view.ts';
import type { Context } from '../../program/context.ts';
import type { FoundMember } from '../../program/members/find.ts';
import { writtenBought } from '../../program/pricing/bought.ts';
import { openCoupons } from '../../program/rewards/coupons-of.ts';
import type { Rules } from '../../program/rules/rules.ts';
import { button } from '../buttons.ts';
import { said } from '../member/stamps.ts';
import { boughtIn } from './bought.ts';

/** Buttons for the coupons that they could use now. */
export async function couponButtons(ctx: Context, memberId: number, scene: Scene): Promise<Button[][]> {
  const coupons = await openCoupons(ctx, memberId, 3);
  return coupons.map(({ code, terms }) => [
    { label: scene.say('staff:credit.use', { name: said(scene, terms.name) }), does: `use ${code}` },
  ]);
}

/** A button that asks the member to pay with points, where the program has that and the card is enough for the smallest part. */
export function payButton(member: FoundMember, scene: Scene, bill = ''): Button[][] {
  const { pay } = scene.program.rules;
  if (!pay || member.personId === null || member.balance < pay.points) return [];
  return [[button(scene, 'pay', `${member.code} ${bill}`.trim())]];
}

const buttonBytes = 64;

/** Whether anything in the rules asks what was bought. */
const asksWhat = ({ earn, bonuses, stamps }: Rules): boolean =>
  earn.some((rule) => rule.kind === 'item' || rule.when?.categories) ||
  bonuses.some((bonus) => bonus.when?.categories || ('categories' in bonus && bonus.categories)) ||
  stamps.some(({ per }) => per.kind === 'item');

/** A button for a piece more of each of the first categories: the same purchase with it. */
export function pieceButtons(member: FoundMember, answers: Answers, scene: Scene): Button[][] {
  const { say, program, shop } = scene;
  if (!asksWhat(program.rules)) return [];
  const row = program.rules.categories.slice(0, 4).flatMap(({ id, name }) => {
    const pieces = boughtIn(answers.bought ? `${answers.bought}, ${id}` : id, scene);
    const does = `credit ${member.code} ${answers.amount} ${answers.receipt || '-'} ${writtenBought(pieces, shop.currency)}`;
    return Buffer.byteLength(does) > buttonBytes ? [] : [{ label: say('staff:bought.add', { name: said(scene, name) }), does }];
  });
  return row.length > 0 ? [row] : [];
}
