import { Temporal } from 'temporal-polyfill';
import { Unusable } from './unusable.ts';

/** When a purchase was made. `text` is the same for every way of writing the same date. */
export type PurchaseDate = { at: Date; text: string };

const dayOnly = /^(\d{4})-?(\d{2})-?(\d{2})$/;
const dateTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?<zone>Z|[+-]\d{2}(?::?\d{2})?)?$/i;
// Earlier than any till: a slip of the pen.
const earliest = Temporal.Instant.from('1900-01-01T00:00:00Z').epochMilliseconds;
const examples = 'write 2026-03-31, 20260331 or 2026-03-31T18:05';

function dayAt(day: Temporal.PlainDate, timeZone: string, now: Date): Date {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const noon = day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from('12:00') }).epochMilliseconds;
  // Today's purchases may be imported in the morning.
  return new Date(Temporal.PlainDate.compare(day, today) === 0 ? Math.min(noon, now.getTime()) : noon);
}

function parse(typed: string, timeZone: string, now: Date): PurchaseDate {
  const [, year, month, dayOfMonth] = dayOnly.exec(typed) ?? [];
  if (year !== undefined) {
    const day = Temporal.PlainDate.from(
      { year: Number(year), month: Number(month), day: Number(dayOfMonth) },
      { overflow: 'reject' },
    );
    return { at: dayAt(day, timeZone, now), text: day.toString() };
  }
  const found = dateTime.exec(typed);
  if (!found) throw new RangeError(typed);
  if (found.groups?.zone !== undefined) {
    const instant = Temporal.Instant.from(typed);
    return { at: new Date(instant.epochMilliseconds), text: instant.toString() };
  }
  const local = Temporal.PlainDateTime.from(typed);
  return { at: new Date(local.toZonedDateTime(timeZone).epochMilliseconds), text: local.toString() };
}

/**
 * Reads `YYYY-MM-DD`, `YYYYMMDD` (that day at noon in the program's time zone) or an ISO 8601 date with a time (without an offset: in the
 * program's time zone). Throws Unusable for anything else, for days that aren't in the calendar, and for the future.
 */
export function readDate(typed: string, timeZone: string, now: Date): PurchaseDate {
  let date: PurchaseDate;
  try {
    date = parse(typed, timeZone, now);
  } catch (error) {
    if (error instanceof RangeError) throw new Unusable(typed === '' ? 'the date is missing' : `not a date: ${examples}`);
    throw error;
  }
  if (date.at > now) throw new Unusable('the date is in the future');
  if (date.at.getTime() < earliest) throw new Unusable('the date is before 1900');
  return date;
}
