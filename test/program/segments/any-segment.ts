import fc from 'fast-check';
import { type Condition, joined, type Operator, type Segment, type Value } from '../../../src/program/segments/segment.ts';

/** The names that the members of these tests have. */
export const names = {
  tier: ['gold', 'silver', 'none'],
  language: ['en', 'fi', 'ru'],
  channel: ['telegram', 'slack'],
  shop: ['main', 'pier'],
  tag: ['vip', 'vegan', 'öljy'],
  bought: ['coffee', 'cake'],
  rfm: ['champions', 'loyal', 'promising', 'new', 'attention', 'at-risk', 'sleeping', 'lost'],
} as const;

const words = (list: readonly string[]) =>
  fc
    .uniqueArray(fc.constantFrom(...list), { minLength: 1, maxLength: 2 })
    .map((found): Value => ({ kind: 'words', words: found }));
const count = (max: number) => fc.nat({ max }).map((found): Value => ({ kind: 'count', count: found }));
const ago = fc
  .record({ count: fc.nat({ max: 60 }), unit: fc.constantFrom('d', 'w', 'm') })
  .map(({ count: of, unit }): Value => ({ kind: 'ago', count: of, unit: unit as 'd' }));
const day = fc.nat({ max: 400 }).map((back): Value => {
  return { kind: 'day', day: new Date(Date.UTC(2026, 10, 22) - back * 86_400_000).toISOString().slice(0, 10) };
});
const money = fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 99 })).map(
  ([units, part]): Value => ({
    kind: 'money',
    units: part === 0 ? String(units) : `${units}.${String(part).padStart(2, '0')}`,
  }),
);
const birthday = fc.constantFrom('today', '03', '11', '02-29', '11-22').map((when): Value => ({ kind: 'birthday', when }));
const soon = fc.nat({ max: 200 }).map((days): Value => ({ kind: 'ago', count: days, unit: 'd' }));

const every: readonly Operator[] = ['=', '<', '<=', '>', '>='];
const is = (key: string, operators: readonly Operator[], value: fc.Arbitrary<Value>): fc.Arbitrary<Condition> =>
  fc.record({ kind: fc.constant('is' as const), key: fc.constant(key), operator: fc.constantFrom(...operators), value });

/** Any condition about the members of these tests. */
const condition: fc.Arbitrary<Condition> = fc.oneof(
  ...Object.entries(names).map(([key, list]) => is(key, ['='], words(list))),
  is('visits', every, count(6)),
  is('points', every, count(300)),
  is('score', every, count(10)),
  is('spent', every, money),
  is('average', every, money),
  ...['joined', 'last-visit', 'first-visit'].map((key) => is(key, every, fc.oneof(ago, day))),
  is('birthday', ['='], birthday),
  is('birthday', ['=', '<', '<='], soon),
  is('received', ['='], fc.constant<Value>({ kind: 'count', count: 1 })),
  is('claimed', ['='], fc.constant<Value>({ kind: 'count', count: 1 })),
  fc.constantFrom<Condition>({ kind: 'flag', key: 'agreed' }, { kind: 'flag', key: 'paper' }),
);

/** Any rule, a few levels deep, as `parseSegment` would make it. */
export const anySegment: fc.Arbitrary<Segment> = fc.letrec<{ tree: Segment }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 3, arbitrary: condition },
    { weight: 1, arbitrary: tie('tree').map((of): Segment => ({ kind: 'not', of })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('tree'), { minLength: 2, maxLength: 3 }))
        .map(([kind, of]) => joined(kind, of)),
    },
  ),
})).tree;
