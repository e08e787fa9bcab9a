import { Temporal } from 'temporal-polyfill';
import { birthdaysOn, businessDay, dayBegins } from '../calendar.ts';
import type { Rules } from '../rules/rules.ts';
import type { Ago, Operator, Value } from './segment.ts';

/** As of when a segment is asked: ages are counted back from `now`, days are the program's business days in `timeZone`. */
export type SegmentMoment = { now: Date; timeZone: string; rules: Pick<Rules, 'dayStartsAt'> };

const units = { d: 'days', w: 'weeks', m: 'months', y: 'years' } as const;

/** Between two moments, each of them open when absent; `from` included unless `after`, `until` not included unless `with`. */
export type Span = { operator: Exclude<Operator, '='>; at: Date }[];

const zoned = ({ now, timeZone }: SegmentMoment) =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);

const within = ({ from, until }: { from: Date; until: Date }): Span => [
  { operator: '>=', at: from },
  { operator: '<', at: until },
];

const turned = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/**
 * What must hold of a moment. `>30d` is longer ago than that, by the clock of the zone; `:30d` on that business day. With a date the comparison is the calendar's:
 * `>2026-01-31` is after that day.
 */
export function spanOf(operator: Operator, value: Ago | Extract<Value, { kind: 'day' }>, moment: SegmentMoment): Span {
  const { timeZone, rules } = moment;
  if (value.kind === 'ago') {
    const at = new Date(zoned(moment).subtract({ [units[value.unit]]: value.count }).epochMilliseconds);
    return operator === '=' ? within(businessDay(at, timeZone, rules.dayStartsAt)) : [{ operator: turned[operator], at }];
  }
  const next = Temporal.PlainDate.from(value.day).add({ days: 1 }).toString();
  const day = { from: dayBegins(value.day, timeZone, rules.dayStartsAt), until: dayBegins(next, timeZone, rules.dayStartsAt) };
  if (operator === '=') return within(day);
  if (operator === '<' || operator === '>=') return [{ operator, at: day.from }];
  return [{ operator: operator === '<=' ? '<' : '>=', at: day.until }];
}

/** The birthdays that are meant: those of a month, of a day, of today, or within so many days, today being the first (`<=7d` has eight). */
export function birthdaysOf(operator: Operator, value: Value, moment: SegmentMoment): { month: string } | { days: string[] } {
  const { day } = businessDay(moment.now, moment.timeZone, moment.rules.dayStartsAt);
  const today = Temporal.PlainDate.from(day);
  if (value.kind === 'birthday' && value.when !== 'today')
    return value.when.length === 2 ? { month: value.when } : { days: [value.when] };
  const ahead = value.kind === 'ago' ? value.count * (value.unit === 'w' ? 7 : 1) : 0;
  const first = operator === '=' ? ahead : 0;
  const last = operator === '<' ? ahead - 1 : ahead;
  const days = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    birthdaysOn(today.add({ days: first + index })),
  );
  return { days: [...new Set(days.flat())] };
}
