import { Temporal } from 'temporal-polyfill';
import type { Rules } from '../../../src/program/rules/rules.ts';

/** What the program knows of a member: purchases (less what was refunded of them), and the rules with the moments they begin. */
export type History = {
  sales: readonly { at: Date; net: number }[];
  versions: readonly { startsAt: Date; rules: Rules; relevelAt?: Date }[];
};

/** Every business day from the autumn of 2027 on: its date, and when it begins. */
type Calendar = { dates: Temporal.PlainDate[]; begins: number[]; index: Map<string, number>; later: Map<string, number> };

const calendars = new Map<string, Calendar>();

function calendarOf(timeZone: string, hour: number): Calendar {
  const name = `${timeZone} ${hour}`;
  let calendar = calendars.get(name);
  if (!calendar) {
    const dates = Array.from({ length: 600 }, (_, days) => Temporal.PlainDate.from('2027-10-01').add({ days }));
    const begins = dates.map((date) => date.toZonedDateTime({ timeZone, plainTime: { hour } }).epochMilliseconds);
    calendar = { dates, begins, index: new Map(dates.map((date, at) => [date.toString(), at])), later: new Map() };
    calendars.set(name, calendar);
  }
  return calendar;
}

type Moment = { at: number; kind: 'day' | 'relevel' | 'sale' };

/**
 * A second opinion on the tier a member has at `now`, by counting through every day and every purchase, one after the other. Knows
 * nothing of how the database does it. All versions begin their days at the same hour.
 */
export function modelTier({ sales, versions }: History, timeZone: string, now: Date): string | null {
  const calendar = calendarOf(timeZone, versions[0]?.rules.dayStartsAt ?? 0);
  const dayOf = (at: number): number => calendar.begins.findLastIndex((begin) => begin <= at);
  const monthsLater = (day: number, months: number): number => {
    const name = `${day} ${months}`;
    const known =
      calendar.later.get(name) ??
      calendar.index.get((calendar.dates[day] as Temporal.PlainDate).add({ months }).toString()) ??
      calendar.dates.length;
    calendar.later.set(name, known);
    return known;
  };
  const bought = sales.map(({ at, net }) => ({ at: at.getTime(), net, day: dayOf(at.getTime()) }));
  const order = ['day', 'relevel', 'sale'];
  const moments: Moment[] = [
    ...calendar.begins.map((at) => ({ at, kind: 'day' }) as const),
    ...versions.flatMap(({ relevelAt }) => (relevelAt ? [{ at: relevelAt.getTime(), kind: 'relevel' } as const] : [])),
    ...bought.map(({ at }) => ({ at, kind: 'sale' }) as const),
  ]
    .filter(({ at }) => at <= now.getTime())
    .sort((one, other) => one.at - other.at || order.indexOf(one.kind) - order.indexOf(other.kind));

  let tier: string | null = null;
  let grace: number | null = null;
  for (const { at, kind } of moments) {
    const { tiers } = versions.findLast(({ startsAt }) => startsAt.getTime() <= at)?.rules ?? {};
    const levels = tiers?.levels ?? [];
    const today = dayOf(at);
    const sum = bought
      .filter(
        (sale) => (kind === 'sale' ? sale.at <= at : sale.at < at) && monthsLater(sale.day, tiers?.windowMonths ?? 0) >= today,
      )
      .reduce((all, { net }) => all + net, 0);
    const reached = levels.findLastIndex(({ from }) => from <= sum);
    const current = levels.findIndex(({ id }) => id === tier);
    if (kind === 'relevel' || reached > current || (kind === 'day' && tier !== null && current < 0)) {
      tier = levels[reached]?.id ?? null;
      grace = null;
    } else if (reached === current) grace = null;
    else if (kind === 'day') {
      const later = (days: number): number => calendar.begins[today + days] ?? Number.POSITIVE_INFINITY;
      const graceDays = tiers?.graceDays ?? 0;
      grace ??= later(graceDays);
      if (grace > at) continue;
      tier = levels[current - 1]?.id ?? null;
      grace = reached < current - 1 ? later(Math.max(graceDays, 1)) : null;
    }
  }
  return tier;
}
