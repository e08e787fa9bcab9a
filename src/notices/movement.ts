import { z } from 'zod';
import type { View } from '../chat/view.ts';
import type { Say } from '../chat/words.ts';
import { stampLines } from './stamp-lines.ts';

const whole = z.number().int().nonnegative();
// Programs without stamp cards have no stamps here, programs with levels alone have only those.
const outcome = z.looseObject({ stamps: z.unknown().optional() });

/** What every notice about points carries: whole points, money in minor units of the program's currency, what became of stamps. */
export const pointsParams = {
  points: whole,
  balance: whole,
  amountMinor: whole,
  receipt: z.string(),
  outcome: outcome.nullish(),
};

/**
 * What every notice about a purchase taken back carries besides: `owed` had been spent already, `pending` were still waiting, `returned` had paid
 * for it and came back.
 */
export const backParams = { ...pointsParams, owed: whole, pending: whole.default(0), returned: whole.default(0) };

/** What became of stamps, a line each. */
export const outcomeLines = (given: z.infer<typeof outcome> | null | undefined, say: Say): string[] =>
  stampLines(given?.stamps, say);

/** What else went or came with a purchase that was taken back, a line each. */
export function backLines(
  { owed, pending, returned, outcome: became }: z.infer<z.ZodObject<typeof backParams>>,
  say: Say,
): string[] {
  return [
    ...(pending > 0 ? [say('payments:back.waiting', { count: pending })] : []),
    ...(owed > 0 ? [say('notices:undone.owed', { count: owed })] : []),
    ...(returned > 0 ? [say('payments:back.returned', { count: returned })] : []),
    ...outcomeLines(became, say),
  ];
}

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
