import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandKey, createWords } from '../../src/chat/words.ts';
import { commands } from '../../src/commands/index.ts';

const shop = { currency: 'EUR', timeZone: 'Europe/Helsinki', language: 'en' };
const words = await createWords(shop);

const sources = (folder: string, ending: string): { path: string; text: string }[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending) && !path.includes('generated'))
    .map((path) => ({ path, text: readFileSync(`${folder}/${path}`, 'utf8') }));

type Texts = { [key: string]: string | Texts };
const flat = (texts: Texts, before = ''): string[] =>
  Object.entries(texts).flatMap(([key, value]) => (typeof value === 'string' ? [before + key] : flat(value, `${before}${key}.`)));
const english = new Set(
  sources('locales/en', '.json').flatMap(({ path, text }) =>
    flat(JSON.parse(text)).map((key) => `${path.replace('.json', '')}:${key.replace(/_(one|other)$/, '')}`),
  ),
);

it('speaks five languages, each with its own plurals, numbers, dates and money', () => {
  expect(words.languages).toEqual(['bg', 'en', 'fi', 'pl', 'ru']);
  const balance = (language: string, count: number): string => words.say(language)('member:points', { count });
  expect([1, 2, 5, 21].map((count) => balance('ru', count))).toEqual(['1 балл', '2 балла', '5 баллов', '21 балл']);
  expect([1, 2, 5, 22].map((count) => balance('pl', count))).toEqual(['1 punkt', '2 punkty', '5 punktów', '22 punkty']);
  expect([1, 2].map((count) => balance('fi', count))).toEqual(['1 piste', '2 pistettä']);
  expect([1, 2].map((count) => balance('bg', count))).toEqual(['1 точка', '2 точки']);
  expect(balance('en', 12345)).toBe('12345 points');
  expect(words.say('fi')('staff:money', { amount: 125050 })).toBe('1\u00a0250,50\u00a0€');
  expect(words.say('ru')('member:why.on', { at: new Date('2026-03-31T22:30:00Z') })).toBe('1 апреля 2026 г.');
});

it('finds the language to speak: the person’s, the client’s, the program’s', () => {
  expect(words.pick('fi', 'ru')).toBe('fi');
  expect(words.pick(null, 'ru-RU')).toBe('ru');
  expect(words.pick(null, 'de')).toBe('en');
  expect(words.pick(undefined, undefined)).toBe('en');
});

it('knows every command by its name and by plain words of every language, each word for one command only', () => {
  for (const command of commands) {
    expect(words.command(command.name)?.name).toBe(command.name);
    expect(words.command(`/${command.name} more text`)).toEqual({ name: command.name, rest: 'more text', whole: false });
    for (const word of words.names.get(command.name) ?? []) expect(words.command(word)?.name, word).toBe(command.name);
    for (const language of words.languages) {
      for (const part of ['title', 'about', 'usage'] as const) {
        expect(words.say(language)(commandKey(command.name, part))).not.toContain('commands:');
      }
    }
  }
  expect(words.command('?')?.name).toBe('help');
  expect(words.command('')).toBeUndefined();
});

it('has a sentence for every key the code says and every refusal, in code and in the database', () => {
  const code = sources('src', '.ts').filter(({ path }) => !path.startsWith('channels/'));
  const said = code
    .flatMap(({ text }) => [...text.matchAll(/'([a-z_]+:[a-zA-Z_.]+)'/g)].map((found) => found[1] as string))
    .filter((key) => !key.startsWith('node:'));
  const thrown = code.flatMap(({ text }) =>
    [...text.matchAll(/new Refusal\('([a-z_.]+)'/g)].map((found) => `refusals:${found[1]}`),
  );
  const raised = sources('prisma/migrations', '.sql').flatMap(({ text }) =>
    [...text.matchAll(/refuse\('([a-z_.]+)'/g)].map((found) => `refusals:${found[1]}`),
  );
  expect(raised.length).toBeGreaterThan(8);
  expect([...new Set([...said, ...thrown, ...raised])].filter((key) => !english.has(key))).toEqual([]);
});

it('says nothing that nobody asks for: every key is used', () => {
  const code =
    sources('src', '.ts')
      .map(({ text }) => text)
      .join('\n') +
    sources('prisma/migrations', '.sql')
      .map(({ text }) => text)
      .join('\n');
  const unused = [...english].filter((key) => {
    const [space = '', path = ''] = key.split(':');
    if (space === 'commands' || code.includes(`'${key}'`)) return false;
    if (space === 'refusals') return !code.includes(`'${path}'`) && !/^(member|staff|owner)\.only$|^program\./.test(path);
    // Keys with a part that is chosen at run time: `movements:${kind}.short`.
    const parts = path.split('.');
    return !parts.some((_, at) =>
      code.includes(
        `\`${space}:${
          parts
            .map((part, other) => (other === at ? '${' : part))
            .join('.')
            .split('${')[0]
        }\${`,
      ),
    );
  });
  expect(unused).toEqual([]);
});
