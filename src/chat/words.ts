import { readdirSync, readFileSync } from 'node:fs';
import { createInstance, type i18n } from 'i18next';

/**
 * Says a key (`namespace:key`) in one language. Placeholders: `{{x, number}}`, `{{x, money}}` (minor units of the program's currency),
 * `{{x, date}}` and `{{x, time}}` (Date or ISO text, in the program's time zone).
 */
export type Say = ((key: string, params?: Record<string, unknown>) => string) & { readonly language: string };

/** The words of the program in every language it speaks. */
export type Words = {
  languages: readonly string[];
  /** The language to speak to somebody: the first of these that we have, else the program's own. */
  pick(...wanted: (string | null | undefined)[]): string;
  say(language: string): Say;
  /** The command that a text begins with, in whatever language, and what stands behind it. */
  command(text: string): { name: string; rest: string; whole: boolean } | undefined;
  /** Every word that names a command, by command. */
  names: ReadonlyMap<string, readonly string[]>;
};

/** The key of a command's `title`, `about` or `usage` (`team invite` stands under `team_invite`). */
export const commandKey = (name: string, part: 'title' | 'about' | 'usage'): string =>
  `commands:${name.replaceAll(' ', '_')}.${part}`;

type CommandWords = Record<string, { about: string; words: string }>;

const root = new URL('../../locales/', import.meta.url);

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

/** Reads all locales once. Numbers, dates, money and plurals are made by Intl; the renderers escape. */
export async function createWords(shop: { currency: string; timeZone: string; language: string }): Promise<Words> {
  const languages = readdirSync(root)
    .filter((name) => /^[a-z]{2}$/.test(name))
    .sort();
  const resources = Object.fromEntries(languages.map((language) => [language, readLanguage(language)]));
  const texts = createInstance();
  await texts.init({
    resources,
    lng: shop.language,
    fallbackLng: [...new Set([shop.language, 'en'])],
    supportedLngs: languages,
    interpolation: { escapeValue: false },
  });
  addFormats(texts.services.formatter, shop);
  const sayers = new Map(languages.map((language) => [language, sayer(texts, language)]));
  const { names, byWord } = indexCommands(languages.map((language) => resources[language]?.commands as CommandWords));

  return {
    languages,
    names,
    pick: (...wanted) =>
      wanted.map((tag) => tag?.slice(0, 2).toLowerCase()).find((tag) => tag && languages.includes(tag)) ?? shop.language,
    say: (language) => sayers.get(language) ?? (sayers.get(shop.language) as Say),
    command: (text) => {
      const words = text.normalize('NFKC').trim().replace(/^\//, '').split(/\s+/);
      for (let length = Math.min(4, words.length); length > 0; length--) {
        const said = fold(words.slice(0, length).join(' '));
        const name = byWord.get(said) ?? byWord.get(said.replace(/[.!?]+$/, ''));
        if (name) return { name, rest: restAfter(text, length), whole: length === words.length };
      }
      return undefined;
    },
  };
}

/** Labels and counts ("22 points") are most of what is said, and i18next takes its time (`getFixedT` even more): they are kept. */
function sayer(texts: i18n, language: string): Say {
  const kept = new Map<string, string>();
  const say = (key: string, params?: Record<string, unknown>): string => {
    const short = !params || ('count' in params && Object.keys(params).length === 1);
    const name = `${key} ${params?.['count'] ?? ''}`;
    const text = (short && kept.get(name)) || texts.t(key, { ...params, lng: language, nest: false });
    if (kept.size >= 5_000) kept.clear();
    if (short) kept.set(name, text);
    return text;
  };
  return Object.assign(say, { language });
}

function readLanguage(language: string): Record<string, Record<string, unknown>> {
  const folder = new URL(`${language}/`, root);
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(files.map((file) => [file.slice(0, -5), JSON.parse(readFileSync(new URL(file, folder), 'utf8'))]));
}

const firstWords = [0, 1, 2, 3, 4].map((words) => new RegExp(`^(?:\\S+\\s*){${words}}`));

/** What stands behind the first words, as it was typed. */
const restAfter = (text: string, words: number): string => text.trim().replace(firstWords[words] ?? '', '');

function indexCommands(all: CommandWords[]): { names: Map<string, string[]>; byWord: Map<string, string> } {
  const names = new Map<string, string[]>();
  const byWord = new Map<string, string>();
  for (const [key, { words }] of all.flatMap((one) => Object.entries(one ?? {}))) {
    const name = key.replaceAll('_', ' ');
    for (const word of [name, ...words.split(',')].map(fold).filter(Boolean)) {
      names.set(name, [...new Set([...(names.get(name) ?? []), word])]);
      byWord.set(word, name);
    }
  }
  return { names, byWord };
}

/** The four formats, each made once per language (i18next's own cache makes one for every set of values, and keeps it). */
function addFormats(formatter: i18n['services']['formatter'], shop: { currency: string; timeZone: string }): void {
  type Format = { format(value: number): string };
  const add = (name: string, read: (value: never) => number, make: (language?: string) => Format): void => {
    const made = new Map<string | undefined, Format>();
    formatter?.add(name, (value, language) => {
      const known = made.get(language) ?? make(language);
      made.set(language, known);
      return known.format(read(value as never));
    });
  };
  const { currency, timeZone } = shop;
  const money = { style: 'currency', currency } as const;
  const perUnit = 10 ** (new Intl.NumberFormat('en', money).resolvedOptions().maximumFractionDigits ?? 2);
  const moment = (value: string | Date): number => new Date(value).getTime();
  // Points are read aloud at a counter: plain digits, without separators.
  add('number', Number, (language) => new Intl.NumberFormat(language, { useGrouping: false }));
  add(
    'money',
    (minor) => Number(minor) / perUnit,
    (language) => new Intl.NumberFormat(language, money),
  );
  add('date', moment, (language) => new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone }));
  add('time', moment, (language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone }));
}
