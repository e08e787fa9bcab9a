import { z } from 'zod';
import type { Say } from '../chat/words.ts';
import { backLines, backParams, pointsFacts } from './movement.ts';
import type { Notice } from './notice.ts';

const params = z.object(backParams);

function body(back: z.infer<typeof params>, say: Say): string {
  const { points, owed, pending, returned, amountMinor: amount } = back;
  const kept = points + owed + pending + returned === 0;
  const said = kept ? 'notices:undone.kept' : points > 0 ? 'notices:undone.taken' : 'notices:undone.cancelled';
  return [say(said, { count: points, amount }), ...backLines(back, say)].join('\n');
}

/** A purchase of theirs was taken back, and with it the points it had given; those already spent are owed, those it was paid with are back. */
export const undone: Notice = {
  name: 'undone',
  render(given, say) {
    const movement = params.parse(given);
    return { title: say('notices:undone.title'), body: body(movement, say), ...pointsFacts(movement, say) };
  },
};
