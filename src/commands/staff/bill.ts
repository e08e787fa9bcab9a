import type { Ask } from '../../chat/command.ts';
import { shownCode } from '../../program/codes.ts';
import { findMember } from '../../program/members/find.ts';
import { amountAtStart, exampleOf, parseMoney, writtenMoney } from '../../program/money.ts';
import { Refusal } from '../../program/refusal.ts';

/** How much a member's purchase was; `who` was asked before. */
export const amount: Ask = {
  name: 'amount',
  takes: amountAtStart,
  field: ({ say, shop }) => ({
    label: say('staff:amount.label'),
    hint: say('staff:amount.hint', { example: exampleOf(shop.currency) }),
  }),
  read: (typed, _ctx, { shop }) => writtenMoney(parseMoney(typed, shop.currency), shop.currency),
  question: async (ctx, answers, scene) => {
    const { say, from, shop } = scene;
    const member = await findMember(ctx, answers.who ?? '', from.channel);
    return {
      title: member.name,
      body: say('staff:amount.question', { example: exampleOf(shop.currency) }),
      facts: [
        [say('staff:who.label'), shownCode(member.code)],
        [say('member:why.balance'), say('member:points', { count: member.balance })],
      ],
      buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
    };
  },
};

/** The receipt as printed, when there is one. Refuses: `receipt.unclear`. */
export const receipt: Ask = {
  name: 'receipt',
  optional: true,
  field: ({ say }) => ({ label: say('staff:receipt.label'), hint: say('staff:receipt.hint') }),
  read: (typed) => {
    const text = typed.normalize('NFKC').trim();
    // None, where something else is to be written behind it.
    if (text === '' || text === '-') return '';
    // Numbers that the program gives begin with #: a typed one can never take the next of them.
    if (!/^[\p{L}\p{N}][\p{L}\p{N}./_-]{0,31}$/u.test(text)) throw new Refusal('receipt.unclear');
    return text;
  },
  question: (_ctx, _answers, { say }) => ({ body: say('staff:receipt.label') }),
};
