import type { Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import { couponPicture } from '../../pictures/coupon.ts';
import { type Coupon, couponState, isCancellable, shownCouponCode } from '../../program/rewards/coupon.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import { button } from '../buttons.ts';
import { worthBeside, worthText } from '../worth.ts';

/** What a coupon's reward is called, for who reads it. */
export const couponName = (coupon: Pick<Coupon, 'terms'>, { language, shop }: Pick<Scene, 'language' | 'shop'>): string =>
  textIn(coupon.terms.name, language, shop.language);

/** A coupon that is good: a picture to save and the same as text, with what can be done with it. */
function goodCoupon(coupon: Coupon, scene: Scene, now: Date): View {
  const { say, shop, language } = scene;
  const name = couponName(coupon, scene);
  const code = shownCouponCode(coupon.code);
  const until = say('rewards:until', { at: coupon.terms.until });
  const worth = worthBeside(name, worthText(coupon.terms, say, coupon.leftMinor));
  const link = scene.link(`u_${coupon.code}`) ?? coupon.code;
  const about = coupon.terms.about ? textIn(coupon.terms.about, language, shop.language) : '';
  return {
    title: name,
    body: [worth, about].filter(Boolean).join('\n'),
    image: {
      png: couponPicture({ shop: shop.name, name, worth, until, shownCode: code, link }),
      alt: say('rewards:coupon.alt', { name, code }),
    },
    facts: [
      [say('rewards:coupon.code'), code],
      [say('rewards:coupon.until'), say('rewards:on', { at: coupon.terms.until })],
    ],
    buttons: [
      [
        button(scene, 'coupons'),
        ...(isCancellable(coupon, now)
          ? [{ label: say(commandKey('coupons cancel', 'title')), does: `coupons cancel ${coupon.code}` }]
          : []),
        ...(coupon.leftMinor === null ? [] : [button(scene, 'give', coupon.code)]),
      ],
    ],
    footer: say(coupon.leftMinor === null ? 'rewards:coupon.hint' : 'gifts:card_hint'),
    show: 'privately',
  };
}

/** A coupon for its owner. One that is used or over says so, and has no code to show any more. */
export function couponView(coupon: Coupon, scene: Scene, now: Date): View {
  const state = couponState(coupon, now);
  if (state === 'open') return goodCoupon(coupon, scene, now);
  const at = { used: coupon.usedAt, cancelled: coupon.cancelledAt, expired: coupon.terms.until }[state];
  return {
    title: couponName(coupon, scene),
    body: scene.say(`rewards:coupon.${state}`, { at }),
    buttons: [[button(scene, 'coupons'), button(scene, 'rewards')]],
    show: 'privately',
  };
}
