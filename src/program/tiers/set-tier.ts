import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import type { Rules } from '../rules/rules.ts';
import { termsOf } from './tier-terms.ts';

/** A tier that was given by hand, or taken back: ids before and after, the name of the one after. */
export type TierSet = { from: string | null; to: string | null; name: string | null; until: string | null };

const statement: Statement = { name: 'tier_set', text: 'SELECT tier_set($1, $2, $3, $4, $5, $6, $7, $8, $9) AS result' };

/**
 * Gives a member a tier by hand, which no purchase and no evaluation changes before `until` (a moment; null: until it is taken back). `tier` null:
 * takes it back, and what the purchases have earned counts again. The member is told when their tier is another one. With the same
 * key and the same request: the first result again. Refuses: `member.unknown`, `owner.only`, `tier.none`, `tier.unknown`, `tier.until_past`,
 * `ledger.key_reused`.
 */
export async function setTier(
  ctx: Context,
  { memberId, tier, until = null }: { memberId: number; tier: string | null; until?: Date | null },
  rules: Rules,
  timeZone: string,
): Promise<TierSet> {
  const [row] = await ctx.db.run<{ result: TierSet }>(statement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    memberId,
    tier !== null,
    tier,
    until,
    JSON.stringify(termsOf(rules, timeZone)),
  ]);
  if (!row) throw new Error('tier_set returned nothing');
  return row.result;
}
