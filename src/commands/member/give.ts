import type { Answers, Ask, Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import { checkCode, plainCode, shownCode } from '../../program/codes.ts';
import type { Context } from '../../program/context.ts';
import { giveGiftCard, offerGiftCard } from '../../program/gifts/gift-cards.ts';
import { shownPrintedCode } from '../../program/gifts/printed-codes.ts';
import { findMember } from '../../program/members/find.ts';
import { Refusal } from '../../program/refusal.ts';
import { type Coupon, couponState } from '../../program/rewards/coupon.ts';
import { openCoupons } from '../../program/rewards/coupons-of.ts';
import { findCoupon } from '../../program/rewards/find-coupon.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { worthText } from '../worth.ts';
import { couponName } from './coupon-view.ts';

const buttonsShown = 8;

/** A gift card of this person that is still good. */
async function ownCard(ctx: Context, typed: string, { who }: Scene): Promise<Coupon> {
  const coupon = await findCoupon(ctx, typed);
  if (coupon.memberId !== who.member?.id) throw new Refusal('coupon.unknown');
  if (coupon.leftMinor === null) throw new Refusal('gift.not_stored');
  if (couponState(coupon, ctx.now) !== 'open') throw new Refusal('gift.not_open');
  return coupon;
}

const which: Ask = {
  name: 'coupon',
  field: ({ say }) => ({ label: say('gifts:give.card') }),
  read: async (typed, ctx, scene) => (await ownCard(ctx, typed, scene)).code,
  question: async (ctx, _answers, scene, answer) => {
    const { say, who } = scene;
    const own = (await openCoupons(ctx, who.member?.id ?? 0)).filter(({ leftMinor }) => leftMinor !== null);
    if (own.length === 0) throw new Refusal('gift.none');
    return {
      body: say('gifts:give.which'),
      buttons: [
        ...own.slice(0, buttonsShown).map((coupon) => [
          {
            label: `${couponName(coupon, scene)} · ${worthText(coupon.terms, say, coupon.leftMinor)}`,
            does: answer(coupon.code),
          },
        ]),
        [{ label: say('chat:cancel'), does: 'cancel' }],
      ],
      show: 'privately',
    };
  },
};

const to: Ask = {
  name: 'to',
  field: ({ say }) => ({ label: say('gifts:give.to') }),
  read: async (typed, ctx, { from, who }) => {
    if (typed.trim() === 'link') return 'link';
    // By a code only: a phone number or a name must not tell whether somebody has a card here.
    const said = plainCode(/c_([0-9A-Za-z]{9})\b/.exec(typed)?.[1] ?? typed);
    if (checkCode(said) !== 'right') throw new Refusal('gift.to_unclear');
    const { id, code } = await findMember(ctx, said, from.channel);
    if (id === who.member?.id) throw new Refusal('gift.own');
    return code;
  },
  question: (_ctx, _answers, { say }, answer) => ({
    body: say('gifts:give.to_question'),
    buttons: [
      [{ label: say('gifts:give.by_link'), does: answer('link'), style: 'primary' }],
      [{ label: say('chat:cancel'), does: 'cancel' }],
    ],
    show: 'privately',
  }),
};

// The name of the other is not shown: a code must not tell strangers who is behind it.
const sure = confirm(async (ctx, answers, scene) => {
  const { say } = scene;
  const coupon = await ownCard(ctx, answers.coupon ?? '', scene);
  const left = say('staff:money', { amount: coupon.leftMinor });
  return {
    title:
      answers.to === 'link'
        ? say('gifts:give.sure_link', { left })
        : say('gifts:give.sure', { left, code: shownCode(answers.to ?? '') }),
    body: answers.to === 'link' ? say('gifts:give.link_body') : say('gifts:give.body'),
    yes: say('gifts:give.yes'),
    show: 'privately',
  };
});

async function linkView(ctx: Context, card: { code: string; memberId: number }, scene: Scene): Promise<View> {
  const { say, language, shop } = scene;
  const done = await offerGiftCard(ctx, card);
  const text = scene.link(`g_${done.claim}`) ?? `claim ${shownPrintedCode(done.claim)}`;
  return {
    title: say('gifts:give.link_done', { name: textIn(done.name, language, shop.language) }),
    body: `${say('gifts:give.link_how', { at: done.expiresAt })}\n\n${text}`,
    buttons: [[{ label: say('gifts:give.copy'), copy: text }, button(scene, 'coupons')]],
    show: 'privately',
  };
}

async function given(ctx: Context, card: { code: string; memberId: number }, answers: Answers, scene: Scene): Promise<View> {
  const { say, from } = scene;
  const { id } = await findMember(ctx, answers.to ?? '', from.channel);
  const done = await giveGiftCard(ctx, { ...card, toMemberId: id });
  return {
    title: say('gifts:give.done', { left: say('staff:money', { amount: done.amountMinor }) }),
    buttons: [[button(scene, 'coupons'), { label: say(commandKey('rewards', 'title')), does: 'rewards' }]],
    show: 'privately',
  };
}

/** A gift card for somebody else: which one, for whom (a member's code, or a link for whoever gets it), sure? */
export const give: Command = {
  name: 'give',
  for: 'member',
  asks: [which, to, sure],
  run: async (ctx, answers, scene) => {
    if (!scene.who.member) throw new Error('give runs for members');
    if (scene.place === 'group' && answers.to === 'link') throw new Refusal('codes.private_only');
    const card = { code: answers.coupon ?? '', memberId: scene.who.member.id };
    return answers.to === 'link' ? linkView(ctx, card, scene) : given(ctx, card, answers, scene);
  },
};
