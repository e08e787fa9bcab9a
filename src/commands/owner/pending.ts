import type { Command } from '../../chat/command.ts';
import { releaseSale, waitingSale } from '../../program/ledger/release.ts';
import { tierTerms } from '../../program/tiers/tier-terms.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { readSale, saleIn } from '../staff/sale-number.ts';

const sure = confirm(async (ctx, answers, { say }) => {
  const waiting = await waitingSale(ctx, saleIn(answers.sale));
  return {
    title: say('payments:pending.sure', { count: waiting.points, name: waiting.name }),
    facts: [
      [say('member:why.receipt'), waiting.receipt],
      [say('payments:pending.until'), say('member:why.on', { at: waiting.releaseAt })],
    ],
    yes: say('payments:pending.yes'),
  };
});

/** Gives the waiting points of a purchase at once. */
export const pending: Command = {
  name: 'release',
  for: 'owner',
  asks: [
    {
      name: 'sale',
      field: ({ say }) => ({ label: say('member:why.receipt'), hint: say('staff:refund.receipt_hint') }),
      read: async (typed, ctx) => `#${await readSale(ctx, typed)}`,
      question: (_ctx, _answers, { say }) => ({
        body: say('payments:pending.question'),
        footer: say('staff:refund.receipt_hint'),
        buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
      }),
    },
    sure,
  ],
  run: async (ctx, answers, scene) => {
    const { say, shop, program } = scene;
    const terms = tierTerms(program.rules, shop.timeZone, 'release');
    const done = await releaseSale(ctx, saleIn(answers.sale), terms);
    return {
      title: say('payments:pending.done', { count: done.points, name: done.name }),
      facts: [
        [say('staff:credit.balance'), say('member:points', { count: done.balance })],
        [say('member:why.receipt'), done.receipt],
      ],
      buttons: [[button(scene, 'release'), button(scene, 'credit')]],
    };
  },
};
