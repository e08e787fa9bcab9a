import { z } from 'zod';
import type { Notice } from './notice.ts';
import { nameParams, rewardName } from './reward-name.ts';

const spent = z.object({ ...nameParams, code: z.string(), at: z.string(), amountMinor: z.number(), leftMinor: z.number() });

/** A part of their gift card was spent at the counter. */
export const giftSpent: Notice = {
  name: 'gift-spent',
  render(given, say) {
    const card = spent.parse(given);
    return {
      title: say('gifts:spent.title', { amount: card.amountMinor, name: rewardName(card, say) }),
      body: [
        say('gifts:spent.at', { at: card.at }),
        card.leftMinor > 0 ? say('gifts:spent.left', { left: card.leftMinor }) : say('gifts:spent.empty'),
      ].join('\n'),
      buttons: [[{ label: say('rewards:given.all'), does: 'coupons' }]],
    };
  },
};

const taken = z.object({ ...nameParams, amountMinor: z.number() });

/** Somebody took the gift card that they had put behind a link. */
export const giftTaken: Notice = {
  name: 'gift-taken',
  render(given, say) {
    const card = taken.parse(given);
    return {
      title: say('gifts:taken.title'),
      body: say('gifts:taken.body', { name: rewardName(card, say), amount: card.amountMinor }),
      buttons: [[{ label: say('rewards:given.all'), does: 'coupons' }]],
    };
  },
};

const voided = z.object({ ...nameParams, points: z.number() });

/** The shop has taken a coupon of theirs back. */
export const couponVoided: Notice = {
  name: 'coupon-voided',
  render(given, say) {
    const coupon = voided.parse(given);
    return {
      title: say('gifts:voided.title', { name: rewardName(coupon, say) }),
      body: [say('gifts:voided.body'), coupon.points > 0 ? say('gifts:voided.back', { count: coupon.points }) : '']
        .filter(Boolean)
        .join('\n'),
      buttons: [[{ label: say('rewards:given.all'), does: 'coupons' }]],
    };
  },
};

const seated = z.object({ ...nameParams, code: z.string(), at: z.string(), points: z.number() });

/** A seat became free and is theirs. */
export const seatGiven: Notice = {
  name: 'seat-given',
  render(given, say) {
    const seat = seated.parse(given);
    return {
      title: say('gifts:seated.title', { name: rewardName(seat, say) }),
      body: [say('gifts:seated.at', { at: seat.at }), seat.points > 0 ? say('gifts:seated.paid', { count: seat.points }) : '']
        .filter(Boolean)
        .join('\n'),
      buttons: [
        [
          { label: say('gifts:seated.show'), does: `coupons ${seat.code}` },
          { label: say('gifts:seated.back'), does: `coupons cancel ${seat.code}` },
        ],
      ],
    };
  },
};

const missed = z.object({ ...nameParams, event: z.string(), points: z.number() });

/** A seat became free, but their points were not enough for it. */
export const seatMissed: Notice = {
  name: 'seat-missed',
  render(given, say) {
    const seat = missed.parse(given);
    return {
      title: say('gifts:missed.title', { name: rewardName(seat, say) }),
      body: say('gifts:missed.body', { count: seat.points }),
      buttons: [[{ label: say('gifts:missed.again'), does: `seat ${seat.event}` }]],
    };
  },
};
