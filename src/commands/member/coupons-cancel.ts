import type { Ask, Command } from '../../chat/command.ts';
import { Refusal } from '../../program/refusal.ts';
import { cancelCoupon } from '../../program/rewards/cancel-coupon.ts';
import { couponState, isCancellable, shownCouponCode } from '../../program/rewards/coupon.ts';
import { findCoupon } from '../../program/rewards/find-coupon.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { couponName, couponView } from './coupon-view.ts';

const code: Ask = {
  name: 'code',
  field: ({ say }) => ({ label: say('rewards:coupon.code') }),
  read: async (typed, ctx, { who }) => {
    const coupon = await findCoupon(ctx, typed);
    if (coupon.memberId !== who.member?.id) throw new Refusal('coupon.unknown');
    return coupon.code;
  },
  question: (_ctx, _answers, { say }) => ({
    body: say('rewards:cancel.question'),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};

const sure = confirm(async (ctx, answers, scene) => {
  const { say, who } = scene;
  const coupon = await findCoupon(ctx, answers.code ?? '');
  if (coupon.source !== 'redeem') throw new Refusal('coupon.a_gift');
  if (couponState(coupon, ctx.now) === 'open' && !isCancellable(coupon, ctx.now))
    throw new Refusal(coupon.terms.kind === 'event' ? 'coupon.event_begun' : 'coupon.used_partly');
  const { points } = coupon;
  return {
    title: say('rewards:cancel.sure', { name: couponName(coupon, scene) }),
    body: points > 0 ? say('rewards:cancel.back', { count: points }) : say('rewards:cancel.free'),
    facts: [
      [say('rewards:coupon.code'), shownCouponCode(coupon.code)],
      ...(points > 0
        ? [[say('rewards:redeem.after'), say('member:points', { count: (who.member?.balance ?? 0) + points })] as const]
        : []),
    ],
    yes: say('rewards:cancel.yes'),
  };
});

/** A coupon given back before it was used: its points return. */
export const couponsCancel: Command = {
  name: 'coupons cancel',
  for: 'member',
  hidden: true,
  asks: [code, sure],
  run: async (ctx, answers, scene) => {
    const { say, who } = scene;
    if (!who.member) throw new Error('coupons cancel runs for members');
    const done = await cancelCoupon(ctx, { memberId: who.member.id, code: answers.code ?? '' });
    return {
      ...couponView(done, scene, ctx.now),
      ...(done.points > 0 ? { body: say('rewards:cancel.done', { count: done.points }) } : {}),
      facts: [[say('rewards:redeem.left'), say('member:points', { count: done.balance })]],
      buttons: [[button(scene, 'rewards'), button(scene, 'coupons')]],
    };
  },
};
