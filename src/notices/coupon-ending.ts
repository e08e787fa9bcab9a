import { z } from 'zod';
import type { Notice } from './notice.ts';
import { nameParams, rewardName } from './reward-name.ts';

const params = z.object({ ...nameParams, code: z.string(), until: z.string() });

/** A coupon of theirs ends soon, unused. */
export const couponEnding: Notice = {
  name: 'coupon-ending',
  render(given, say) {
    const coupon = params.parse(given);
    return {
      title: say('rewards:ending.title'),
      body: say('rewards:ending.body', { name: rewardName(coupon, say), at: coupon.until }),
      buttons: [
        [
          { label: say('rewards:given.show'), does: `coupons ${coupon.code}` },
          { label: say('rewards:given.all'), does: 'coupons' },
        ],
      ],
    };
  },
};
