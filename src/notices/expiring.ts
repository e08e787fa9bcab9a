import { z } from 'zod';
import type { Notice } from './notice.ts';

const params = z.object({
  points: z.number().int().positive(),
  /** A moment of their last day. */
  lastAt: z.string(),
  /** They live by activity: a purchase keeps them. */
  renews: z.boolean(),
});

/** Points of theirs end soon: how many, on which day, and what they could get for them. */
export const expiring: Notice = {
  name: 'expiring',
  render(given, say) {
    const { points, lastAt, renews } = params.parse(given);
    const body = say('payments:expiring.body', { at: lastAt });
    return {
      title: say('payments:expiring.title', { count: points }),
      body: renews ? `${body}\n${say('payments:expiring.renews')}` : body,
      buttons: [
        [
          { label: say('payments:button.rewards'), does: 'rewards', style: 'primary' },
          { label: say('notices:button.balance'), does: 'balance' },
        ],
      ],
    };
  },
};
