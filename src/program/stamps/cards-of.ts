import type { Context, Statement } from '../context.ts';
import type { Rules, StampCard } from '../rules/rules.ts';

/** A stamp card and how full a member's is; `count` is below zero when used stamps were refunded. */
export type HeldCard = { card: StampCard; count: number };

const statement: Statement = {
  name: 'stamp_counts',
  text: 'SELECT card, sum(delta)::bigint AS count FROM stamp WHERE member_id = $1 GROUP BY card',
};

/** The program's stamp cards as a member has them, in the program's order. Without cards in the program nothing is asked. */
export async function cardsOf(
  ctx: Pick<Context, 'db'>,
  memberId: number,
  { stamps }: Pick<Rules, 'stamps'>,
): Promise<HeldCard[]> {
  if (stamps.length === 0) return [];
  const counts = new Map(
    (await ctx.db.run<{ card: string; count: number }>(statement, [memberId])).map(({ card, count }) => [card, count]),
  );
  return stamps.map((card) => ({ card, count: counts.get(card.id) ?? 0 }));
}
