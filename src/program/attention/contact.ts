import type { ContactRules, Rules } from '../rules/rules.ts';

/** How the program speaks to people unasked, with everything that the rules leave open. */
export type Contact = {
  perWeek: number;
  quiet: { from: string; until: string };
  approveAbove: NonNullable<ContactRules['approveAbove']>;
  keep: { messagesDays: number; campaignsDays: number };
};

/** What holds for messages, whatever the rules say of it. */
export function contactOf({ contact }: Pick<Rules, 'contact'>): Contact {
  return {
    perWeek: contact?.perWeek ?? 2,
    quiet: contact?.quiet ?? { from: '21:00', until: '09:00' },
    approveAbove: contact?.approveAbove ?? {},
    keep: { messagesDays: contact?.keep?.messagesDays ?? 90, campaignsDays: contact?.keep?.campaignsDays ?? 400 },
  };
}
