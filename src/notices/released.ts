import { z } from 'zod';
import type { Notice } from './notice.ts';

const whole = z.number().int().nonnegative();
const params = z.object({ points: whole, balance: whole });

/** Points that had waited for the goods to stay sold can be spent now. */
export const released: Notice = {
  name: 'released',
  render(given, say) {
    const { points, balance } = params.parse(given);
    return {
      title: say('payments:released.title', { count: points }),
      body: say('payments:released.body'),
      facts: [[say('notices:fact.balance'), say('notices:fact.points', { count: balance })]],
      buttons: [
        [
          { label: say('payments:button.rewards'), does: 'rewards' },
          { label: say('notices:button.balance'), does: 'balance' },
        ],
      ],
    };
  },
};
