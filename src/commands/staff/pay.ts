import type { Answers, Ask, Command, Scene } from '../../chat/command.ts';
import type { Context } from '../../program/context.ts';
import { findMember } from '../../program/members/find.ts';
import { parseMoney } from '../../program/money.ts';
import { askPayment, type BillToPay, type PaymentOffer, paymentOffer } from '../../program/payments/ask-payment.ts';
import { Refusal } from '../../program/refusal.ts';
import { confirm } from '../confirm.ts';
import { amount, receipt } from './bill.ts';
import { shopUnknown } from './shop.ts';
import { who } from './who.ts';

const most: Ask = {
  name: 'points',
  optional: true,
  field: ({ say }) => ({ label: say('payments:points.label'), hint: say('payments:points.hint') }),
  read: (typed) => {
    if (!/^[1-9]\d{0,9}$/.test(typed.trim())) throw new Refusal('page.unclear');
    return typed.trim();
  },
  question: (_ctx, _answers, { say }) => ({ body: say('payments:points.label') }),
};

const billOf = (answers: Answers, { shop, who: me }: Scene): BillToPay => ({
  member: answers.who ?? '',
  amountMinor: parseMoney(answers.amount ?? '', shop.currency),
  currency: shop.currency,
  ...(answers.receipt ? { receipt: answers.receipt } : {}),
  ...(answers.points ? { wanted: Number(answers.points) } : {}),
  ...(me.shop === null ? {} : { shop: me.shop }),
});

/** What the member knows the shop by; which of several it is, where somebody said so. */
function placeOf({ shop, program, who: me }: Scene): string {
  const store = program.rules.shops.find(({ id }) => id === me.shop);
  return store && program.rules.shops.length > 1 ? `${shop.name} · ${store.name}` : shop.name;
}

/** What of the bill is paid how. */
const parts = (offer: PaymentOffer, { say }: Scene) => {
  const money = (minor: number): string => say('staff:money', { amount: minor });
  const points = say('member:points', { count: offer.points });
  return [
    [say('payments:fact.bill'), money(offer.dueMinor)],
    [say('payments:fact.with_points'), say('payments:fact.part', { points, worth: offer.worthMinor })],
    [say('payments:fact.rest'), money(offer.moneyMinor)],
  ] as const;
};

const cardOf = (ctx: Context, answers: Answers, { from }: Scene) => findMember(ctx, answers.who ?? '', from.channel);

const sure = confirm(async (ctx, answers, scene) => {
  const { say, program, shop, who: me } = scene;
  const member = await cardOf(ctx, answers, scene);
  if (member.personId === null) throw new Refusal('payment.no_chat', { name: member.name });
  if (member.personId === me.personId) throw new Refusal('ledger.self_credit');
  const offer = await paymentOffer(ctx, billOf(answers, scene), member.balance, program, shop.timeZone);
  return {
    title: say('payments:sure.title', { count: offer.points, name: member.name }),
    facts: [...parts(offer, scene), [say('member:why.balance'), say('member:points', { count: member.balance })]],
    yes: say('payments:sure.yes'),
  };
});

/** Asks a member to pay a part of a bill with points. They answer in their own chat; nothing moves before. */
export const pay: Command = {
  name: 'pay',
  for: 'staff',
  becomes: (args, arrival) => shopUnknown('pay', args, arrival),
  asks: [who, amount, receipt, most, sure],
  run: async (ctx, answers, scene) => {
    const { say, program, shop } = scene;
    const find = () => cardOf(ctx, answers, scene);
    const asked = await askPayment(ctx, billOf(answers, scene), {
      program,
      timeZone: shop.timeZone,
      place: placeOf(scene),
      find,
    });
    return {
      title: say('payments:asked.title', { name: asked.name }),
      body: say('payments:asked.body', { at: asked.expiresAt }),
      facts: parts(asked, scene),
      buttons: [
        [
          { label: say('payments:asked.withdraw'), does: `pay cancel ${asked.paymentId}` },
          { label: say('staff:credit.next'), does: 'credit' },
        ],
      ],
    };
  },
};
