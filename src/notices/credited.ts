import { z } from 'zod';
import { pointsFacts, pointsParams } from './movement.ts';
import type { Notice } from './notice.ts';

const params = z.object(pointsParams);

/** Somebody's purchase was credited. */
export const credited: Notice = {
  name: 'credited',
  render(given, say) {
    const { points, amountMinor, ...rest } = params.parse(given);
    const amount = { amount: amountMinor };
    return {
      title: points > 0 ? say('notices:credited.title', { count: points }) : say('notices:credited.noted'),
      body: points > 0 ? say('notices:credited.thanks', amount) : say('notices:credited.towards', amount),
      ...pointsFacts(rest, say),
    };
  },
};
