import { Temporal } from 'temporal-polyfill';
import type { Weekday } from './rules/rules.ts';

const weekdays: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const quarterMs = 15 * 60_000;
const dayMs = 86_400_000;

// Zones change their clocks at quarters of an hour only. Kept for a zone until there are too many.
const offsets = new Map<string, Map<number, number>>();

function offsetMs(atMs: number, timeZone: string): number {
  let known = offsets.get(timeZone);
  if (!known) {
    known = new Map();
    offsets.set(timeZone, known);
  }
  const quarter = Math.floor(atMs / quarterMs);
  let offset = known.get(quarter);
  if (offset === undefined) {
    offset = Temporal.Instant.fromEpochMilliseconds(quarter * quarterMs).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6;
    if (known.size > 50_000) known.clear();
    known.set(quarter, offset);
  }
  return offset;
}

const days = new Map<number, { day: string; weekday: Weekday }>();

/** The day so many days after 1 January 1970. */
function dayNumbered(number: number): { day: string; weekday: Weekday } {
  let known = days.get(number);
  if (!known) {
    const date = new Date(number * dayMs);
    known = { day: date.toISOString().slice(0, 10), weekday: weekdays[date.getUTCDay()] as Weekday };
    if (days.size > 10_000) days.clear();
    days.set(number, known);
  }
  return known;
}

/** The clock on the wall: `minute` of the day, and the business day (`YYYY-MM-DD`, its weekday) that the moment belongs to. */
export type LocalTime = { minute: number; day: string; weekday: Weekday };

/** The local time of a moment. A business day begins at the hour `dayStartsAt` of its calendar day (semantics: change-over hour). */
export function localTime(at: Date, timeZone: string, dayStartsAt: number): LocalTime {
  const local = at.getTime() + offsetMs(at.getTime(), timeZone);
  const { day, weekday } = dayNumbered(Math.floor((local - dayStartsAt * 3_600_000) / dayMs));
  return {
    minute: Math.floor((((local % dayMs) + dayMs) % dayMs) / 60_000),
    day,
    weekday,
  };
}

/** When the business day `day` begins. On a day whose clocks jump over that hour: the moment after the jump. */
export function dayBegins(day: string, timeZone: string, dayStartsAt: number): Date {
  const clock = Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: { hour: dayStartsAt } });
  return new Date(clock.epochMilliseconds);
}

/** The business day around a moment: from its beginning until, not including, the next one's. 23 to 25 hours long. */
export function businessDay(at: Date, timeZone: string, dayStartsAt: number): { day: string; from: Date; until: Date } {
  const { day } = localTime(at, timeZone, dayStartsAt);
  const next = Temporal.PlainDate.from(day).add({ days: 1 }).toString();
  return { day, from: dayBegins(day, timeZone, dayStartsAt), until: dayBegins(next, timeZone, dayStartsAt) };
}

/** The birthdays (`MM-DD`) that a day of the calendar is: 28 February is also the 29th's in years that have none. */
export function birthdaysOn(date: Temporal.PlainDate): string[] {
  const day = date.toString().slice(5);
  return day === '02-28' && !date.inLeapYear ? [day, '02-29'] : [day];
}
