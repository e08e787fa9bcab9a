import type { Command } from '../../chat/command.ts';
import { withdrawPayment } from '../../program/payments/answer-payment.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';

/** Takes back a question about paying with points that was not answered yet: the button under it. */
export const payCancel: Command = {
  name: 'pay cancel',
  for: 'staff',
  hidden: true,
  asks: [
    {
      name: 'payment',
      field: ({ say }) => ({ label: say('member:why.number') }),
      read: (typed) => {
        if (!/^\d{1,15}$/.test(typed.trim())) throw new Refusal('payment.unknown');
        return typed.trim();
      },
      question: () => {
        throw new Refusal('payment.unknown');
      },
    },
  ],
  run: async (ctx, answers, scene) => {
    const { say } = scene;
    const closed = await withdrawPayment(ctx, Number(answers.payment));
    return {
      title: say('payments:withdrawn.done', { name: closed.name }),
      body: say('payments:withdrawn.body', { due: closed.dueMinor }),
      buttons: [[button(scene, 'pay'), button(scene, 'credit')]],
    };
  },
};
