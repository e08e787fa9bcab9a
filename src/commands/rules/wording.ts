import type { Scene } from '../../chat/command.ts';
import { dayBegins } from '../../program/calendar.ts';
import type { Rules, Texts, Weekday } from '../../program/rules/rules.ts';

/** Who reads, in which language, of which shop. */
export type Reader = Pick<Scene, 'say' | 'shop' | 'language'>;

const mondayMs = Date.parse('2024-01-01');
const order: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** A text in the reader's language, else in the shop's own. */
export const textIn = (texts: Texts, { language, shop }: Pick<Reader, 'language' | 'shop'>): string =>
  texts[language] ?? texts[shop.language] ?? Object.values(texts)[0] ?? '';

/** Hundredths of a percent as people of a language write percents. */
export const percentIn = (percent: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(percent / 10_000);

/** The short name of a day of the week, as people of a language write it. */
export const weekdayIn = (day: Weekday, language: string): string =>
  new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(mondayMs + order.indexOf(day) * 86_400_000);

/** Noon of a business day: a moment that is on that day wherever it is shown in the shop's time zone. */
export const noonOf = (day: string, { shop }: Pick<Reader, 'shop'>): Date => dayBegins(day, shop.timeZone, 12);

/** Levels, shops or categories by their ids, as people know them. */
export function namesOf(what: 'tiers' | 'shops' | 'categories', ids: readonly string[], rules: Rules, reader: Reader): string {
  const named = (id: string): string => {
    if (what === 'tiers') return rules.tiers?.levels.find((one) => one.id === id)?.name ?? id;
    if (what === 'shops') return rules.shops.find((one) => one.id === id)?.name ?? id;
    const category = rules.categories.find((one) => one.id === id);
    return category ? textIn(category.name, reader) : id;
  };
  return ids.map(named).join(', ');
}

/** A reward by its id, as people know it. */
export function rewardNamed(id: string, rules: Rules, reader: Reader): string {
  const reward = rules.rewards.find((one) => one.id === id);
  return reward ? textIn(reward.name, reader) : id;
}

/** A sentence with what it depends on, in brackets before its full stop. */
export const withConditions = (sentence: string, conditions: readonly string[]): string =>
  conditions.length === 0 ? sentence : `${sentence.replace(/\.$/, '')} (${conditions.join('; ')}).`;
