import { z } from 'zod';
import type { View } from '../chat/view.ts';
import type { Say } from '../chat/words.ts';
import type { Notice } from './notice.ts';

const whole = z.number().int().nonnegative();
const bill = z.object({ name: z.string().nullish(), dueMinor: whole });
const paid = bill.extend({ sale: z.number().int(), points: whole, worthMinor: whole, earned: whole, receipt: z.string() });

const whose = (name: string | null | undefined, say: Say) => (name ? [[say('payments:fact.member'), name] as const] : []);

/** To who asked: the member said yes. What is to be collected in money comes first. */
export const payDone: Notice = {
  name: 'pay-done',
  render(given, say) {
    const { name, dueMinor, sale, points, worthMinor, earned, receipt } = paid.parse(given);
    const restMinor = dueMinor - worthMinor;
    const counted = (count: number): string => say('notices:fact.points', { count });
    return {
      title: restMinor > 0 ? say('payments:done.collect', { rest: restMinor }) : say('payments:done.whole'),
      facts: [
        ...whose(name, say),
        [say('payments:fact.with_points'), say('payments:fact.part', { points: counted(points), worth: worthMinor })],
        [say('payments:fact.bill'), say('payments:money', { amount: dueMinor })],
        ...(earned > 0 ? [[say('payments:fact.earned'), counted(earned)] as const] : []),
        [say('notices:fact.receipt'), receipt],
      ],
      buttons: [
        [
          { label: say('payments:button.undo'), does: `undo ${sale}` },
          { label: say('payments:button.next'), does: 'credit' },
        ],
      ],
    };
  },
};

const notPaid = (title: string): Notice['render'] =>
  function render(given, say): View {
    const { name, dueMinor } = bill.parse(given);
    return {
      title: say(title),
      body: say('payments:refused.body', { due: dueMinor }),
      facts: whose(name, say),
      buttons: [[{ label: say('payments:button.next'), does: 'credit' }]],
    };
  };

/** To who asked: the member said no. */
export const payDeclined: Notice = { name: 'pay-declined', render: notPaid('payments:refused.title') };

/** To who asked: nobody answered in time. */
export const payUnanswered: Notice = { name: 'pay-unanswered', render: notPaid('payments:unanswered.title') };
