import type { Bonus, EarnRule, Rules } from '../rules/rules.ts';
import { matches } from './matches.ts';
import type { MemberFacts, Priced } from './purchase.ts';

/** What one rule gives, in 1/`per` of a point. */
export type Part = { rule: string; value: bigint };

/**
 * What a purchase is worth: `value`/`per` points, not rounded, before anything carried is added and before caps. `rule` is the base rule
 * that gave most; `carry`: what is left over counts for the next purchase. The parts add up to `value`.
 */
export type Price = { rule: string; per: bigint; value: bigint; carry: boolean; parts: Part[] };

const hundred = 10_000n;

const commonDivisor = (one: bigint, other: bigint): bigint => (other === 0n ? one : commonDivisor(other, one % other));

// Kept with every sale as a number of JSON.
const largestUnit = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Parts of a point that a program counts in: such that every money rule is exact, with percents anywhere in hundredths of a percent of that. The
 * unit is the same for every sale of a version, so that what is carried from one to the next stays exact. (Rules whose common unit would be
 * beyond what JSON keeps are counted in the first one's.)
 */
function unitFor(rules: Rules): bigint {
  const percents =
    rules.bonuses.some((bonus) => 'percent' in bonus) || rules.tiers?.levels.some(({ bonusPercent }) => bonusPercent);
  const times = percents ? hundred : 1n;
  const pers = rules.earn.flatMap((rule) => (rule.kind === 'money' ? BigInt(rule.perMinor) : []));
  const common = pers.reduce((one, other) => (one / commonDivisor(one, other)) * other, 1n) * times;
  return common <= largestUnit ? common : (pers[0] ?? 1n) * times;
}

const units = new WeakMap<Rules, bigint>();

/** The unit of a version, kept with it. */
function unitOf(rules: Rules): bigint {
  const known = units.get(rules);
  if (known !== undefined) return known;
  const unit = unitFor(rules);
  units.set(rules, unit);
  return unit;
}

/** Of a purchase's pieces, those of some categories (all without any): how many are left after refunds, in 1/`amountMinor` of a piece. */
function piecesOf(sale: Priced, categories: readonly string[] | undefined): number {
  let pieces = 0;
  for (const item of sale.items) if (!categories || categories.includes(item.category)) pieces += item.pieces;
  return pieces;
}

/** What a base rule gives for a purchase, in 1/`per`. Pieces shrink with what is refunded: half the money back is half the pieces. */
function baseValue(rule: EarnRule, sale: Priced, per: bigint): bigint {
  if (rule.kind === 'visit') return BigInt(rule.points) * per;
  if (rule.kind === 'money') return (BigInt(sale.leftMinor) * BigInt(rule.points) * per) / BigInt(rule.perMinor);
  const whole = BigInt(piecesOf(sale, rule.categories) * rule.points) * per;
  return sale.leftMinor === sale.amountMinor ? whole : (whole * BigInt(sale.leftMinor)) / BigInt(sale.amountMinor);
}

/** The share of a purchase that some categories have: by what they cost, or by pieces where nobody said what they cost. */
function shareOf(sale: Priced, categories: readonly string[]): { part: bigint; whole: bigint } {
  const costs = sale.items.every(({ amountMinor }) => amountMinor !== undefined);
  let part = 0;
  let whole = 0;
  for (const { category, pieces, amountMinor } of sale.items) {
    const weight = costs ? (amountMinor ?? 0) : pieces;
    whole += weight;
    if (categories.includes(category)) part += weight;
  }
  // What costs more on the receipt than the whole purchase was bought with a discount.
  const total = costs ? Math.max(whole, sale.amountMinor) : whole;
  return { part: BigInt(part), whole: BigInt(Math.max(total, 1)) };
}

const given = (bonus: Bonus, base: bigint, sale: Priced, per: bigint): bigint => {
  if ('points' in bonus) return BigInt(bonus.points) * per;
  if (!bonus.categories) return (base * BigInt(bonus.percent)) / hundred;
  const { part, whole } = shareOf(sale, bonus.categories);
  return (base * BigInt(bonus.percent) * part) / (hundred * whole);
};

const orders = new WeakMap<Rules, readonly Bonus[]>();

/** Bonuses by priority, highest first; kept per version. */
function ordered(rules: Rules): readonly Bonus[] {
  let order = orders.get(rules);
  if (!order) {
    order = rules.bonuses.toSorted((one, other) => other.priority - one.priority);
    orders.set(rules, order);
  }
  return order;
}

/**
 * Prices what is left of a purchase (`sale.leftMinor`; nothing left is worth nothing). Of the base rules that match, the one that gives most
 * (Square); bonuses by priority, each a share of the base or points of its own, until one that does not stack has been given. Percents add up
 * and are never taken of each other. Nothing is rounded here but parts of 1/`per`: the points of a sale are rounded once, at the end, by the
 * ledger. Pure: same rules, purchase and facts, same price.
 */
export function price(rules: Rules, sale: Priced, member: MemberFacts): Price {
  const per = unitOf(rules);
  const none: Price = { rule: rules.earn[0]?.id ?? 'base', per, value: 0n, carry: false, parts: [] };
  if (sale.leftMinor === 0 && sale.amountMinor > 0) return none;
  let best: { rule: EarnRule; value: bigint } | undefined;
  for (const rule of rules.earn) {
    if (!matches(rule.when, sale, member)) continue;
    const value = baseValue(rule, sale, per);
    if (!best || value > best.value) best = { rule, value };
  }
  if (!best) return none;
  const parts: Part[] = [{ rule: best.rule.id, value: best.value }];
  const tier = member.tier === null ? undefined : rules.tiers?.levels.find(({ id }) => id === member.tier);
  if (tier?.bonusPercent) parts.push({ rule: `tier:${tier.id}`, value: (best.value * BigInt(tier.bonusPercent)) / hundred });
  for (const bonus of ordered(rules)) {
    if (!matches(bonus.when, sale, member)) continue;
    if (bonus.timesPerMember !== undefined && (member.used[bonus.id] ?? 0) >= bonus.timesPerMember) continue;
    const value = given(bonus, best.value, sale, per);
    if (value <= 0n) continue;
    parts.push({ rule: bonus.id, value });
    if (!bonus.stack) break;
  }
  const value = parts.reduce((sum, part) => sum + part.value, 0n);
  return { rule: best.rule.id, per, value, carry: best.rule.kind === 'money' && best.rule.carry, parts };
}
