import type { Ask, Command } from '../../chat/command.ts';
import { Refusal } from '../../program/refusal.ts';
import { couponState, shownCouponCode } from '../../program/rewards/coupon.ts';
import { type FoundCoupon, findCoupon } from '../../program/rewards/find-coupon.ts';
import { useCoupon } from '../../program/rewards/use-coupon.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { couponName } from '../member/coupon-view.ts';
import { worthText } from '../worth.ts';
import { giftAmount, sureOrAmount, useGift } from './use-gift.ts';

/** Says to staff why a coupon is no longer good; the database asks the same again when it is used. */
function holdOpen(coupon: FoundCoupon, now: Date): void {
  const state = couponState(coupon, now);
  if (state === 'used') throw new Refusal('coupon.used', { at: coupon.usedAt, by: coupon.usedBy ?? '—' });
  if (state === 'cancelled') throw new Refusal('coupon.cancelled', { at: coupon.cancelledAt });
  if (state === 'expired') throw new Refusal('coupon.expired', { at: coupon.terms.until });
}

const code: Ask = {
  name: 'coupon',
  // A code may be written with spaces, and an amount may stand behind it.
  takes: /^(?:[\p{L}\d]{4}[\s-]?[\p{L}\d]{4}[\s-]?[\p{L}\d]{3}(?!\S)|\S+)/u,
  field: ({ say }) => ({ label: say('rewards:coupon.code'), hint: say('rewards:use.hint') }),
  read: async (typed, ctx) => {
    const coupon = await findCoupon(ctx, typed);
    holdOpen(coupon, ctx.now);
    return coupon.code;
  },
  question: (_ctx, _answers, { say }) => ({
    body: say('rewards:use.question'),
    footer: say('rewards:use.hint'),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};

const sure = confirm(async (ctx, answers, scene) => {
  const { say } = scene;
  const coupon = await findCoupon(ctx, answers.coupon ?? '');
  holdOpen(coupon, ctx.now);
  const name = couponName(coupon, scene);
  const worth = worthText(coupon.terms, say, coupon.leftMinor);
  return {
    title: say('rewards:use.sure', { name, who: coupon.name }),
    ...(worth === '' || worth === name ? {} : { body: worth }),
    facts: [
      [say('rewards:coupon.code'), shownCouponCode(coupon.code)],
      [say('rewards:coupon.until'), say('rewards:on', { at: coupon.terms.until })],
    ],
    yes: say('rewards:use.yes'),
  };
});

/** A customer's coupon at the counter: what to give and to whom, sure?, used (of a gift card: how much, too). The customer is told in their own chat. */
export const use: Command = {
  name: 'use',
  for: 'staff',
  asks: [code, giftAmount, sureOrAmount(sure)],
  run: async (ctx, answers, scene) => {
    const { say } = scene;
    const gift = await useGift(ctx, answers, scene);
    if (gift) return gift;
    const done = await useCoupon(ctx, { code: answers.coupon ?? '', shop: scene.who.shop });
    const name = couponName(done, scene);
    const worth = worthText(done.terms, say);
    return {
      title: say('rewards:use.done', { name, who: done.name }),
      ...(worth === '' || worth === name ? {} : { body: worth }),
      facts: [[say('rewards:coupon.code'), shownCouponCode(done.code)]],
      buttons: [[button(scene, 'use'), button(scene, 'credit')]],
    };
  },
};
