import { createHash } from 'node:crypto';
import type { Answers, Ask, Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { cardPicture } from '../../pictures/card.ts';
import { shownCode } from '../../program/codes.ts';
import type { Context } from '../../program/context.ts';
import { findMember } from '../../program/members/find.ts';
import { erasePerson, holdNoRole, type Losses, lossesBy, type Whom, wasErased } from '../../program/privacy/erase.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { who as whose } from '../staff/who.ts';

/** Owners erase a customer who asks for it at the counter; everybody else erases themselves. */
const who: Ask = {
  ...whose,
  optional: true,
  field: (scene) => (scene.who.role === 'owner' ? whose.field?.(scene) : undefined),
  read: (typed, ctx, scene, answers) => {
    if (scene.who.role !== 'owner') throw new Refusal('owner.only');
    return whose.read(typed, ctx, scene, answers);
  },
};

/** Who is meant, with the name they are shown by. */
async function meant(
  ctx: Context,
  answers: Answers,
  { who: self, from }: Scene,
): Promise<{ whom: Whom; personId: number | null; name: string | null }> {
  const own = { whom: { personId: self.personId }, personId: self.personId, name: null };
  if (answers.who === undefined) return own;
  try {
    const found = await findMember(ctx, answers.who, from.channel);
    return { whom: { memberId: found.id }, personId: found.personId, name: found.name };
  } catch (error) {
    // Nobody has this code any more: it was pressed twice.
    if (error instanceof Refusal && (await wasErased(ctx))) return own;
    throw error;
  }
}

function goes({ points, debt, coupons }: Losses, { say }: Scene): NonNullable<View['facts']> {
  return [
    ...(points > 0 ? [[say('privacy:erase.points'), say('member:points', { count: points })] as const] : []),
    ...(coupons > 0 ? [[say('privacy:erase.coupons'), say('privacy:erase.coupon', { count: coupons })] as const] : []),
    ...(debt > 0 ? [[say('privacy:erase.debt'), say('member:points', { count: debt })] as const] : []),
  ];
}

const sure = confirm(async (ctx, answers, scene) => {
  const { say, shop } = scene;
  const { whom, personId, name } = await meant(ctx, answers, scene);
  if (name === null && personId === null) throw new Refusal('erase.nothing', { shop: shop.name });
  await holdNoRole(ctx, personId);
  return {
    title: name === null ? say('privacy:erase.title') : say('privacy:erase.title_of', { name }),
    body: `${say('privacy:erase.what')}\n\n${say('privacy:erase.stays', { shop: shop.name })}`,
    facts: goes(await lossesBy(ctx, whom), scene),
    yes: say('privacy:erase.yes'),
    ...(name === null ? { buttons: [[button(scene, 'export')]] } : {}),
    show: 'privately',
  };
});

const really: Ask = {
  ...confirm(async (_ctx, _answers, { say }) => ({
    title: say('privacy:erase.really'),
    body: say('privacy:erase.no_way_back'),
    yes: say('privacy:erase.do'),
    show: 'privately',
  })),
  name: 'really',
};

/** Somebody is forgotten: asked twice, done once, and told the same again however often it is asked. */
export const erase: Command = {
  name: 'erase',
  for: 'anyone',
  asks: [who, sure, really],
  run: async (ctx, answers, scene) => {
    const { say, shop, link } = scene;
    const { whom } = await meant(ctx, answers, scene);
    const picture = (code: string): string =>
      createHash('sha256')
        .update(cardPicture({ shop: shop.name, shownCode: shownCode(code), link: link(`c_${code}`) ?? code }))
        .digest('hex');
    const done = await erasePerson(ctx, whom, picture);
    return {
      title: say(done.own ? 'privacy:erased.title' : 'privacy:erased.title_of'),
      body: say(done.own ? 'privacy:erased.body' : 'privacy:erased.body_of', { shop: shop.name }),
      facts: goes(done, scene),
      buttons: [[done.own ? { label: say('chat:join'), does: 'start' } : button(scene, 'help')]],
      show: 'privately',
    };
  },
};
