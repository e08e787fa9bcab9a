import type { Command } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { movementsOf } from '../../program/members/movements.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { shortReason, signed } from './movement-text.ts';

const pageSize = 8;

/** All movements, newest first, a page at a time. */
export const history: Command = {
  name: 'history',
  for: 'member',
  reads: true,
  asks: [
    {
      name: 'page',
      optional: true,
      field: ({ say }) => ({ label: say('member:history.page') }),
      read: (typed) => {
        if (!/^[1-9]\d{0,5}$/.test(typed.trim())) throw new Refusal('page.unclear');
        return typed.trim();
      },
      question: (_ctx, _answers, { say }) => ({ body: say('member:history.page') }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const { say, who } = scene;
    if (!who.member) throw new Error('history runs for members');
    const page = Number(answers.page ?? 1);
    const { movements, older } = await movementsOf(ctx, who.member.id, page - 1, pageSize);
    if (movements.length === 0)
      return { body: say('member:history.empty'), buttons: [[button(scene, 'card')]], show: 'privately' };
    const turn = [
      ...(page > 1 ? [{ label: say('member:history.newer'), does: `history ${page - 1}` }] : []),
      ...(older ? [{ label: say('member:history.older'), does: `history ${page + 1}` }] : []),
    ];
    return {
      title: say(commandKey('history', 'title')),
      facts: movements.map(
        (one) => [say('member:history.line', { at: one.at }), `${signed(one.points)} · ${shortReason(one, say)}`] as const,
      ),
      buttons: [
        ...(turn.length > 0 ? [turn] : []),
        [button(scene, 'why', String(movements[0]?.number)), button(scene, 'balance')],
      ],
      show: 'privately',
    };
  },
};
