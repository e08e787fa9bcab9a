import type { Say } from '../chat/words.ts';
import type { CouponTerms } from '../program/rewards/terms.ts';
import type { Reward } from '../program/rules/rules.ts';

/** What a reward or a coupon is good for, in a few words; empty when its name says it all. `leftMinor`: what is left of stored value. */
export function worthText(reward: Reward | CouponTerms, say: Say, leftMinor: number | null = null): string {
  switch (reward.kind) {
    case 'money':
      return say('rewards:worth.money', { amount: reward.amountMinor });
    case 'percent':
      return reward.upToMinor === undefined
        ? say('rewards:worth.percent', { percent: reward.percent / 100 })
        : say('rewards:worth.percent_up_to', { percent: reward.percent / 100, amount: reward.upToMinor });
    case 'item':
      return reward.item;
    case 'gift_card':
      return leftMinor === null || leftMinor === reward.amountMinor
        ? say('rewards:worth.gift_card', { amount: reward.amountMinor })
        : say('rewards:worth.gift_card_left', { left: leftMinor, amount: reward.amountMinor });
    case 'event':
      return [say('rewards:worth.event', { at: reward.at }), reward.place ?? ''].filter(Boolean).join(' · ');
    case 'privilege':
      return '';
  }
}

/** The same beside a name: empty when the name says it already ("A coffee on us" needs no "coffee" below it). */
export const worthBeside = (name: string, worth: string): string =>
  name.toLowerCase().includes(worth.toLowerCase()) ? '' : worth;
