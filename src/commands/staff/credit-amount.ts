import type { Ask, Scene } from '../../chat/command.ts';
import { shownCode } from '../../program/codes.ts';
import type { Context } from '../../program/context.ts';
import { findMember } from '../../program/members/find.ts';
import { exampleOf } from '../../program/money.ts';
import { amount } from './bill.ts';
import { couponButtons } from './credit-buttons.ts';
import { inReachFact, tierFact } from './credit-card.ts';

/** Their tier: none is asked for where the program has none. */
const tierOf = async (ctx: Context, memberId: number, { program }: Scene): Promise<string | null> =>
  program.rules.tiers ? ((await ctx.db.prisma.standing.findUnique({ where: { memberId } }))?.tier ?? null) : null;

/** How much the purchase was, asked on the card of the member: their tier, what they could have, and a press for what they can use. */
export const creditAmount: Ask = {
  ...amount,
  question: async (ctx, answers, scene) => {
    const { say, from, shop } = scene;
    const member = await findMember(ctx, answers.who ?? '', from.channel);
    return {
      title: member.name,
      body: say('staff:amount.question', { example: exampleOf(shop.currency) }),
      facts: [
        [say('staff:who.label'), shownCode(member.code)],
        ...tierFact(await tierOf(ctx, member.id, scene), scene),
        [say('member:why.balance'), say('member:points', { count: member.balance })],
        ...(await inReachFact(ctx, member, scene)),
      ],
      buttons: [...(await couponButtons(ctx, member.id, scene)), [{ label: say('chat:cancel'), does: 'cancel' }]],
    };
  },
};
