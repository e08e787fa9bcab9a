import type { Ask, Command } from '../../chat/command.ts';
import { shownCode } from '../../program/codes.ts';
import { credit as creditPurchase } from '../../program/ledger/credit.ts';
import { pointsFor } from '../../program/ledger/points.ts';
import { findMember } from '../../program/members/find.ts';
import { amountAtStart, exampleOf, parseMoney, writtenMoney } from '../../program/money.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { who } from './who.ts';

const amount: Ask = {
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

const receipt: Ask = {
  name: 'receipt',
  optional: true,
  field: ({ say }) => ({ label: say('staff:receipt.label'), hint: say('staff:receipt.hint') }),
  read: (typed) => {
    const text = typed.normalize('NFKC').trim();
    // Numbers that the program gives begin with #: a typed one can never take the next of them.
    if (!/^[\p{L}\p{N}][\p{L}\p{N}./_-]{0,31}$/u.test(text)) throw new Refusal('receipt.unclear');
    return text;
  },
  question: (_ctx, _answers, { say }) => ({ body: say('staff:receipt.label') }),
};

const sure = confirm(async (ctx, answers, scene) => {
  const { say, from, who: me, program, shop } = scene;
  const member = await findMember(ctx, answers.who ?? '', from.channel);
  if (member.personId !== null && member.personId === me.personId) throw new Refusal('ledger.self_credit');
  const amountMinor = parseMoney(answers.amount ?? '', shop.currency);
  const carried = Math.trunc((member.carried * program.earnPerMinor) / member.per);
  const { points } = pointsFor(amountMinor, program, carried);
  return {
    title: say('staff:credit.sure', { count: points, name: member.name }),
    facts: [
      [say('staff:amount.label'), say('staff:money', { amount: amountMinor })],
      ...(answers.receipt ? [[say('member:why.receipt'), answers.receipt] as const] : []),
      [say('staff:credit.after'), say('member:points', { count: member.balance + points - Math.min(member.debt, points) })],
    ],
    yes: say('staff:credit.yes', { count: points }),
  };
});

/** Points for a purchase: whose card, how much, sure? The member is told in their own chat. */
export const credit: Command = {
  name: 'credit',
  for: 'staff',
  asks: [who, amount, receipt, sure],
  run: async (ctx, answers, scene) => {
    const { say, shop, program } = scene;
    const purchase = {
      member: answers.who ?? '',
      amountMinor: parseMoney(answers.amount ?? '', shop.currency),
      currency: shop.currency,
    };
    const done = await creditPurchase(
      ctx,
      { ...purchase, ...(answers.receipt ? { receipt: answers.receipt } : {}) },
      program,
      shop.timeZone,
    );
    return {
      title: say('staff:credit.done', { count: done.points, name: done.name }),
      facts: [
        [say('staff:credit.balance'), say('member:points', { count: done.balance })],
        [say('staff:amount.label'), say('staff:money', { amount: done.amountMinor })],
        [say('member:why.receipt'), done.receipt],
      ],
      buttons: [[button(scene, 'undo', String(done.saleId)), { label: say('staff:credit.next'), does: 'credit' }]],
    };
  },
};
