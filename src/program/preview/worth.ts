import type { Rules } from '../rules/rules.ts';

/**
 * What points are worth in minor units: by what they pay at the counter, else by the reward of money that costs least, else null (nobody can
 * say). Rounded down.
 */
export function worthMinor(rules: Rules, points: number): number | null {
  const rate = rules.pay ? { points: rules.pay.points, minor: rules.pay.worthMinor } : cheapest(rules);
  return rate ? Math.floor((points * rate.minor) / rate.points) : null;
}

function cheapest({ rewards }: Rules): { points: number; minor: number } | undefined {
  const [first] = rewards
    .flatMap((reward) => ((reward.kind === 'money' || reward.kind === 'gift_card') && reward.cost > 0 ? [reward] : []))
    .toSorted((one, other) => one.cost - other.cost);
  return first && { points: first.cost, minor: first.amountMinor };
}
