import { z } from 'zod';
import type { Say } from '../chat/words.ts';
import { backLines, backParams, pointsFacts } from './movement.ts';
import type { Notice } from './notice.ts';

const params = z.object({ ...backParams, paidMinor: z.number().int().nonnegative() });

function body(back: z.infer<typeof params>, say: Say): string {
  const { points, owed, pending, returned, amountMinor: amount, paidMinor: paid } = back;
  const kept = points + owed + pending + returned === 0;
  const said = kept ? 'notices:refunded.kept' : points > 0 ? 'notices:refunded.taken' : 'notices:refunded.part';
  return [say(said, { count: points, amount, paid }), ...backLines(back, say)].join('\n');
}

/** A part of a purchase of theirs was refunded, and with it the points it had earned; those already spent are owed. */
export const refunded: Notice = {
  name: 'refunded',
  render(given, say) {
    const movement = params.parse(given);
    return { title: say('notices:refunded.title'), body: body(movement, say), ...pointsFacts(movement, say) };
  },
};
