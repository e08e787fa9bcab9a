import fc from 'fast-check';
import type { Texts, When } from '../../../src/program/rules/rules.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Nothing that means something to YAML may be lost on the way: quotes, colons, dashes, numbers, words like yes. */
export const anyText = (max: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.constantFrom(
        'yes',
        'no',
        'null',
        '~',
        '12',
        '1e3',
        '0x10',
        '2026-12-31',
        '- a',
        'a: b',
        '# a',
        '"',
        "it's",
        '[a]',
        '*a',
        '&a',
        '!a',
        '%',
        '| a',
        'ёлка',
        '🥐 x',
        'a\nb',
        ' a ',
      ),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: max }),
    )
    .filter((text) => text.trim() !== '' && text.length <= max && !/[\p{Cc}\p{Cs}]/u.test(text.replaceAll('\n', ' ')));

export const points = fc.integer({ min: 1, max: 1_000_000_000 });
export const minor = fc.integer({ min: 1, max: 1_000_000_000 });
export const percent = fc.integer({ min: 1, max: 10_000 });
const clock = fc.tuple(fc.nat(23), fc.nat(59)).map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
const day = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10));
export const hours = fc
  .tuple(clock, clock)
  .filter(([from, until]) => from !== until)
  .map(([from, until]) => ({ from, until }));
export const dates = fc.oneof(
  fc.constant({}),
  day.map((from) => ({ from })),
  day.map((until) => ({ until })),
  fc
    .tuple(day, day)
    .map((pair) => pair.toSorted())
    .map(([from = '', until = '']) => ({ from, until })),
);
const anyId = fc.stringMatching(/^[a-z][a-z0-9_-]{0,19}$/);
export const anyIds = fc.uniqueArray(fc.oneof(anyId, fc.constantFrom('null', 'true', 'yes', 'no', 'e', 'y-1')), { maxLength: 5 });
export const some = (ids: readonly string[]): fc.Arbitrary<string[]> => fc.subarray([...ids], { minLength: 1 });

/** Keys that may be absent, each now and then. */
export const optional = <Shape extends object>(
  shape: { [Key in keyof Shape]: fc.Arbitrary<Shape[Key]> },
): fc.Arbitrary<Partial<Shape>> => fc.record(shape, { requiredKeys: [] }) as fc.Arbitrary<Partial<Shape>>;

export const merged = <A extends object, B extends object>(one: fc.Arbitrary<A>, other: fc.Arbitrary<B>): fc.Arbitrary<A & B> =>
  fc.tuple(one, other).map(([a, b]) => ({ ...a, ...b }));

export const anyTexts = (max: number, language: string): fc.Arbitrary<Texts> =>
  merged(
    anyText(max).map((text) => ({ [language]: text })),
    optional({ en: anyText(max), ru: anyText(max), pl: anyText(max) }),
  ) as fc.Arbitrary<Texts>;

/** What there is to be named. */
export type Known = { tiers: string[]; shops: string[]; categories: string[]; rewards: string[] };

export const named = (key: 'tiers' | 'shops' | 'categories', ids: string[]) => (ids.length === 0 ? {} : { [key]: some(ids) });

const anyWhen = (known: Known): fc.Arbitrary<When> =>
  merged(
    dates,
    optional({
      days: fc.subarray([...weekdays], { minLength: 1 }),
      hours,
      minimumMinor: minor,
      firstPurchase: fc.constant(true),
      birthday: fc.record({ before: fc.nat(180), after: fc.nat(180) }),
      ...named('categories', known.categories),
      ...named('tiers', known.tiers),
      ...named('shops', known.shops),
    }),
  ) as fc.Arbitrary<When>;

export const withWhen = <A extends object>(known: Known, one: fc.Arbitrary<A>) => merged(one, optional({ when: anyWhen(known) }));
