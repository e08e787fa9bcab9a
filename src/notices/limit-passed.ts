import { z } from 'zod';
import type { Notice } from './notice.ts';

const whole = z.number().int().nonnegative();
const params = z.object({
  person: whole,
  limit: z.enum(['entryMinor', 'memberDay', 'staffDay', 'refundDayMinor']),
  allowed: whole,
  reached: whole,
  name: z.string().nullish(),
});

/** To owners: somebody went above a soft limit. Once per person, business day and limit. */
export const limitPassed: Notice = {
  name: 'limit-passed',
  render(given, say) {
    const { person, limit, allowed, reached, name } = params.parse(given);
    return {
      title: name ? say('control:passed.title', { name }) : say('control:passed.nameless'),
      body: say(`control:passed.${limit}`, { allowed, reached }),
      buttons: [[{ label: say('control:passed.look'), does: `report team #${person} 1` }]],
    };
  },
};
