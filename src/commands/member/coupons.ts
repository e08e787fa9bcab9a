import type { Ask, Command } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { Refusal } from '../../program/refusal.ts';
import { openCoupons } from '../../program/rewards/coupons-of.ts';
import { findCoupon } from '../../program/rewards/find-coupon.ts';
import { button } from '../buttons.ts';
import { couponName, couponView } from './coupon-view.ts';

const buttonsShown = 8;

const code: Ask = {
  name: 'code',
  optional: true,
  field: ({ say }) => ({ label: say('rewards:coupon.code') }),
  read: async (typed, ctx, { who }) => {
    const coupon = await findCoupon(ctx, typed);
    // Staff may know of everybody's coupons, but these are somebody's own.
    if (coupon.memberId !== who.member?.id) throw new Refusal('coupon.unknown');
    return coupon.code;
  },
  question: (_ctx, _answers, { say }) => ({ body: say('rewards:coupon.code') }),
};

/** The coupons somebody can still use, or one of them with its picture. */
export const coupons: Command = {
  name: 'coupons',
  for: 'member',
  reads: true,
  asks: [code],
  run: async (ctx, answers, scene) => {
    const { say, who } = scene;
    if (!who.member) throw new Error('coupons runs for members');
    if (answers.code !== undefined) return couponView(await findCoupon(ctx, answers.code), scene, ctx.now);
    const open = await openCoupons(ctx, who.member.id);
    return {
      title: say(commandKey('coupons', 'title')),
      ...(open.length === 0 ? { body: say('rewards:coupon.none') } : {}),
      facts: open.map((coupon) => [couponName(coupon, scene), say('rewards:until', { at: coupon.terms.until })] as const),
      buttons: [
        ...open
          .slice(0, buttonsShown)
          .map((coupon) => [
            { label: say('rewards:coupon.show', { name: couponName(coupon, scene) }), does: `coupons ${coupon.code}` },
          ]),
        [button(scene, 'rewards'), button(scene, 'balance')],
      ],
      show: 'privately',
    };
  },
};
