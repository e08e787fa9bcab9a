import { z } from 'zod';
import type { Notice } from './notice.ts';

const params = z.object({ why: z.enum(['expired', 'withdrawn']), dueMinor: z.number().int().nonnegative() });

/** To a member: the question whether to pay with points can't be answered any more, and nothing has happened. */
export const payOver: Notice = {
  name: 'pay-over',
  render(given, say) {
    const { why, dueMinor } = params.parse(given);
    return {
      title: say(`payments:over.${why}`),
      body: say('payments:over.body', { due: dueMinor }),
      buttons: [[{ label: say('notices:button.balance'), does: 'balance' }]],
    };
  },
};
