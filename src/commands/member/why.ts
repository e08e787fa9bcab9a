import type { Command } from '../../chat/command.ts';
import { lastMomentOf } from '../../program/ledger/points.ts';
import { movementOf } from '../../program/members/movements.ts';
import { Refusal } from '../../program/refusal.ts';
import { programOf } from '../../program/settings/program.ts';
import { button } from '../buttons.ts';
import { reasonText } from '../refund-reason.ts';
import { longReason, signed } from './movement-text.ts';

/** Explains one movement: which rule, which receipt, who, when. Without a number, the latest. */
export const why: Command = {
  name: 'why',
  for: 'member',
  reads: true,
  asks: [
    {
      name: 'number',
      optional: true,
      field: ({ say }) => ({ label: say('member:why.number') }),
      read: (typed) => {
        if (!/^#?[1-9]\d{0,9}$/.test(typed.trim())) throw new Refusal('page.unclear');
        return typed.trim().replace('#', '');
      },
      question: (_ctx, _answers, { say }) => ({ body: say('member:why.number') }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const { say, who, shop, program } = scene;
    if (!who.member) throw new Error('why runs for members');
    const movement = await movementOf(ctx, who.member.id, answers.number === undefined ? undefined : Number(answers.number));
    if (!movement) return { body: say('member:history.empty'), buttons: [[button(scene, 'card')]], show: 'privately' };
    const { rules } = movement.rate ? await programOf(ctx.db, movement.rate.version) : program;
    const older = movement.number > 1 ? [{ label: say('member:history.older'), does: `why ${movement.number - 1}` }] : [];
    const because = reasonText(movement.refundReason, scene);
    const newest = answers.number === undefined ? [] : [{ label: say('member:why.latest'), does: 'why' }];
    return {
      title: say('member:why.title', { count: Math.abs(movement.points), points: signed(movement.points) }),
      body: longReason(movement, rules, scene),
      facts: [
        [say('member:why.when'), say('member:why.at', { at: movement.at })],
        [say('member:why.who'), movement.actor ?? shop.name],
        ...(movement.sale ? [[say('member:why.receipt'), movement.sale.receipt] as const] : []),
        ...(because ? [[say('control:reason.label'), because] as const] : []),
        [say('member:why.balance'), say('member:points', { count: movement.balance })],
        ...(movement.expiresAt
          ? [[say('member:why.expires'), say('member:why.on', { at: lastMomentOf(movement.expiresAt, program.rules) })] as const]
          : []),
      ],
      buttons: [
        [...newest, ...older],
        [button(scene, 'history'), button(scene, 'balance')],
      ].filter((row) => row.length > 0),
      show: 'privately',
    };
  },
};
