import type { Command } from '../../chat/command.ts';
import { saleByReceipt, undoableSales } from '../../program/ledger/sales.ts';
import { undo as undoSale } from '../../program/ledger/undo.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { otherPoints, pointsMoved } from './refund.ts';

/** Takes back a sale just credited: by the button under it, by its receipt, or chosen from the last ones. */
export const undo: Command = {
  name: 'undo',
  for: 'staff',
  asks: [
    {
      name: 'sale',
      field: ({ say }) => ({ label: say('staff:undo.label') }),
      read: async (typed, ctx) => {
        const text = typed.normalize('NFKC').trim();
        const id = /^\d{1,15}$/.test(text) ? Number(text) : await saleByReceipt(ctx, text);
        if (id === undefined) throw new Refusal('sale.unknown');
        return String(id);
      },
      question: async (ctx, _answers, { say }, answer) => {
        const sales = await undoableSales(ctx);
        if (sales.length === 0) throw new Refusal('sale.none_to_undo');
        return {
          body: say('staff:undo.question'),
          buttons: [
            ...sales.map((sale) => [
              { label: say('staff:undo.choice', { amount: sale.amountMinor, name: sale.name }), does: answer(String(sale.id)) },
            ]),
            [{ label: say('chat:cancel'), does: 'cancel' }],
          ],
        };
      },
    },
  ],
  run: async (ctx, answers, scene) => {
    const { say } = scene;
    const done = await undoSale(ctx, { saleId: Number(answers.sale), timeZone: scene.shop.timeZone });
    return {
      title: say('staff:undo.done', { amount: done.amountMinor }),
      body: pointsMoved(done, scene),
      facts: [
        [say('staff:credit.balance'), say('member:points', { count: done.balance })],
        ...otherPoints(done, scene),
        [say('member:why.receipt'), done.receipt],
      ],
      buttons: [[button(scene, 'credit')]],
    };
  },
};
