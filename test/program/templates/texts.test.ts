import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits as playground } from '../../../src/channels/playground/limits.ts';
import { limits as slack } from '../../../src/channels/slack/limits.ts';
import * as telegram from '../../../src/channels/telegram/limits.ts';
import { createWords } from '../../../src/chat/words.ts';
import { voiceOf } from '../../../src/notices/campaign.ts';
import { checkMessage, lengthsOf } from '../../../src/program/templates/check.ts';
import { completenessOf, pickLanguage } from '../../../src/program/templates/languages.ts';
import { messengerLimits } from '../../../src/program/templates/limits.ts';
import { renderText } from '../../../src/program/templates/render.ts';
import {
  everyone,
  journeyKeys,
  kindOf,
  type Value,
  type Variable,
  variableNames,
  variablesFor,
} from '../../../src/program/templates/variables.ts';

const words = await createWords({ currency: 'EUR', timeZone: 'Europe/Helsinki', language: 'en' });
const voice = voiceOf(words.say);
const room = { allowed: everyone, picture: false };
const problems = (body: string, extra: Partial<Parameters<typeof checkMessage>[2]> = {}) =>
  checkMessage({ body }, 'en', { ...room, ...extra }).map(({ code, params }) => [
    code,
    String(params['near'] ?? params['name'] ?? params['messenger'] ?? '')
      .replace(/^[{](\w+)[}]$/, '$1')
      .toLowerCase(),
  ]);

/** A text as somebody reads it, with 120 points unless told otherwise. */
const shown = (body: string, language = 'en', points = 120): string => {
  const raw = { name: { kind: 'text', value: 'Anna' }, points: { kind: 'points', value: points } } as const;
  return renderText({ body }, language, { raw, said: voice.said(raw, language) }).body;
};

