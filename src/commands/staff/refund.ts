import type { Ask, Command } from '../../chat/command.ts';
import { pointsTakenBy } from '../../program/ledger/points-back.ts';
import { refund as refundSale } from '../../program/ledger/refund.ts';
import { refundableSale, saleByReceipt } from '../../program/ledger/sales.ts';
import { amountAtStart, parseMoney, writtenMoney } from '../../program/money.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';

/** A sale's number, as the program writes it on receipts of its own: what is kept as the answer, since a receipt can be given again. */
const ownNumber = /^#(\d{1,15})$/;
const saleIn = (answer = ''): number => Number(ownNumber.exec(answer)?.[1]);

const receipt: Ask = {
  name: 'receipt',
  field: ({ say }) => ({ label: say('member:why.receipt'), hint: say('staff:refund.receipt_hint') }),
  read: async (typed, ctx) => {
    const text = typed.normalize('NFKC').trim();
    const id = ownNumber.test(text) ? saleIn(text) : await saleByReceipt(ctx, text);
    if (id === undefined) throw new Refusal('sale.unknown');
    return `#${(await refundableSale(ctx, id)).id}`;
  },
  question: (_ctx, _answers, { say }) => ({
    body: say('staff:refund.question'),
    footer: say('staff:refund.receipt_hint'),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};

const amount: Ask = {
  name: 'amount',
  optional: true,
  takes: amountAtStart,
  field: ({ say }) => ({ label: say('staff:amount.label'), hint: say('staff:refund.amount_hint') }),
  read: (typed, _ctx, { shop }) => writtenMoney(parseMoney(typed, shop.currency), shop.currency),
  question: (_ctx, _answers, { say }) => ({ body: say('staff:refund.amount_hint') }),
};

/** How a part would be asked for, half of what is left for example. */
const part = (receipt: string, leftMinor: number, currency: string): { receipt: string; example: string } => ({
  receipt: /\s/.test(receipt) ? `"${receipt}"` : receipt,
  example: writtenMoney(Math.ceil(leftMinor / 2), currency),
});

const sure = confirm(async (ctx, answers, { say, shop }) => {
  const sale = await refundableSale(ctx, saleIn(answers.receipt));
  const { paidMinor, refundedMinor } = sale;
  const left = paidMinor - refundedMinor;
  const amountMinor = answers.amount === undefined ? left : parseMoney(answers.amount, shop.currency);
  if (amountMinor > left)
    throw new Refusal('refund.too_much', { receipt: sale.receipt, paid: paidMinor, refunded: refundedMinor, left });
  const { points, owed, balance } = pointsTakenBy(sale, amountMinor);
  const money = (value: number): string => say('staff:money', { amount: value });
  const counted = (count: number): string => say('member:points', { count });
  return {
    title: say('staff:refund.sure', { amount: amountMinor, name: sale.name }),
    facts: [
      [say('member:why.receipt'), sale.receipt],
      [say('staff:refund.paid'), money(paidMinor)],
      [say('member:why.when'), say('member:why.at', { at: sale.at })],
      ...(refundedMinor > 0 ? [[say('staff:refund.before'), money(refundedMinor)] as const] : []),
      [say('staff:refund.left'), money(left - amountMinor)],
      [say('staff:refund.points'), counted(points)],
      ...(owed > 0 ? [[say('staff:refund.owed'), counted(owed)] as const] : []),
      [say('staff:credit.after'), counted(balance)],
    ],
    ...(answers.amount === undefined && left > 1
      ? { footer: say('staff:refund.part', part(sale.receipt, left, shop.currency)) }
      : {}),
    yes: say('staff:refund.yes', { amount: amountMinor }),
  };
});

/** Money of a purchase given back, all of it or a part: the points it had earned go with it, and the member is told. */
export const refund: Command = {
  name: 'refund',
  for: 'staff',
  asks: [receipt, amount, sure],
  run: async (ctx, answers, scene) => {
    const { say, shop } = scene;
    const part = answers.amount === undefined ? {} : { amountMinor: parseMoney(answers.amount, shop.currency) };
    const done = await refundSale(ctx, { saleId: saleIn(answers.receipt), ...part });
    return {
      title: say('staff:refund.done', { amount: done.amountMinor, name: done.name }),
      body: [
        ...(done.points > 0 ? [say('staff:undo.taken', { count: done.points })] : []),
        ...(done.owed > 0 ? [say('staff:undo.owed', { count: done.owed })] : []),
        ...(done.points + done.owed === 0 ? [say('staff:refund.kept')] : []),
      ].join('\n'),
      facts: [
        [say('staff:credit.balance'), say('member:points', { count: done.balance })],
        [say('member:why.receipt'), done.receipt],
        [say('staff:refund.left'), say('staff:money', { amount: done.leftMinor })],
      ],
      buttons: [[button(scene, 'credit')]],
    };
  },
};
