import type { Context, Statement } from '../context.ts';
import type { Rules, Tier, Tiers } from '../rules/rules.ts';
import { termsOf } from './tier-terms.ts';

/** A change of a member's tier, and what it was decided by. `sum` and `needs` in points or minor units, as `by` says. */
export type TierChange = {
  from: string | null;
  to: string | null;
  cause: string;
  at: Date;
  receipt: string | null;
  by: Tiers['by'] | null;
  months: number | null;
  sum: number | null;
  needs: number | null;
};

/**
 * Where a member stands. `sum`: what counts now. `next`: what is missing for the next level, and the last day on which that much is enough (null:
 * nothing counts yet). `keep`: what is missing to keep the tier, by when, and what comes after; null when nothing is in the way of keeping it.
 */
export type TierOf = {
  tier: Tier | null;
  /** Given by an owner; `until` the last day of it (null: until taken back). */
  manual: { until: Date | null } | null;
  by: Tiers['by'];
  windowMonths: number;
  sum: number;
  next: { tier: Tier; missing: number; until: Date | null } | null;
  keep: { missing: number; until: Date; below: Tier | null } | null;
  changes: TierChange[];
};

type Facts = {
  tier: string | null;
  manual: boolean;
  manualUntil: string | null;
  sum: number;
  next: { tier: string; missing: number; until: string | null } | null;
  keep: { missing: number; until: string; below: string | null } | null;
};

const facts: Statement = { name: 'tier_facts', text: 'SELECT tier_facts($1, $2, $3) AS facts' };
const changes: Statement = {
  name: 'tier_changes',
  text: `SELECT c.facts ->> 'fromName' AS "from", c.facts ->> 'toName' AS "to", c.cause, c.at, s.receipt, c.facts ->> 'by' AS by, (c.facts ->> 'months')::int AS months,
      (c.facts ->> 'sum')::bigint AS sum, (c.facts ->> 'needs')::bigint AS needs
    FROM tier_change c LEFT JOIN sale s ON s.id = c.sale_id WHERE c.member_id = $1 ORDER BY c.id DESC LIMIT 5`,
};

const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** Where a member stands at `ctx.now`, also when the day's evaluation is late. Null: the program has no tiers. */
export async function tierOf(
  ctx: Pick<Context, 'db' | 'now'>,
  memberId: number,
  rules: Rules,
  timeZone: string,
): Promise<TierOf | null> {
  const { tiers } = rules;
  if (!tiers) return null;
  const level = (id: string | null): Tier | null => tiers.levels.find((one) => one.id === id) ?? null;
  const [row] = await ctx.db.run<{ facts: Facts }>(facts, [memberId, JSON.stringify(termsOf(rules, timeZone)), ctx.now]);
  if (!row) throw new Error('tier_facts returned nothing');
  const found = row.facts;
  const next = level(found.next?.tier ?? null);
  return {
    tier: level(found.tier),
    manual: found.manual ? { until: dateOf(found.manualUntil) } : null,
    by: tiers.by,
    windowMonths: tiers.windowMonths,
    sum: found.sum,
    next: found.next && next ? { tier: next, missing: found.next.missing, until: dateOf(found.next.until) } : null,
    keep: found.keep ? { missing: found.keep.missing, until: new Date(found.keep.until), below: level(found.keep.below) } : null,
    changes: await ctx.db.run<TierChange>(changes, [memberId]),
  };
}