describe('what an owner writes', () => {
  it('is shown as it was written: apostrophes, braces, quotes and signs are themselves', () => {
    for (const text of [
      "it's 5 o'clock",
      "l'été",
      "'quoted'",
      'a } b',
      ':{ and {}',
      '# 1 <b>bold</b> <3',
      '50 % & more',
      '\\ \\n',
    ])
      expect(shown(text)).toBe(text);
    expect(shown("it's {name}'s and l'{name} and '{name}'")).toBe("it's Anna's and l'Anna and 'Anna'");
    expect(shown('\\{name\\} is {name}')).toBe('{name} is Anna');
    expect(shown('  a \n\n\n\n b ')).toBe('a\n\n b');
  });

  it('says a variable with its unit, and counts it in a plural of the language', () => {
    expect(shown('You have {points}.')).toBe('You have 120 points.');
    expect(shown('{ points }')).toBe('120 points');
    const plural = '{points, plural, =0 {nothing} one {# балл} few {# балла} many {# баллов} other {# балла}}';
    expect([0, 1, 2, 5, 21, 1000].map((count) => shown(plural, 'ru', count))).toEqual([
      'nothing',
      '1 балл',
      '2 балла',
      '5 баллов',
      '21 балл',
      '1000 баллов',
    ]);
    expect(shown("{name, select, Anna {it's {name} with {points}} other {no}}")).toBe("it's Anna with 120 points");
    expect(shown('{tier, select, none {no level} other {{tier}}}')).toBe('no level');
  });

  it('is refused with what and where: an unknown variable and the nearest known one, a brace left open, a form we do not know', () => {
    expect(problems('Hi {nmae}, {point}')).toEqual([
      ['texts.unknown_variable', 'name'],
      ['texts.unknown_variable', 'points'],
    ]);
    expect(problems('Hi {xyz123}')).toEqual([['texts.strange_variable', 'xyz123']]);
    expect(problems('{имя}')).toEqual([['texts.strange_variable', '{имя}']]);
    expect(problems('Dear {name, we are open')).toEqual([['texts.syntax', '{name, we are open']]);
    expect(problems('{points, plural, one {# point}}')[0]?.[0]).toBe('texts.syntax');
    expect(problems('{points, number}')).toEqual([['texts.no_format', 'points']]);
    expect(problems('{name, plural, one {a} other {b}}')).toEqual([['texts.not_counted', 'name']]);
    expect(problems('{points, plural, one {{nmae}} other {b}}')).toEqual([['texts.unknown_variable', 'name']]);
    expect(problems(' \n ')).toEqual([['texts.empty', '']]);
    expect(checkMessage({ title: '{what}', body: 'fine' }, 'en', room)).toHaveLength(1);
    expect(problems("Good morning {name}, it's {points}")).toEqual([]);
  });

  it('is refused where it is too long for one messenger, with the longest it can become for anybody', () => {
    expect(problems('x'.repeat(3000))).toEqual([]);
    expect(problems('x'.repeat(3001))).toEqual([['texts.too_long', 'slack']]);
    expect(problems('x'.repeat(3001), { messengers: ['telegram'] })).toEqual([]);
    expect(problems('x'.repeat(4097)).map(([, messenger]) => messenger)).toEqual(['telegram', 'slack']);
    expect(problems('x'.repeat(1025), { picture: true })).toEqual([['texts.too_long', 'telegram']]);
    expect(problems(`${'x'.repeat(1000)}{name}`, { picture: true })).toEqual([['texts.too_long', 'telegram']]);
    expect(checkMessage({ title: 'x'.repeat(151), body: 'y' }, 'en', room).map(({ params }) => params)).toEqual([
      { messenger: 'Slack', length: 151, max: 150, count: 1 },
    ]);
    const branches = `{points, plural, one {a} other {${'b'.repeat(50)}}}`;
    expect(lengthsOf({ title: 'abc', body: branches }, 'en', room).find(({ part }) => part === 'whole')).toEqual({
      messenger: 'telegram',
      part: 'whole',
      length: 55,
      max: 4096,
    });
  });

  it('never surprises: whatever is typed is either refused or shown', () => {
    const piece = fc.oneof(
      fc.constantFrom('{', '}', "'", '#', '\\', '{name}', '{points, plural, one {', '} other {', '}}', ' ', '<b>', '|'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        const found = checkMessage({ body: text }, 'en', room);
        if (found.length === 0) expect(typeof shown(text)).toBe('string');
        if (!/[{}\\]/.test(text) && text.trim() !== '') expect(found).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('languages', () => {
  const texts = { texts: { fi: { body: 'fi' }, ru: { body: 'ru' } }, fallback: 'ru' };
  it('fall back: own, the one the owner chose, the shop’s, English, any', () => {
    expect(pickLanguage(texts, 'fi', 'en')).toBe('fi');
    expect(pickLanguage(texts, 'pl', 'fi')).toBe('ru');
    expect(pickLanguage({ ...texts, fallback: 'bg' }, 'pl', 'fi')).toBe('fi');
    expect(pickLanguage({ texts: { en: { body: '' }, ru: { body: '' } }, fallback: 'bg' }, null, 'fi')).toBe('en');
    expect(pickLanguage({ ...texts, fallback: 'bg' }, null, 'en')).toBe('fi');
    expect(pickLanguage({ texts: {}, fallback: 'en' }, 'en', 'en')).toBeUndefined();
  });

  it('know their readers, and which of them are missing', () => {
    const readers = [
      { language: 'fi', members: 3 },
      { language: null, members: 2 },
      { language: 'pl', members: 4 },
    ];
    expect(completenessOf(texts.texts, readers, 'fi')).toEqual([
      { language: 'fi', members: 5, written: true },
      { language: 'pl', members: 4, written: false },
      { language: 'ru', members: 0, written: true },
    ]);
  });
});

it('holds the messengers’ own limits', () => {
  expect(messengerLimits).toEqual({
    telegram: { whole: telegram.textUnits, wholeWithPicture: telegram.captionUnits },
    slack: { title: slack.header, body: slack.sectionText },
    playground: { whole: playground.textUnits },
  });
});

const sample = (name: Variable, count: number, empty: boolean): Value => {
  const kind = kindOf(name);
  if (kind === 'text') return { kind, value: empty ? '' : name.toUpperCase() };
  if (kind === 'date') return { kind, value: empty ? '' : '2026-03-05T10:00:00Z' };
  return { kind, value: count };
};

/** What can be missing: a name nobody told us, a present, a level below the lowest. */
const lacking = (key: string, name: Variable): boolean =>
  ['name', 'offer', 'renews', 'next'].includes(name) || (key === 'birthday' && ['reward', 'coupon', 'until'].includes(name));

describe.each(words.languages)('the program’s own texts in %s', (language) => {
  it('use only what their journey knows, fit every messenger with a picture, and read well for every count', () => {
    for (const key of journeyKeys) {
      const text = voice.own(key, language);
      if (!text) throw new Error(`${key} has no text in ${language}`);
      const allowed = variablesFor(key);
      expect(checkMessage(text, language, { allowed, picture: true }), key).toEqual([]);
      for (const count of [0, 1, 2, 5, 11, 21, 22, 100, 1000]) {
        for (const empty of [false, true]) {
          const raw = Object.fromEntries(allowed.map((name) => [name, sample(name, count, empty && lacking(key, name))]));
          const { title = '', body } = renderText(text, language, { raw, said: voice.said(raw, language) });
          const whole = `${title}\n${body}`;
          expect(whole, `${key} ${count}`).not.toMatch(/[{}#]|undefined|\bnull\b|NaN|templates:|:\w+\.| {2}| [.,!?]|\.\.(?!\.)/);
          expect(title.length > 3 && body.length > 20, key).toBe(true);
        }
      }
    }
  });
});

it('says counts as the words themselves would, in every language', () => {
  for (const language of words.languages) {
    for (const kind of ['points', 'days', 'years'] as const) {
      for (const value of [...Array(32).keys(), 101, 111, 1_000_000]) {
        const said = voice.said({ points: { kind, value } }, language)['points'];
        expect(said).toBe(words.say(language)(`templates:said.${kind}`, { count: value }));
      }
    }
  }
});

it('names every variable somewhere, and no others', () => {
  expect([...variableNames].sort()).toEqual([...new Set([...everyone, ...journeyKeys.flatMap(variablesFor)])].sort());
});
