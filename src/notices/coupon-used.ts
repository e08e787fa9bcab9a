import { z } from 'zod';
import type { Notice } from './notice.ts';
import { nameParams, rewardName } from './reward-name.ts';

const params = z.object({ ...nameParams, at: z.string() });

/** A coupon of theirs was used at the counter. */
export const couponUsed: Notice = {
  name: 'coupon-used',
  render(given, say) {
    const coupon = params.parse(given);
    return {
      title: say('rewards:used.title', { name: rewardName(coupon, say) }),
      body: say('rewards:used.body', { at: coupon.at }),
      buttons: [
        [
          { label: say('rewards:given.rewards'), does: 'rewards' },
          { label: say('rewards:given.all'), does: 'coupons' },
        ],
      ],
    };
  },
};
