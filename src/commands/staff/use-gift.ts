import type { Answers, Ask, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { Context } from '../../program/context.ts';
import { useGiftCard } from '../../program/gifts/gift-cards.ts';
import { exampleOf, parseMoney, writtenMoney } from '../../program/money.ts';
import { Refusal } from '../../program/refusal.ts';
import { shownCouponCode } from '../../program/rewards/coupon.ts';
import { type FoundCoupon, findCoupon } from '../../program/rewards/find-coupon.ts';
import { button } from '../buttons.ts';
import { couponName } from '../member/coupon-view.ts';

/** How much of a gift card to take, where it is said at once: `use CODE 7.50`. */
export const giftAmount: Ask = {
  name: 'amount',
  optional: true,
  field: ({ say, shop }) => ({
    label: say('gifts:use.amount'),
    hint: say('gifts:use.amount_hint', { example: exampleOf(shop.currency) }),
  }),
  read: (typed, _ctx, { shop }) => writtenMoney(parseMoney(typed, shop.currency), shop.currency),
  question: (_ctx, _answers, { say }) => ({ body: say('gifts:use.amount') }),
};

/** Says no to more than is left, and to an amount of what has none. The database asks the same again. */
function holdEnough({ leftMinor }: FoundCoupon, amountMinor: number): void {
  if (leftMinor === null) throw new Refusal('gift.not_stored');
  if (amountMinor > leftMinor) throw new Refusal('gift.too_much', { left: leftMinor });
}

/** What is to be taken of a gift card, in minor units; undefined for every other coupon. */
const takenOf = (answers: Answers, { shop }: Pick<Scene, 'shop'>): number | undefined => {
  const written = answers.amount ?? (answers.sure === 'yes' ? undefined : answers.sure);
  return written === undefined ? undefined : parseMoney(written, shop.currency);
};

function howMuch(coupon: FoundCoupon, scene: Scene, answer: (value: string) => string): View {
  const { say, shop } = scene;
  const left = coupon.leftMinor ?? 0;
  return {
    title: say('gifts:use.title', { name: couponName(coupon, scene), who: coupon.name }),
    body: say('gifts:use.how_much'),
    facts: [
      [say('gifts:use.left'), say('staff:money', { amount: left })],
      [say('rewards:coupon.code'), shownCouponCode(coupon.code)],
    ],
    buttons: [
      [
        { label: say('gifts:use.all', { left }), does: answer(writtenMoney(left, shop.currency)) },
        { label: say('chat:cancel'), does: 'cancel' },
      ],
    ],
  };
}

/** The last question about a coupon: for a gift card without an amount it is how much, for everything else `sure`. */
export const sureOrAmount = (sure: Ask): Ask => ({
  ...sure,
  read: async (typed, ctx, scene, answers) => {
    const coupon = await findCoupon(ctx, answers.coupon ?? '');
    if (coupon.leftMinor === null || answers.amount !== undefined) return sure.read(typed, ctx, scene, answers);
    const amountMinor = parseMoney(typed, scene.shop.currency);
    holdEnough(coupon, amountMinor);
    return writtenMoney(amountMinor, scene.shop.currency);
  },
  question: async (ctx, answers, scene, answer) => {
    const coupon = await findCoupon(ctx, answers.coupon ?? '');
    if (coupon.leftMinor !== null && answers.amount === undefined) return howMuch(coupon, scene, answer);
    const amountMinor = takenOf(answers, scene);
    if (amountMinor !== undefined && answers.amount !== undefined) holdEnough(coupon, amountMinor);
    const view = await sure.question(ctx, answers, scene, answer);
    if (answers.amount === undefined || amountMinor === undefined) return view;
    const { say } = scene;
    return {
      ...view,
      title: say('gifts:use.sure', { amount: amountMinor, name: couponName(coupon, scene), who: coupon.name }),
      facts: [
        [say('gifts:use.after'), say('staff:money', { amount: (coupon.leftMinor ?? 0) - amountMinor })],
        ...(view.facts ?? []),
      ],
    };
  },
});

/** Pays a part of a bill from a gift card; undefined when the answers are about another kind of coupon. */
export async function useGift(ctx: Context, answers: Answers, scene: Scene): Promise<View | undefined> {
  const { say, who } = scene;
  const amountMinor = takenOf(answers, scene);
  if (amountMinor === undefined) return undefined;
  const done = await useGiftCard(ctx, { code: answers.coupon ?? '', amountMinor, shop: who.shop });
  return {
    title: say('gifts:use.done', { amount: done.amountMinor, name: couponName(done, scene), who: done.name }),
    facts: [
      [say('gifts:use.left'), say('staff:money', { amount: done.leftMinor })],
      [say('rewards:coupon.code'), shownCouponCode(done.code)],
    ],
    buttons: [[button(scene, 'use'), button(scene, 'credit')]],
  };
}
