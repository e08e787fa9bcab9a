import { z } from 'zod';
import type { Notice } from './notice.ts';

const whole = z.number().int().nonnegative();
const params = z.object({
  payment: z.number().int().positive(),
  /** What the member knows the shop by. */
  place: z.string(),
  points: whole,
  worthMinor: whole,
  dueMinor: whole,
  expiresAt: z.string(),
});

/** To a member at the counter: may points pay a part of the bill? The two buttons are the only way to say yes. */
export const payAsk: Notice = {
  name: 'pay-ask',
  render(given, say) {
    const { payment, place, points, worthMinor, dueMinor, expiresAt } = params.parse(given);
    return {
      title: say('payments:ask.title', { place }),
      body: say('payments:ask.body', { count: points, worth: worthMinor, due: dueMinor, rest: dueMinor - worthMinor }),
      footer: say('payments:ask.until', { at: expiresAt }),
      buttons: [
        [
          { label: say('payments:ask.yes', { count: points }), does: `payment ${payment} yes`, style: 'primary' },
          { label: say('payments:ask.no'), does: `payment ${payment} no` },
        ],
      ],
    };
  },
};
