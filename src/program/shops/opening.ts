import { Temporal } from 'temporal-polyfill';
import type { Store, Weekday } from '../rules/rules.ts';

const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * Whether a shop is open, by its own clock. `until`: when it closes; `from`: when it opens next, `days` calendar days from now (0: today).
 * Clock times are `HH:MM`, as in the program.
 */
export type Opening = { open: true; until: string } | { open: false; from: string; days: number; date: string } | { open: false };

type Slot = { from: string; until: string };

/** When slots of a day begin and end; one that ends at or before its beginning goes over midnight. */
const slotsOn = (store: Store, day: Temporal.PlainDate): Slot[] =>
  (store.hours ?? []).filter(({ days }) => days.includes(weekdays[day.dayOfWeek - 1] as Weekday));

const overMidnight = ({ from, until }: Slot): boolean => until <= from;

/** Opening hours of a shop at a moment; undefined: it has not said any. `timeZone` is the program's, for shops without their own. */
export function openingAt(store: Store, now: Date, timeZone: string): Opening | undefined {
  if (!store.hours || store.hours.length === 0) return undefined;
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(store.timeZone ?? timeZone);
  const today = local.toPlainDate();
  const clock = local.toPlainTime().toString({ smallestUnit: 'minute' });
  const late = slotsOn(store, today.subtract({ days: 1 })).find((slot) => overMidnight(slot) && clock < slot.until);
  const open = late ?? slotsOn(store, today).find((slot) => slot.from <= clock && (clock < slot.until || overMidnight(slot)));
  if (open) return { open: true, until: open.until };
  for (let days = 0; days <= 7; days += 1) {
    const date = today.add({ days });
    const [next] = slotsOn(store, date)
      .filter((slot) => days > 0 || slot.from > clock)
      .toSorted((one, other) => (one.from < other.from ? -1 : 1));
    if (next) return { open: false, from: next.from, days, date: date.toString() };
  }
  return { open: false };
}
