import type { Context, Statement } from '../context.ts';
import type { Program, Reward, Rules } from '../rules/rules.ts';
import { closesAt, opensAt, piecesOf } from './opening.ts';

/** Why somebody can't have a reward now; `ready`: they can. */
export type ShelfState = 'ready' | 'short' | 'tier' | 'later' | 'taken' | 'sold_out' | 'over';

/**
 * A reward as somebody sees it. `missing`: points they still need. `left`: pieces that are left, null when there is no limit. `opens`: when it
 * can be had, where that is still to come. `tierNames`: whom it is for.
 */
export type Shelved = {
  reward: Reward;
  state: ShelfState;
  missing: number;
  left: number | null;
  opens: Date | null;
  tierNames: string;
};

/** What decides for a member: how many of a reward are given out, how many they took themselves, their tier. */
export type ShelfFacts = { issued: Record<string, number>; taken: Record<string, number>; tier: string | null };

const statement: Statement = {
  name: 'shelf_facts',
  text: `SELECT coalesce((SELECT jsonb_object_agg(reward, issued) FROM reward_stock), '{}') AS issued,
      coalesce((SELECT jsonb_object_agg(x.reward, x.count) FROM (
        SELECT reward, count(*) FROM coupon WHERE member_id = $1 AND source = 'redeem' AND cancelled_at IS NULL GROUP BY reward) x), '{}') AS taken,
      (SELECT tier FROM standing WHERE member_id = $1) AS tier`,
};

/** Judges a reward for somebody with so many points, by the same conditions that are held when it is redeemed. Pure. */
function shelved(
  reward: Reward,
  { balance, facts, now }: { balance: number; facts: ShelfFacts; now: Date },
  rules: Rules,
  timeZone: string,
): Shelved {
  const pieces = piecesOf(reward);
  const left = pieces === null ? null : Math.max(0, pieces - (facts.issued[reward.id] ?? 0));
  const opens = opensAt(reward, facts.tier, rules, timeZone);
  const closes = closesAt(reward, rules, timeZone);
  const missing = Math.max(0, reward.cost - balance);
  const state = ((): ShelfState => {
    if (closes && now >= closes) return 'over';
    if (left === 0) return 'sold_out';
    if (reward.perMember !== undefined && (facts.taken[reward.id] ?? 0) >= reward.perMember) return 'taken';
    if (reward.tiers && !reward.tiers.includes(facts.tier ?? '')) return 'tier';
    if (opens && now < opens) return 'later';
    return missing > 0 ? 'short' : 'ready';
  })();
  const names = rules.tiers?.levels.filter(({ id }) => reward.tiers?.includes(id)).map(({ name }) => name) ?? [];
  return { reward, state, missing, left, opens: state === 'later' ? opens : null, tierNames: names.join(', ') };
}

const order: Record<ShelfState, number> = { ready: 0, short: 1, later: 2, tier: 3, taken: 4, sold_out: 5, over: 6 };

/** The program's rewards as a member (null: nobody yet) sees them, what they can have first, then what is nearest. One round trip. */
export async function shelfOf(
  ctx: Pick<Context, 'db' | 'now'>,
  member: { id: number; balance: number } | null,
  { rules }: Program,
  timeZone: string,
): Promise<Shelved[]> {
  const shown = rules.rewards.filter(({ hidden }) => !hidden);
  if (shown.length === 0) return [];
  const [facts] = await ctx.db.run<ShelfFacts>(statement, [member?.id ?? null]);
  if (!facts) throw new Error('the shelf could not be read');
  return shown
    .map((reward) => shelved(reward, { balance: member?.balance ?? 0, facts, now: ctx.now }, rules, timeZone))
    .sort((a, b) => order[a.state] - order[b.state] || a.reward.cost - b.reward.cost);
}

/** The rewards that a member can have now, the dearest first. */
export async function rewardsInReach(
  ctx: Pick<Context, 'db' | 'now'>,
  member: { id: number; balance: number },
  program: Program,
  timeZone: string,
): Promise<Reward[]> {
  const shelf = await shelfOf(ctx, member, program, timeZone);
  return shelf
    .filter(({ state }) => state === 'ready')
    .map(({ reward }) => reward)
    .reverse();
}
