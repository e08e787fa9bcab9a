import { z } from 'zod';
import type { Say } from '../chat/words.ts';
import { pointsFacts, pointsParams } from './movement.ts';
import type { Notice } from './notice.ts';

const whole = z.number().int().nonnegative();
const params = z.object({ ...pointsParams, owed: whole, paidMinor: whole });

function body({ points, owed, amountMinor: amount, paidMinor: paid }: z.infer<typeof params>, say: Say): string {
  if (points === 0 && owed === 0) return say('notices:refunded.kept', { amount, paid });
  const taken =
    points > 0 ? say('notices:refunded.taken', { count: points, amount, paid }) : say('notices:refunded.part', { amount, paid });
  return owed > 0 ? `${taken}\n${say('notices:undone.owed', { count: owed })}` : taken;
}

/** A part of a purchase of theirs was refunded, and with it the points it had earned; those already spent are owed. */
export const refunded: Notice = {
  name: 'refunded',
  render(given, say) {
    const movement = params.parse(given);
    return { title: say('notices:refunded.title'), body: body(movement, say), ...pointsFacts(movement, say) };
  },
};
