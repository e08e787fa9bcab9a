import type { Ask, Command } from '../../chat/command.ts';
import { takeBackCoupon } from '../../program/gifts/take-back-coupon.ts';
import { Refusal } from '../../program/refusal.ts';
import { couponState, shownCouponCode } from '../../program/rewards/coupon.ts';
import { findCoupon } from '../../program/rewards/find-coupon.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { couponName } from '../member/coupon-view.ts';
import { worthText } from '../worth.ts';

const code: Ask = {
  name: 'coupon',
  field: ({ say }) => ({ label: say('rewards:coupon.code'), hint: say('rewards:use.hint') }),
  read: async (typed, ctx) => (await findCoupon(ctx, typed)).code,
  question: (_ctx, _answers, { say }) => ({
    body: say('rewards:use.question'),
    footer: say('rewards:use.hint'),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};

const sure = confirm(async (ctx, answers, scene) => {
  const { say } = scene;
  const coupon = await findCoupon(ctx, answers.coupon ?? '');
  if (couponState(coupon, ctx.now) !== 'open') throw new Refusal('gift.not_open');
  const back = coupon.valueMinor === coupon.leftMinor ? coupon.points : 0;
  return {
    title: say('gifts:void.sure', { name: couponName(coupon, scene), who: coupon.name }),
    body: [worthText(coupon.terms, say, coupon.leftMinor), back > 0 ? say('gifts:void.back', { count: back }) : '']
      .filter(Boolean)
      .join('\n'),
    facts: [[say('rewards:coupon.code'), shownCouponCode(coupon.code)]],
    yes: say('gifts:void.yes'),
  };
});

/** An owner makes a coupon worthless: a stolen gift card, a mistake. Its member is told. */
export const voidCoupon: Command = {
  name: 'void',
  for: 'owner',
  asks: [code, sure],
  run: async (ctx, answers, scene) => {
    const { say, language, shop } = scene;
    const done = await takeBackCoupon(ctx, answers.coupon ?? '');
    return {
      title: say('gifts:void.done', { name: textIn(done.name, language, shop.language) }),
      ...(done.points > 0 ? { body: say('gifts:void.returned', { count: done.points }) } : {}),
      buttons: [[button(scene, 'use'), button(scene, 'report')]],
    };
  },
};
