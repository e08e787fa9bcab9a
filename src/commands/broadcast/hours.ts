import type { Scene } from '../../chat/command.ts';
import { localTime } from '../../program/calendar.ts';
import type { Schedule } from '../../program/campaigns/campaign.ts';
import { sendsAt } from '../../program/campaigns/schedule.ts';
import { Refusal } from '../../program/refusal.ts';
import { readDay } from '../changing/read-day.ts';

const dayMs = 86_400_000;

const today = (now: Date, { shop }: Pick<Scene, 'shop'>): string => localTime(now, shop.timeZone, 0).day;

/** A calendar day so many days after today. */
export const dayAfter = (days: number, now: Date, scene: Pick<Scene, 'shop'>): string =>
  new Date(Date.parse(today(now, scene)) + days * dayMs).toISOString().slice(0, 10);

/** A day and an hour on the clocks of the shop, as a moment. */
const momentAt = (local: string, { shop }: Pick<Scene, 'shop'>, now: Date): Date => {
  const at = sendsAt({ kind: 'local', at: local }, now, shop.timeZone);
  if (!at) throw new Refusal('campaign.time');
  return at;
};

/** The end of a day (so many days from now, or a date): the moment after which it is over, ISO. Refuses: `campaign.time`. */
export function readDayEnd(typed: string, now: Date, scene: Pick<Scene, 'shop'>): string {
  if (/^\d{4}-\d\d-\d\dT.*Z$/.test(typed)) return typed;
  const inDays = /^\d{1,3}$/.test(typed) ? dayAfter(Number(typed), now, scene) : undefined;
  const day = inDays ?? readDay(typed, Number(today(now, scene).slice(0, 4)));
  if (!day) throw new Refusal('campaign.time');
  return momentAt(`${day}T23:59`, scene, now).toISOString();
}

const hourAlone = /^(?:[01]?\d|2[0-3])[:.][0-5]\d$/;
const dayAndHour = /^(?<day>\d{4}-\d\d-\d\d|\d{1,2}\.\s?\d{1,2}\.?(?:\s?\d{4})?)?(?<time>.*)$/;
const clock = /(?:^|[\s,T])(?<hour>[01]?\d|2[0-3])(?:[:.](?<minute>[0-5]\d))(?:\s|$)|(?:^|[\s,T])(?<full>[01]?\d|2[0-3])(?:\s|$)/;

/**
 * When a broadcast goes, as people write it: `now`, `18:00` (today), `24.12. 10:00`, `2026-12-24 10:00`, with `local` (in any language) for each member's
 * own clock. Gives what is kept: `now`, `at 2026-12-24T10:00`, `local 2026-12-24T10:00`. Refuses: `campaign.time`, `campaign.past` { at }.
 */
export function readHour(typed: string, now: Date, scene: Pick<Scene, 'shop' | 'say'>): string {
  const words = scene.say('broadcast:time.local_words').split(',');
  const said = typed.normalize('NFKC').trim();
  if (said.toLowerCase() === 'now') return 'now';
  const local = [...words, 'local'].find((word) => said.toLowerCase().includes(word));
  const rest = (local ? said.replace(new RegExp(local, 'iu'), ' ') : said).replace(/^at\s/, '').trim();
  // `18.00` is an hour, `18.12.` a day.
  const split: { day?: string; time?: string } = hourAlone.test(rest) ? { time: rest } : (dayAndHour.exec(rest)?.groups ?? {});
  const { hour, minute = '00', full } = clock.exec(split.time ?? '')?.groups ?? {};
  const year = Number(today(now, scene).slice(0, 4));
  const day = split.day ? readDay(split.day, year) : today(now, scene);
  if (!day || (hour ?? full) === undefined) throw new Refusal('campaign.time');
  const at = `${day}T${(hour ?? full ?? '').padStart(2, '0')}:${minute}`;
  const moment = momentAt(at, scene, now);
  if (moment < now) throw new Refusal('campaign.past', { at: moment.toISOString() });
  return `${local ? 'local' : 'at'} ${at}`;
}

/** What `readHour` kept, as the program keeps it. */
export function scheduleOf(kept: string, now: Date, scene: Pick<Scene, 'shop'>): Schedule {
  const [kind, at = ''] = kept.split(' ');
  if (kind === 'local') return { kind, at };
  return kind === 'at' ? { kind, at: momentAt(at, scene, now).toISOString() } : { kind: 'now' };
}

/** When a broadcast goes, in words. */
export function scheduleText(schedule: Schedule, { say, shop }: Pick<Scene, 'say' | 'shop'>): string {
  if (schedule.kind === 'now') return say('broadcast:time.now');
  const at = schedule.kind === 'local' ? momentAt(schedule.at, { shop }, new Date(0)) : schedule.at;
  return say(schedule.kind === 'local' ? 'broadcast:time.local_at' : 'broadcast:time.at', { at });
}
