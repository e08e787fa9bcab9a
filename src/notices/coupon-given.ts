import { z } from 'zod';
import type { Notice } from './notice.ts';
import { nameParams, rewardName } from './reward-name.ts';

const params = z.object({ ...nameParams, code: z.string(), source: z.string(), until: z.string() });

const titles: Readonly<Record<string, string>> = {
  stamps: 'rewards:given.stamps',
  birthday: 'rewards:given.birthday',
  gift: 'gifts:received',
};

/** Somebody got a coupon without points: a full stamp card, a birthday, a present. */
export const couponGiven: Notice = {
  name: 'coupon-given',
  render(given, say) {
    const coupon = params.parse(given);
    return {
      title: say(titles[coupon.source] ?? 'rewards:given.other'),
      body: say('rewards:given.body', { name: rewardName(coupon, say), at: coupon.until }),
      buttons: [
        [
          { label: say('rewards:given.show'), does: `coupons ${coupon.code}` },
          { label: say('rewards:given.all'), does: 'coupons' },
        ],
      ],
    };
  },
};
