import { Temporal } from 'temporal-polyfill';
import type { Schedule } from './campaign.ts';

/** The zone whose clocks are the first to show an hour: what is `local` begins to be planned when it is that hour there. */
const earliestZone = '+14:00';

const isLocal = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

function localIn(at: string, timeZone: string): Date | null {
  if (!isLocal.test(at)) return null;
  try {
    return new Date(Temporal.PlainDateTime.from(at, { overflow: 'reject' }).toZonedDateTime(timeZone).epochMilliseconds);
  } catch {
    return null;
  }
}

/** When a schedule is meant to send, by the shop's clock; null: it is no time at all. `now` for who wants it at once. */
export function sendsAt(schedule: Schedule, now: Date, timeZone: string): Date | null {
  if (schedule.kind === 'now') return now;
  if (schedule.kind === 'local') return localIn(schedule.at, timeZone);
  const at = new Date(schedule.at);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** When planning begins: for local hours as soon as it is that hour anywhere on earth. */
export function beginsAt(schedule: Schedule, now: Date, timeZone: string): Date {
  const begins = schedule.kind === 'local' ? localIn(schedule.at, earliestZone) : sendsAt(schedule, now, timeZone);
  return begins && begins > now ? begins : now;
}
