import type { Command } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { shownCode } from '../../program/codes.ts';
import { findMember } from '../../program/members/find.ts';
import { movementsOf } from '../../program/members/movements.ts';
import { shortReason, signed } from '../member/movement-text.ts';
import { who } from './who.ts';

/** The card of a member as staff see it, with the last movements. */
export const member: Command = {
  name: 'member',
  for: 'staff',
  reads: true,
  asks: [who],
  run: async (ctx, answers, scene) => {
    const { say, from } = scene;
    const found = await findMember(ctx, answers.who ?? '', from.channel);
    const { movements } = await movementsOf(ctx, found.id, 0, 5);
    return {
      title: found.name,
      facts: [
        [say('staff:who.label'), shownCode(found.code)],
        [say('member:why.balance'), say('member:points', { count: found.balance })],
        ...(found.debt > 0 ? [[say('staff:member.debt'), say('member:points', { count: found.debt })] as const] : []),
        [say('staff:member.since'), say('member:why.on', { at: found.joinedAt })],
        ...movements.map(
          (one) => [say('member:history.line', { at: one.at }), `${signed(one.points)} · ${shortReason(one, say)}`] as const,
        ),
      ],
      buttons: [[{ label: say(commandKey('credit', 'title')), does: `credit ${found.code}`, style: 'primary' }]],
      show: 'privately',
    };
  },
};
