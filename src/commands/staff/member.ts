import type { Command } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { shownCode } from '../../program/codes.ts';
import { findMember } from '../../program/members/find.ts';
import { isPaper } from '../../program/members/link-code.ts';
import { movementsOf } from '../../program/members/movements.ts';
import { tagsOf } from '../../program/segments/tags.ts';
import { cardsOf } from '../../program/stamps/cards-of.ts';
import { button } from '../buttons.ts';
import { shortReason, signed } from '../member/movement-text.ts';
import { said } from '../member/stamps.ts';
import { couponButtons, payButton } from './credit-buttons.ts';
import { inReachFact, tierFact } from './credit-card.ts';
import { who } from './who.ts';

/** The card of a member as staff see it: tier, what they could have, stamps, the last movements, and what is done with it most. */
export const member: Command = {
  name: 'member',
  for: 'staff',
  reads: true,
  asks: [who],
  run: async (ctx, answers, scene) => {
    const { say, from, program } = scene;
    const found = await findMember(ctx, answers.who ?? '', from.channel);
    const { movements } = await movementsOf(ctx, found.id, 0, 5);
    const cards = await cardsOf(ctx, found.id, program.rules);
    const tags = await tagsOf(ctx.db, found.id);
    const standing = program.rules.tiers ? await ctx.db.prisma.standing.findUnique({ where: { memberId: found.id } }) : null;
    return {
      title: found.name,
      facts: [
        [say('staff:who.label'), shownCode(found.code)],
        ...tierFact(standing?.tier ?? null, scene),
        [say('member:why.balance'), say('member:points', { count: found.balance })],
        ...(found.debt > 0 ? [[say('staff:member.debt'), say('member:points', { count: found.debt })] as const] : []),
        ...(await inReachFact(ctx, found, scene)),
        ...cards.map(
          ({ card, count }) => [said(scene, card.name), say('stamps:tally', { done: Math.max(count, 0), of: card.of })] as const,
        ),
        ...(tags.length > 0 ? [[say('segments:tag.label'), tags.join(', ')] as const] : []),
        [say('staff:member.since'), say('member:why.on', { at: found.joinedAt })],
        ...movements.map(
          (one) => [say('member:history.line', { at: one.at }), `${signed(one.points)} · ${shortReason(one, say)}`] as const,
        ),
      ],
      buttons: [
        [
          { label: say(commandKey('credit', 'title')), does: `credit ${found.code}`, style: 'primary' },
          ...(cards.length > 0 ? [button(scene, 'stamp', found.code)] : []),
        ],
        ...payButton(found, scene),
        ...(await couponButtons(ctx, found.id, scene)),
        [button(scene, 'tag', found.code)],
        ...((await isPaper(ctx, found.personId)) ? [[button(scene, 'enrol again', found.code)]] : []),
      ],
      show: 'privately',
    };
  },
};
