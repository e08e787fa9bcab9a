import { z } from 'zod';
import type { Say } from '../chat/words.ts';
import { outcomeLines, pointsFacts, pointsParams } from './movement.ts';
import type { Notice } from './notice.ts';

const params = z.object({
  ...pointsParams,
  /** The points wait until then. */
  releaseAt: z.string().nullish(),
  discountMinor: z.number().int().nonnegative().default(0),
});

function body({ points, amountMinor, releaseAt, discountMinor, outcome }: z.infer<typeof params>, say: Say): string {
  const amount = { amount: amountMinor };
  return [
    points > 0 ? say('notices:credited.thanks', amount) : say('notices:credited.towards', amount),
    ...(discountMinor > 0 ? [say('payments:credited.discount', { amount: discountMinor })] : []),
    ...(points > 0 && releaseAt ? [say('payments:credited.waiting', { count: points, at: releaseAt })] : []),
    ...outcomeLines(outcome, say),
  ].join('\n');
}

/** Somebody's purchase was credited; points that wait are promised with their date and not counted as given. */
export const credited: Notice = {
  name: 'credited',
  render(given, say) {
    const sale = params.parse(given);
    const now = sale.points > 0 && !sale.releaseAt;
    return {
      title: now ? say('notices:credited.title', { count: sale.points }) : say('notices:credited.noted'),
      body: body(sale, say),
      ...pointsFacts(sale, say),
    };
  },
};
