import type { Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { Context } from '../../program/context.ts';
import { confirmPayment, declinePayment } from '../../program/payments/answer-payment.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';

const answered = /^(\d{1,15}) (yes|no)$/;

async function paid(ctx: Context, paymentId: number, scene: Scene): Promise<View> {
  const { say, shop } = scene;
  const done = await confirmPayment(ctx, paymentId, shop.timeZone);
  const counted = (count: number): string => say('member:points', { count });
  return {
    title: say('payments:paid.title', { count: done.paidPoints }),
    body: done.moneyMinor > 0 ? say('payments:paid.rest', { rest: done.moneyMinor }) : say('payments:paid.whole'),
    facts: [
      [say('payments:fact.bill'), say('staff:money', { amount: done.dueMinor })],
      [say('payments:fact.with_points'), say('payments:fact.part', { points: counted(done.paidPoints), worth: done.worthMinor })],
      ...(done.points === 0
        ? []
        : done.releaseAt === null
          ? [[say('payments:fact.earned'), counted(done.points)] as const]
          : [[say('payments:waiting', { at: done.releaseAt }), counted(done.points)] as const]),
      [say('member:why.balance'), counted(done.balance)],
      [say('member:why.receipt'), done.receipt],
    ],
    buttons: [[button(scene, 'balance'), button(scene, 'history')]],
    show: 'privately',
  };
}

/** A member's answer to the question whether to pay with points: the buttons under it. Only theirs counts, and only once. */
export const payment: Command = {
  name: 'payment',
  for: 'member',
  hidden: true,
  asks: [
    {
      name: 'answer',
      takes: /^\S+(?:\s+\S+)?/,
      field: ({ say }) => ({ label: say('member:why.number') }),
      read: (typed) => {
        const said = typed.trim().replace(/\s+/, ' ').toLowerCase();
        if (!answered.test(said)) throw new Refusal('payment.unknown');
        return said;
      },
      question: () => {
        throw new Refusal('payment.unknown');
      },
    },
  ],
  run: async (ctx, answers, scene) => {
    const [, id, said] = answered.exec(answers.answer ?? '') ?? [];
    if (said === 'yes') return paid(ctx, Number(id), scene);
    await declinePayment(ctx, Number(id));
    return { title: scene.say('payments:declined.done'), buttons: [[button(scene, 'balance')]], show: 'privately' };
  },
};
