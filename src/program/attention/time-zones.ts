import { Temporal } from 'temporal-polyfill';
import { Refusal } from '../refusal.ts';

/** Names that the runtime still lists under the spelling they once had. */
const today: Readonly<Record<string, string>> = {
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Europe/Kiev': 'Europe/Kyiv',
};
const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').map((zone) => today[zone] ?? zone)];

/** What a zone is called in conversation: its city. */
export const cityOf = (timeZone: string): string => (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();

/** Capitals and large cities: what is offered first, in the part of the world where the shop is. */
const offered: Readonly<Record<string, readonly string[]>> = {
  Europe: ['London', 'Berlin', 'Warsaw', 'Helsinki', 'Sofia', 'Kyiv', 'Istanbul', 'Moscow'],
  America: ['New_York', 'Toronto', 'Chicago', 'Denver', 'Los_Angeles', 'Mexico_City', 'Bogota', 'Sao_Paulo'],
  Asia: ['Dubai', 'Tashkent', 'Kolkata', 'Bangkok', 'Singapore', 'Shanghai', 'Tokyo', 'Seoul'],
  Africa: ['Casablanca', 'Lagos', 'Cairo', 'Johannesburg', 'Nairobi'],
  Australia: ['Perth', 'Adelaide', 'Brisbane', 'Sydney'],
  Pacific: ['Auckland', 'Fiji', 'Honolulu'],
};

const offsetNow = (timeZone: string, now: Date): number =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).offsetNanoseconds;

/** Zones to choose from where the shop is, from west to east, at most ten; the shop's own is among them. */
export function zonesNear(shopZone: string, now: Date): string[] {
  const [region = 'Europe'] = shopZone.split('/');
  const cities = (offered[region] ?? offered['Europe'] ?? []).map((city) => `${region in offered ? region : 'Europe'}/${city}`);
  const near = cities.filter((zone) => zone !== shopZone).slice(0, 9);
  return [shopZone, ...near].sort((a, b) => offsetNow(a, now) - offsetNow(b, now));
}

/** A zone by its name or its city as people type it (`Helsinki`, `new york`, `Europe/Sofia`). Refuses: `settings.zone_unknown`. */
export function readTimeZone(typed: string): string {
  const said = plain(typed);
  const found = zones.find((zone) => plain(zone) === said || plain(cityOf(zone)) === said);
  if (found === undefined) throw new Refusal('settings.zone_unknown');
  return found;
}

/** The clock on the wall somewhere, `HH:MM`. */
export const clockIn = (timeZone: string, now: Date): string =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainTime()
    .toString({ smallestUnit: 'minute' });
