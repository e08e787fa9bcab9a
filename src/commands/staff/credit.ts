import type { Command } from '../../chat/command.ts';
import { orAsk } from '../../program/control/ask-approval.ts';
import { type Credited, credit as creditPurchase } from '../../program/ledger/credit.ts';
import { findMember } from '../../program/members/find.ts';
import { previewCredit } from '../../program/pricing/preview.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { askedView } from './asked.ts';
import { receipt } from './bill.ts';
import { bought } from './bought.ts';
import { creditAmount } from './credit-amount.ts';
import { couponButtons, payButton, pieceButtons } from './credit-buttons.ts';
import { billOf, creditFacts, type Fact, toPay } from './credit-card.ts';
import { creditedStamps } from './credited-stamps.ts';
import { shopUnknown } from './shop.ts';
import { who } from './who.ts';

const sure = confirm(async (ctx, answers, scene) => {
  const { say, from, who: me, program, shop } = scene;
  const member = await findMember(ctx, answers.who ?? '', from.channel);
  if (member.personId !== null && member.personId === me.personId) throw new Refusal('ledger.self_credit');
  const bill = billOf(answers, scene, ctx.now);
  const preview = await previewCredit(ctx, member.code, bill, program, shop.timeZone);
  const body = toPay(preview, bill.amountMinor, scene);
  const { points } = preview;
  return {
    title: say(points > 0 ? 'staff:credit.sure' : 'staff:credit.sure_note', { count: points, name: member.name }),
    ...(body ? { body } : {}),
    facts: await creditFacts(ctx, member, bill, preview, answers.receipt ?? '', scene),
    yes: points > 0 ? say('staff:credit.yes', { count: points }) : say('staff:credit.yes_note'),
    buttons: [
      ...pieceButtons(member, answers, scene),
      ...payButton(member, scene, answers.amount),
      ...(await couponButtons(ctx, member.id, scene)),
    ],
  };
});

/** Points for a purchase: whose card, how much, sure? The member is told in their own chat. */
export const credit: Command = {
  name: 'credit',
  for: 'staff',
  becomes: (args, arrival) => shopUnknown('credit', args, arrival),
  asks: [who, creditAmount, receipt, bought, sure],
  run: async (ctx, answers, scene) => {
    const { say, shop, program } = scene;
    const { amountMinor, items, shop: where } = billOf(answers, scene, ctx.now);
    const purchase = {
      member: answers.who ?? '',
      amountMinor,
      currency: shop.currency,
      ...(answers.receipt ? { receipt: answers.receipt } : {}),
      ...(items.length > 0 ? { items } : {}),
      ...(where === null ? {} : { shop: where }),
    };
    const done: Credited | Parameters<typeof askedView>[0] = await orAsk(ctx, { kind: 'credit', purchase }, () =>
      creditPurchase(ctx, purchase, program, shop.timeZone),
    );
    if ('asked' in done) return askedView(done, scene);
    const facts: Fact[] = [
      [say('staff:credit.balance'), say('member:points', { count: done.balance })],
      [say('staff:amount.label'), say('staff:money', { amount: done.amountMinor })],
      ...(done.discountMinor > 0 ? [[say('staff:credit.off'), say('staff:money', { amount: done.discountMinor })] as const] : []),
      [say('member:why.receipt'), done.receipt],
      ...(done.releaseAt ? [[say('staff:credit.release'), say('member:why.on', { at: done.releaseAt })] as const] : []),
      ...creditedStamps(done.outcome, scene),
    ];
    return {
      title: say(done.points > 0 ? 'staff:credit.done' : 'staff:credit.done_note', { count: done.points, name: done.name }),
      facts,
      buttons: [[button(scene, 'undo', String(done.saleId)), { label: say('staff:credit.next'), does: 'credit' }]],
    };
  },
};
