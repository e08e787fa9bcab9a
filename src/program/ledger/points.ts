import { Temporal } from 'temporal-polyfill';
import type { Expiry, Rules } from '../rules/rules.ts';

/** When points given now end, as the ledger takes it. `renewMonths`: anything earned or spent gives them so many months anew. */
export type Ends = { expiresAt: string | null; renewMonths?: number; renewZone?: string };

/** The day after a period's last, so that the end is the end of its last day. */
function periodEnd(day: Temporal.PlainDate, end: 'day' | 'month' | 'quarter' | 'year'): Temporal.PlainDate {
  if (end === 'day') return day.add({ days: 1 });
  if (end === 'month') return day.with({ day: 1 }).add({ months: 1 });
  if (end === 'quarter') return day.with({ month: Math.floor((day.month - 1) / 3) * 3 + 1, day: 1 }).add({ months: 3 });
  return day.with({ month: 1, day: 1 }).add({ years: 1 });
}

/**
 * When points earned at `at` end: so many months later, at the end of that day, month, quarter or year in the program's time zone
 * (31 January + 1 month is the end of 28 February; Voucherify). Under inactivity the first end is one full period after they were
 * given. Null: never. A business day that begins at another hour than midnight ends with it.
 */
export function endsOf(at: Date, { expiry, dayStartsAt }: Pick<Rules, 'expiry' | 'dayStartsAt'>, timeZone: string): Ends {
  if (expiry.policy === 'never') return { expiresAt: null };
  const expiresAt = expiryOf(at, expiry, timeZone, dayStartsAt).toISOString();
  return expiry.policy === 'inactivity' ? { expiresAt, renewMonths: expiry.months, renewZone: timeZone } : { expiresAt };
}

function expiryOf(at: Date, expiry: Exclude<Expiry, { policy: 'never' }>, timeZone: string, dayStartsAt: number): Date {
  const day = Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(timeZone)
    .subtract({ hours: dayStartsAt })
    .toPlainDate();
  const end = periodEnd(day.add({ months: expiry.months }), expiry.policy === 'months' ? expiry.end : 'day');
  return new Date(end.toZonedDateTime({ timeZone, plainTime: { hour: dayStartsAt } }).epochMilliseconds);
}

/** A moment of the last day on which points are good, for showing: they end with that business day, which may be early on the next date. */
export const lastMomentOf = (expiresAt: Date, { dayStartsAt }: Pick<Rules, 'dayStartsAt'>): Date =>
  new Date(expiresAt.getTime() - dayStartsAt * 3_600_000 - 1);
