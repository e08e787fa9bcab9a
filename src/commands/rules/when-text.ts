import type { Rules, When } from '../../program/rules/rules.ts';
import { namesOf, noonOf, type Reader, weekdayIn } from './wording.ts';

/** When a rule counts, a few words for each condition; none: always. */
export function whenText(when: When | undefined, rules: Rules, reader: Reader): string[] {
  if (!when) return [];
  const { say, language } = reader;
  const named = (what: 'tiers' | 'shops' | 'categories'): string[] =>
    when[what] ? [say(`rules:when.${what}`, { names: namesOf(what, when[what], rules, reader) })] : [];
  return [
    ...(when.days ? [when.days.map((day) => weekdayIn(day, language)).join(', ')] : []),
    ...(when.hours ? [`${when.hours.from}–${when.hours.until}`] : []),
    ...(when.from ? [say('rules:when.from', { at: noonOf(when.from, reader) })] : []),
    ...(when.until ? [say('rules:when.until', { at: noonOf(when.until, reader) })] : []),
    ...(when.minimumMinor === undefined ? [] : [say('rules:when.minimum', { amount: when.minimumMinor })]),
    ...(when.firstPurchase ? [say('rules:when.first')] : []),
    ...(when.birthday ? [birthdayText(when.birthday, reader)] : []),
    ...named('categories'),
    ...named('tiers'),
    ...named('shops'),
  ];
}

const birthdayText = ({ before, after }: { before: number; after: number }, { say }: Reader): string =>
  before === 0 && after === 0 ? say('rules:when.birthday') : say('rules:when.around', { before, after });
