import { Temporal } from 'temporal-polyfill';
import { dayBegins } from '../calendar.ts';
import type { Reward, Rules } from '../rules/rules.ts';
import { seesFrom } from '../tiers/sees-from.ts';

const dayAfter = (day: string): string => Temporal.PlainDate.from(day).add({ days: 1 }).toString();

/** When people of a tier (null: of none) may take a reward for the first time: some tiers before the others. Null: from ever. */
export function opensAt({ from }: Reward, tier: string | null, rules: Rules, timeZone: string): Date | null {
  return from === undefined ? null : seesFrom(dayBegins(from, timeZone, rules.dayStartsAt), tier, rules);
}

/** When a reward can no longer be taken: after its last whole business day, an event when it begins. Null: never. */
export function closesAt(reward: Reward, rules: Rules, timeZone: string): Date | null {
  const over = reward.until === undefined ? null : dayBegins(dayAfter(reward.until), timeZone, rules.dayStartsAt);
  if (reward.kind !== 'event') return over;
  const begins = new Date(reward.at);
  return over && over < begins ? over : begins;
}

/** How many of a reward there are in all; null: as many as people want. */
export function piecesOf(reward: Reward): number | null {
  const stock = reward.stock ?? Number.POSITIVE_INFINITY;
  const pieces = reward.kind === 'event' ? Math.min(stock, reward.places) : stock;
  return Number.isFinite(pieces) ? pieces : null;
}
