import { Refusal } from '../../program/refusal.ts';
import type { Rules, Weekday, When } from '../../program/rules/rules.ts';
import { namesOf, noonOf, rewardNamed, textIn, weekdayIn } from '../rules/wording.ts';
import type { Desk, Kind } from './kind.ts';
import { readDay } from './read-day.ts';

/** One of a few things, each with a sentence key that ends with it. */
export const oneOf = <const Value extends string>(name: string, ...known: Value[]): Kind<Value> => ({
  hint: 'press',
  read: (typed) => {
    const found = known.find((one) => one === typed.toLowerCase());
    if (!found) throw new Refusal('program.rule_unknown');
    return found;
  },
  write: (value) => value,
  show: (value, { reader }) => reader.say(`program:choice.${name}.${value}`),
  offered: () => known,
});

const yesOrNo = oneOf('yes', 'yes', 'no');

/** Yes or no. */
export const flag: Kind<boolean> = {
  ...yesOrNo,
  read: (typed, desk) => yesOrNo.read(typed, desk) === 'yes',
  write: (value) => (value ? 'yes' : 'no'),
  show: (value, desk) => yesOrNo.show(value ? 'yes' : 'no', desk),
  offered: () => [true, false],
};

const week: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const bare = (text: string): string => text.toLowerCase().replace(/[.\s]/g, '');

/** Days of the week, by their short names in the reader's language or in English. */
export const weekdays: Kind<Weekday[]> = {
  hint: 'weekdays',
  read: (typed, { reader }) => {
    const words = typed.split(/[\s,;+&]+/).filter(Boolean);
    const days = words.map((word) =>
      week.find((day) => bare(word).startsWith(day) || bare(word).startsWith(bare(weekdayIn(day, reader.language)))),
    );
    if (days.length === 0 || days.includes(undefined))
      throw new Refusal('program.weekdays_unclear', { days: week.map((day) => weekdayIn(day, reader.language)).join(', ') });
    return week.filter((day) => days.includes(day));
  },
  write: (days) => days.join(','),
  show: (days, { reader }) => days.map((day) => weekdayIn(day, reader.language)).join(', '),
  offered: () => [['mon', 'tue', 'wed', 'thu', 'fri'], ['sat', 'sun'], ...week.map((day) => [day])],
};

const clock = (hours: string, minutes = '00'): string => `${hours.padStart(2, '0')}:${minutes}`;

/** Hours of the day: `14:00-17:00`, `14-17`, over midnight too. */
export const hours: Kind<NonNullable<When['hours']>> = {
  hint: 'hours',
  read: (typed) => {
    const found = /^([01]?\d|2[0-3])(?:[:.]([0-5]\d))?\s*[-–—]\s*([01]?\d|2[0-3])(?:[:.]([0-5]\d))?$/.exec(typed);
    const [from, until] = [clock(found?.[1] ?? '', found?.[2]), clock(found?.[3] ?? '', found?.[4])];
    if (!found || from === until) throw new Refusal('program.hours_unclear');
    return { from, until };
  },
  write: ({ from, until }) => `${from}-${until}`,
  show: ({ from, until }) => `${from}–${until}`,
};

/** A business day. */
export const day: Kind<string> = {
  hint: 'day',
  read: (typed, { now }) => {
    const found = readDay(typed, now.getUTCFullYear());
    if (!found) throw new Refusal('program.day_unclear');
    return found;
  },
  write: (value) => value,
  show: (value, { reader }) => reader.say('program:day', { at: noonOf(value, reader) }),
};

type Named = 'tiers' | 'shops' | 'categories';

const idsOf = (what: Named, rules: Rules): string[] =>
  (what === 'tiers' ? (rules.tiers?.levels ?? []) : rules[what]).map(({ id }) => id);

/** Levels, shops or categories of the program, by name or id. */
export const names = (what: Named): Kind<string[]> => ({
  hint: 'names',
  read: (typed, { rules, reader }) => {
    const known = idsOf(what, rules);
    const called = (id: string) => namesOf(what, [id], rules, reader).toLowerCase();
    const found = typed.split(/\s*[,;]\s*/).map((word) => known.find((id) => id === word || called(id) === word.toLowerCase()));
    const ids = found.filter((id) => id !== undefined);
    if (ids.length < found.length)
      throw new Refusal('program.names_unclear', { known: namesOf(what, known, rules, reader) || '–' });
    return [...new Set(ids)];
  },
  write: (ids) => ids.join(','),
  show: (ids, { rules, reader }) => namesOf(what, ids, rules, reader),
  offered: ({ rules }) =>
    idsOf(what, rules)
      .map((id) => [id])
      .slice(0, 20),
});

/** A reward of the program. */
export const reward: Kind<string> = {
  hint: 'press',
  read: (typed, { rules, reader }) => {
    const found = rules.rewards.find(
      ({ id, name }) => id === typed || textIn(name, reader).toLowerCase() === typed.toLowerCase(),
    );
    if (!found) throw new Refusal('program.rule_unknown');
    return found.id;
  },
  write: (id) => id,
  show: (id, { rules, reader }) => rewardNamed(id, rules, reader),
  offered: ({ rules }) => rules.rewards.map(({ id }) => id).slice(0, 40),
};

/** A short text as people wrote it. */
export const text = (max: number): Kind<string> => ({
  hint: 'text',
  read: (typed) => {
    if (typed === '' || typed.length > max || /[\p{Cc}\p{Cs}]/u.test(typed)) throw new Refusal('program.text_unclear', { max });
    return typed;
  },
  write: (value) => value,
  show: (value) => value,
});

/** Days before and after a birthday: `7`, or `3, 10`. */
export const around: Kind<{ before: number; after: number }> = {
  hint: 'around',
  read: (typed) => {
    const found = /^(\d{1,3})(?:\s*[,;/+ ]\s*(\d{1,3}))?$/.exec(typed);
    const [before, after] = [Number(found?.[1]), Number(found?.[2] ?? found?.[1])];
    if (!found || before > 180 || after > 180) throw new Refusal('program.around_unclear');
    return { before, after };
  },
  write: ({ before, after }) => `${before},${after}`,
  show: ({ before, after }, { reader }: Desk) =>
    before === 0 && after === 0 ? reader.say('rules:when.birthday') : reader.say('rules:when.around', { before, after }),
  offered: () => [
    { before: 0, after: 0 },
    { before: 3, after: 3 },
    { before: 7, after: 7 },
  ],
};
