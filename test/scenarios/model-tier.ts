import { Temporal } from 'temporal-polyfill';
import type { Rules } from '../../src/program/rules/rules.ts';
import { wall } from './model-price.ts';
import { type Person, type Sale, sum } from './model-wallet.ts';

/** What a sale counts for a tier. Pending points count once they are released. */
function counts(sale: Sale, by: 'points' | 'money'): number {
  if (by === 'money') return sale.billMinor - sale.refundedMinor;
  return sale.pending && sale.released === null ? 0 : sale.given - sale.back;
}

/** Whether what was counted at a moment still counts on a day: until the same day so many months later, that day included. */
function inWindow(at: number, day: Temporal.PlainDate, months: number, dayStartsAt: number, timeZone: string): boolean {
  const counted = wall(new Date(at), timeZone, dayStartsAt).day;
  return Temporal.PlainDate.compare(counted.add({ months }), day) >= 0;
}

/**
 * Lives the member's purchases through once more, day by day: up with a purchase that reaches a level, down one step when a day begins and
 * the grace since the first one below is over. What was refunded never was.
 */
export function tierOf(person: Person, now: number, { tiers, dayStartsAt }: Rules, timeZone: string): string | null {
  if (!tiers) return null;
  const counted = person.sales
    .map((sale) => ({
      at: tiers.by === 'points' && sale.released !== null ? sale.released : sale.at.getTime(),
      worth: counts(sale, tiers.by),
    }))
    .filter(({ at, worth }) => worth > 0 && at <= now)
    .sort((one, other) => one.at - other.at);
  const total = (until: number, day: Temporal.PlainDate): number =>
    sum(
      counted
        .filter(({ at }) => at <= until && inWindow(at, day, tiers.windowMonths, dayStartsAt, timeZone))
        .map(({ worth }) => worth),
    );
  const rankOf = (worth: number): number => tiers.levels.filter(({ from }) => worth >= from).length;
  let rank = 0;
  let below: Temporal.PlainDate | null = null;
  const first = counted[0];
  if (!first) {
    return tiers.levels.filter(({ from }) => from <= 0).at(-1)?.id ?? null;
  }
  const today = wall(new Date(now), timeZone, dayStartsAt).day;
  for (
    let day = wall(new Date(first.at), timeZone, dayStartsAt).day;
    Temporal.PlainDate.compare(day, today) <= 0;
    day = day.add({ days: 1 })
  ) {
    const plainTime = { hour: dayStartsAt };
    const begins = day.toZonedDateTime({ timeZone: timeZone, plainTime }).epochMilliseconds;
    const ends = day.add({ days: 1 }).toZonedDateTime({ timeZone: timeZone, plainTime }).epochMilliseconds;
    const had = rankOf(total(begins - 1, day));
    if (had > rank) rank = had;
    if (had >= rank) below = null;
    else {
      below ??= day;
      if (Temporal.PlainDate.compare(below.add({ days: tiers.graceDays }), day) <= 0) {
        rank -= 1;
        below = had < rank ? day : null;
      }
    }
    for (const { at } of counted)
      if (at >= begins && at < ends) {
        const reached = rankOf(total(at, day));
        if (reached >= rank) below = null;
        rank = Math.max(rank, reached);
      }
  }
  return tiers.levels[rank - 1]?.id ?? null;
}
