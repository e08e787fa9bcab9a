import type { Context, Statement } from '../context.ts';
import type { Rules } from '../rules/rules.ts';
import { termsOf } from './tier-terms.ts';

/** How many members have a tier (null: none), and how many of these by hand. */
export type TierCount = { tier: string | null; members: number; manual: number };

/** How many members would go from one tier to another. */
export type TierMoves = { from: string | null; to: string | null; members: number };

const counts: Statement = {
  name: 'tier_counts',
  text: `SELECT s.tier, count(*) AS members, count(*) FILTER (WHERE s.manual) AS manual
    FROM member m LEFT JOIN standing s ON s.member_id = m.id GROUP BY s.tier`,
};
const moves: Statement = {
  name: 'tier_moves',
  text: `SELECT (p.before).tier AS "from", p.tier AS "to", count(*) AS members FROM tier_plan($1, $2, 'relevel', 1, 2147483647) p
    WHERE p.tier IS DISTINCT FROM (p.before).tier GROUP BY 1, 2 ORDER BY 1, 2`,
};

/** Members by tier, as of the last evaluation and purchase. */
export const tiersOverview = (ctx: Pick<Context, 'db'>): Promise<TierCount[]> => ctx.db.run<TierCount>(counts, []);

/** What `rules` would make of everybody's tier if they were applied now, for the preview of a change. Nothing is changed or locked. */
export const tierMoves = (ctx: Pick<Context, 'db' | 'now'>, rules: Rules, timeZone: string): Promise<TierMoves[]> =>
  ctx.db.run<TierMoves>(moves, [ctx.now, JSON.stringify(termsOf(rules, timeZone))]);
