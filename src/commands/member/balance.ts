import type { Command } from '../../chat/command.ts';
import { expiriesOf } from '../../program/members/movements.ts';
import { button } from '../buttons.ts';

/** The points a member has, and every date on which some of them end. */
export const balance: Command = {
  name: 'balance',
  for: 'member',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say, who } = scene;
    const member = who.member;
    if (!member) throw new Error('balance runs for members');
    // Most programs never expire points: then who-is-this has said it all, and no second question is asked.
    const dates = member.nextExpiry ? await expiriesOf(ctx, member.id) : [];
    return {
      body: [
        say('member:balance.points', { count: member.balance }),
        member.debt > 0 ? say('member:balance.debt', { count: member.debt }) : '',
      ]
        .filter(Boolean)
        .join('\n'),
      facts: dates.map(
        ({ at, points }) => [say('member:balance.until', { at }), say('member:points', { count: points })] as const,
      ),
      buttons: [[button(scene, 'card'), button(scene, 'history')]],
      show: 'privately',
    };
  },
};
