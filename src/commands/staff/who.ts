import type { Ask } from '../../chat/command.ts';
import { findMember } from '../../program/members/find.ts';

/** Whose card: a member code, a scanned card, a mention, or the phone number that they have shared. */
export const who: Ask = {
  name: 'who',
  field: ({ say }) => ({ label: say('staff:who.label'), hint: say('staff:who.hint') }),
  read: async (typed, ctx, { from }) => (await findMember(ctx, typed, from.channel)).code,
  question: (_ctx, _answers, { say }) => ({
    body: say('staff:who.question'),
    footer: `${say('staff:who.hint')}\n${say('identity:who.phone')}`,
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};
