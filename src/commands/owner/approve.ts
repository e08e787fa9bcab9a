import type { Ask, Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { Context } from '../../program/context.ts';
import { openApprovals } from '../../program/control/approvals.ts';
import { decideApproval } from '../../program/control/decide-approval.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';

const request: Ask = {
  name: 'request',
  field: ({ say }) => ({ label: say('control:approve.label') }),
  read: (typed) => {
    const text = typed.trim().replace(/^#/, '');
    if (!/^\d{1,9}$/.test(text)) throw new Refusal('approval.unknown');
    return text;
  },
  question: async (ctx, _answers, { say }, answer) => {
    const open = await openApprovals(ctx);
    if (open.length === 0) throw new Refusal('approval.none');
    return {
      body: say('control:approve.question'),
      buttons: [
        ...open.map((one) => [
          {
            label: say(`control:waiting.${one.kind}`, { asker: one.asker, name: one.name, amount: one.amountMinor }),
            does: answer(String(one.id)),
          },
        ]),
        [{ label: say('chat:cancel'), does: 'cancel' }],
      ],
    };
  },
};

async function decide(ctx: Context, id: string | undefined, yes: boolean, scene: Scene): Promise<View> {
  const { say, shop } = scene;
  const done = await decideApproval(ctx, { id: Number(id), yes }, shop.timeZone);
  return {
    title: say(`control:decision.${done.decision}`),
    body:
      done.decision === 'approved'
        ? say(`control:agreed.${done.kind}`, { count: done.points, amount: done.amountMinor, name: done.name })
        : say('control:approve.declined', { asker: done.asker }),
    buttons: [[button(scene, 'approve'), button(scene, 'report team')]],
    show: 'privately',
  };
}

/** Agrees to what a colleague may not do alone; it is done at once. */
export const approve: Command = {
  name: 'approve',
  for: 'owner',
  asks: [request],
  run: (ctx, answers, scene) => decide(ctx, answers.request, true, scene),
};

/** Says no to it. */
export const decline: Command = {
  name: 'decline',
  for: 'owner',
  hidden: true,
  asks: [request],
  run: (ctx, answers, scene) => decide(ctx, answers.request, false, scene),
};
