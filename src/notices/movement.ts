import { z } from 'zod';
import type { View } from '../chat/view.ts';
import type { Say } from '../chat/words.ts';

const whole = z.number().int().nonnegative();

/** What every notice about points carries: whole points, money in minor units of the program's currency. */
export const pointsParams = { points: whole, balance: whole, amountMinor: whole, receipt: z.string() };

/** What a movement has left, its receipt (by which a message that came twice is known), and where to go from here. */
export function pointsFacts(
  { balance, receipt }: { balance: number; receipt: string },
  say: Say,
): Pick<View, 'facts' | 'buttons'> {
  return {
    facts: [
      [say('notices:fact.balance'), say('notices:fact.points', { count: balance })],
      [say('notices:fact.receipt'), receipt],
    ],
    buttons: [
      [
        { label: say('notices:button.balance'), does: 'balance' },
        { label: say('notices:button.why'), does: 'why' },
      ],
    ],
  };
}
