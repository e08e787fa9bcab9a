import type { Scene } from '../../chat/command.ts';
import { shownCouponCode } from '../../program/rewards/coupon.ts';
import type { StampedCard } from '../../program/stamps/stamp-terms.ts';
import { said } from '../member/stamps.ts';

/** What a purchase did to the member's stamp cards, and the coupons of full ones. */
export const creditedStamps = (
  outcome: { stamps?: StampedCard[] } | null,
  scene: Scene,
): (readonly [label: string, value: string])[] =>
  (outcome?.stamps ?? []).flatMap(({ name, count, of, coupons }) => [
    [said(scene, name), scene.say('stamps:tally', { done: Math.max(count, 0), of })] as const,
    ...coupons.map((code) => [scene.say('stamps:staff.coupon'), shownCouponCode(code)] as const),
  ]);
