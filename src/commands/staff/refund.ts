import type { Answers, Ask, Command, Scene } from '../../chat/command.ts';
import type { Context } from '../../program/context.ts';
import { orAsk } from '../../program/control/ask-approval.ts';
import { paidBack, pointsTakenBy } from '../../program/ledger/points-back.ts';
import { type Refunded, refund as refundSale } from '../../program/ledger/refund.ts';
import { refundTerms } from '../../program/ledger/refund-terms.ts';
import { type RefundableSale, refundableSale } from '../../program/ledger/sales.ts';
import { findMember } from '../../program/members/find.ts';
import { amountAtStart, parseMoney, writtenMoney } from '../../program/money.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { reason, reasonButtons, reasonText } from '../refund-reason.ts';
import { askedView } from './asked.ts';
import { readSale, saleIn } from './sale-number.ts';

const receipt: Ask = {
  name: 'receipt',
  field: ({ say }) => ({ label: say('member:why.receipt'), hint: say('staff:refund.receipt_hint') }),
  read: async (typed, ctx) => `#${(await refundableSale(ctx, await readSale(ctx, typed))).id}`,
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

/** Stands for the member when a reason is given and no member. */
const nobody = '-';

/** Whose purchase it must be, when somebody says so: a receipt of another card is refused. */
const whose: Ask = {
  name: 'whose',
  optional: true,
  field: ({ say }) => ({ label: say('payments:refund.other_label'), hint: say('staff:who.hint') }),
  read: async (typed, ctx, { from }, answers) => {
    if (typed.trim() === nobody) return nobody;
    const [member, sale] = [await findMember(ctx, typed, from.channel), await refundableSale(ctx, saleIn(answers.receipt))];
    if (member.id !== sale.memberId) throw new Refusal('refund.other_member', { receipt: sale.receipt });
    return member.code;
  },
  question: (_ctx, _answers, { say }) => ({ body: say('payments:refund.other_label') }),
};

/** How a part would be asked for, half of what is left for example. */
const part = (receipt: string, leftMinor: number, currency: string): { receipt: string; example: string } => ({
  receipt: /\s/.test(receipt) ? `"${receipt}"` : receipt,
  example: writtenMoney(Math.ceil(leftMinor / 2), currency),
});

/** What would go back: money, points that had paid, points that it had earned. */
async function preview(ctx: Context, sale: RefundableSale, amountMinor: number, { say, shop }: Scene) {
  const taken = pointsTakenBy(sale, await refundTerms(ctx, sale, amountMinor, shop.timeZone));
  const back = paidBack(sale, amountMinor);
  const money = (value: number): string => say('staff:money', { amount: value });
  const counted = (count: number): string => say('member:points', { count });
  const whenAny = (key: string, count: number) => (count > 0 ? [[say(key), counted(count)] as const] : []);
  return [
    [say('member:why.receipt'), sale.receipt],
    [say('staff:refund.paid'), money(sale.paidMinor)],
    [say('member:why.when'), say('member:why.at', { at: sale.at })],
    ...(sale.refundedMinor > 0 ? [[say('staff:refund.before'), money(sale.refundedMinor)] as const] : []),
    [say('staff:refund.left'), money(sale.paidMinor - sale.refundedMinor - amountMinor)],
    ...(back.points > 0 ? [[say('payments:refund.money'), money(back.moneyMinor)] as const] : []),
    ...whenAny('payments:refund.returned', back.points),
    [say('staff:refund.points'), counted(taken.points)],
    ...whenAny('payments:refund.waiting', taken.pending),
    ...whenAny('staff:refund.owed', taken.owed),
    ...whenAny('payments:refund.written_off', taken.writtenOff),
    // What comes back may have ended already: then the balance is said when it is known.
    ...(back.points > 0 ? [] : [[say('staff:credit.after'), counted(taken.balance)] as const]),
  ] as const;
}

const sure = confirm(async (ctx, answers, scene) => {
  const { say, shop } = scene;
  const sale = await refundableSale(ctx, saleIn(answers.receipt));
  const { paidMinor, refundedMinor } = sale;
  const why = reasonText(answers.reason, scene);
  const left = paidMinor - refundedMinor;
  const amountMinor = answers.amount === undefined ? left : parseMoney(answers.amount, shop.currency);
  if (amountMinor > left)
    throw new Refusal('refund.too_much', { receipt: sale.receipt, paid: paidMinor, refunded: refundedMinor, left });
  return {
    title: say('staff:refund.sure', { amount: amountMinor, name: sale.name }),
    facts: [...(await preview(ctx, sale, amountMinor, scene)), ...(why ? [[say('control:reason.label'), why] as const] : [])],
    ...(answers.amount === undefined && left > 1
      ? { footer: say('staff:refund.part', part(sale.receipt, left, shop.currency)) }
      : {}),
    yes: say('staff:refund.yes', { amount: amountMinor }),
    ...(why
      ? {}
      : {
          buttons: [
            reasonButtons(
              scene,
              `refund ${answers.receipt} ${writtenMoney(amountMinor, shop.currency)} ${answers.whose ?? nobody}`,
            ),
          ],
        }),
  };
});

/** What became of the points, for who stands at the counter. Said alike for a refund and an undo. */
export const pointsMoved = (done: Refunded, { say }: Pick<Scene, 'say'>): string =>
  [
    ...(done.returned > 0 ? [say('payments:refund.handout', { money: done.moneyMinor, count: done.returned })] : []),
    ...(done.points > 0 ? [say('staff:undo.taken', { count: done.points })] : []),
    ...(done.owed > 0 ? [say('staff:undo.owed', { count: done.owed })] : []),
    ...(done.points + done.owed + done.pending + done.returned === 0 ? [say('staff:refund.kept')] : []),
  ].join('\n');

/** What else went, as facts. */
export const otherPoints = ({ pending, writtenOff }: Refunded, { say }: Pick<Scene, 'say'>) =>
  [[say('payments:refund.waiting'), pending] as const, [say('payments:refund.written_off'), writtenOff] as const].flatMap(
    ([label, count]) => (count > 0 ? [[label, say('member:points', { count })] as const] : []),
  );

const partOf = (answers: Answers, { shop }: Scene) =>
  answers.amount === undefined ? {} : { amountMinor: parseMoney(answers.amount, shop.currency) };

/** Money of a purchase given back, all of it or a part: the points it had earned go with it, and the member is told. */
export const refund: Command = {
  name: 'refund',
  for: 'staff',
  asks: [receipt, amount, whose, reason, sure],
  run: async (ctx, answers, scene) => {
    const { say, shop } = scene;
    const wanted = {
      saleId: saleIn(answers.receipt),
      ...partOf(answers, scene),
      ...(answers.reason === undefined ? {} : { reason: answers.reason }),
    };
    const done: Refunded | Parameters<typeof askedView>[0] = await orAsk(ctx, { kind: 'refund', ...wanted }, () =>
      refundSale(ctx, { ...wanted, timeZone: shop.timeZone }),
    );
    if ('asked' in done) return askedView(done, scene);
    return {
      title: say('staff:refund.done', { amount: done.amountMinor, name: done.name }),
      body: pointsMoved(done, scene),
      facts: [
        [say('staff:credit.balance'), say('member:points', { count: done.balance })],
        ...otherPoints(done, scene),
        [say('member:why.receipt'), done.receipt],
        [say('staff:refund.left'), say('staff:money', { amount: done.leftMinor })],
      ],
      buttons: [[button(scene, 'credit')]],
    };
  },
};
