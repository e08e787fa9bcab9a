import { type Path, type Problem, pointsCeiling } from './problem.ts';
import type { Expiry, Limits, Reward, Rules } from './rules.ts';

/** Tiers that don't begin at nothing, or don't begin higher than the one before. Only what is below the first could be a gap. */
export function tierOrder({ tiers }: Rules): Problem[] {
  const byMoney = tiers?.by === 'money';
  return (tiers?.levels ?? []).flatMap(({ id, from }, at, levels) => {
    const path = ['tiers', 'levels', at, 'from'];
    const lower = levels[at - 1];
    if (!lower) {
      const code = byMoney ? 'problems:tier_first_money' : 'problems:tier_first';
      return from === 0 ? [] : [{ path, code, params: { id, from } }];
    }
    if (from > lower.from) return [];
    const params = { id, from, other: lower.id, otherFrom: lower.from };
    if (from === lower.from) return [{ path, code: byMoney ? 'problems:tier_same_money' : 'problems:tier_same', params }];
    return [{ path, code: byMoney ? 'problems:tier_order_money' : 'problems:tier_order', params }];
  });
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The fewest days that so many months can have. */
function fewestDays(months: number): number {
  const starts = monthDays.map((_, start) =>
    Array.from({ length: months % 12 }, (_each, next) => monthDays[(start + next) % 12] ?? 0).reduce(
      (sum, days) => sum + days,
      0,
    ),
  );
  return Math.floor(months / 12) * 365 + Math.min(...starts);
}

const endDays = { day: 0, month: 31, quarter: 92, year: 366 } as const;

/** The most days that points can live. */
const mostDays = (expiry: Expiry): number =>
  expiry.policy === 'months' ? Math.ceil(expiry.months * 30.5) + 2 + endDays[expiry.end] : Number.POSITIVE_INFINITY;

/** Points that would be over before their owner could spend them. */
export const heldTooLong = ({ expiry, pendingDays }: Rules): Problem[] =>
  pendingDays > 0 && expiry.policy !== 'never' && fewestDays(expiry.months) <= pendingDays
    ? [
        {
          path: ['expiry', 'months'],
          code: 'problems:expiry_before_release',
          params: { months: expiry.months, days: pendingDays },
        },
      ]
    : [];

/** The largest balance that the caps leave room for. */
function reach({ caps, expiry, welcome }: Rules): number {
  const byDay = caps.day === undefined ? Number.POSITIVE_INFINITY : caps.day * (mostDays(expiry) + 1) + welcome;
  return Math.min(pointsCeiling, caps.member ?? pointsCeiling, byDay);
}

// Privileges and seats may be free for everybody; what costs money needs somebody to be given to.
const isGivenAway = ({ cost, hidden, tiers, perMember, kind }: Reward): boolean =>
  cost === 0 && !hidden && !tiers && perMember === undefined && kind !== 'privilege' && kind !== 'event';

/** Rewards that nobody could ever pay for, or anybody could have for nothing as often as they like. */
export function prices(rules: Rules): Problem[] {
  const most = reach(rules);
  return rules.rewards.flatMap((reward, at) => {
    const { id, cost } = reward;
    const path = ['rewards', at, 'cost'];
    if (cost > most) return [{ path, code: 'problems:reward_too_dear', params: { id, cost, most } }];
    return isGivenAway(reward) ? [{ path, code: 'problems:reward_free', params: { id } }] : [];
  });
}

/** A welcome that the caps take back. */
export const welcomes = ({ welcome, caps }: Rules): Problem[] =>
  caps.member !== undefined && welcome > caps.member
    ? [{ path: ['welcome'], code: 'problems:welcome_over_cap', params: { welcome, most: caps.member } }]
    : [];

/** Warnings before points end: each once, the earliest first. */
export const warnings = ({ warnDays }: Rules): Problem[] =>
  warnDays.flatMap((days, at) =>
    at > 0 && days >= (warnDays[at - 1] ?? 0) ? [{ path: ['warnDays', at], code: 'problems:warn_days', params: { days } }] : [],
  );

/** Limits that aren't each above the one before: told, then asked, then refused. */
export function limitOrder({ limits }: Rules): Problem[] {
  const order = ['soft', 'approval', 'hard'] as const;
  const inRole = (role: keyof Rules['limits']): Problem[] =>
    (Object.keys(limits[role]) as (keyof Limits)[]).flatMap((key) => {
      const limit = limits[role][key] ?? {};
      const given = order.filter((each) => limit[each] !== undefined);
      return given.flatMap((higher, at) => {
        const lower = given[at - 1];
        if (!lower || (limit[higher] ?? 0) > (limit[lower] ?? 0)) return [];
        const path: Path = ['limits', role, key, higher];
        return [{ path, code: 'problems:limits', params: { lower, higher } }];
      });
    });
  return [...inRole('staff'), ...inRole('owner')];
}
