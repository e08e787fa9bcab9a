import { z } from 'zod';
import type { Say } from '../chat/words.ts';
import { pointsFacts, pointsParams } from './movement.ts';
import type { Notice } from './notice.ts';

const params = z.object({ ...pointsParams, owed: z.number().int().nonnegative() });

function body({ points, owed, amountMinor }: z.infer<typeof params>, say: Say): string {
  const amount = amountMinor;
  if (points === 0 && owed === 0) return say('notices:undone.kept', { amount });
  const taken = points > 0 ? say('notices:undone.taken', { count: points, amount }) : say('notices:undone.cancelled', { amount });
  return owed > 0 ? `${taken}\n${say('notices:undone.owed', { count: owed })}` : taken;
}

/** A purchase of theirs was taken back, and with it the points it had given; those already spent are owed. */
export const undone: Notice = {
  name: 'undone',
  render(given, say) {
    const movement = params.parse(given);
    return { title: say('notices:undone.title'), body: body(movement, say), ...pointsFacts(movement, say) };
  },
};
