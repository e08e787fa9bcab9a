import fc from 'fast-check';
import type { Frame } from '../../../src/program/rules/problem.ts';
import type {
  Bonus,
  Discount,
  EarnRule,
  Expiry,
  Limit,
  Reward,
  Rules,
  StampCard,
  Store,
  Tiers,
} from '../../../src/program/rules/rules.ts';
import {
  anyIds,
  anyText,
  anyTexts,
  dates,
  hours,
  type Known,
  merged,
  minor,
  named,
  optional,
  percent,
  points,
  some,
  weekdays,
  withWhen,
} from './any-values.ts';

export const anyFrame: fc.Arbitrary<Frame> = fc.record({
  currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'RUB'),
  timeZone: fc.constantFrom('UTC', 'Europe/Helsinki', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'),
  language: fc.constantFrom('en', 'ru', 'bg', 'fi', 'pl'),
});

const keptDays = fc.integer({ min: 30, max: 3650 });

const anyEarn = (known: Known, id: string): fc.Arbitrary<EarnRule> =>
  withWhen(
    known,
    fc.oneof(
      fc.record({ id: fc.constant(id), kind: fc.constant('money'), points, perMinor: minor, carry: fc.boolean() }),
      fc.record({ id: fc.constant(id), kind: fc.constant('visit'), points }),
      merged(
        fc.record({ id: fc.constant(id), kind: fc.constant('item'), points }),
        optional(named('categories', known.categories)),
      ),
    ),
  ) as fc.Arbitrary<EarnRule>;

const anyBonus = (known: Known, id: string, priority: number): fc.Arbitrary<Bonus> =>
  withWhen(
    known,
    merged(
      fc.oneof(
        fc.record({ points }),
        merged(fc.record({ percent: fc.integer({ min: 1, max: 1_000_000 }) }), optional(named('categories', known.categories))),
      ),
      merged(
        fc.record({ id: fc.constant(id), priority: fc.constant(priority), stack: fc.boolean() }),
        optional({ timesPerMember: fc.integer({ min: 1, max: 1_000_000 }) }),
      ),
    ),
  ) as fc.Arbitrary<Bonus>;

const anyTiers = (ids: string[]): fc.Arbitrary<Tiers | undefined> => {
  if (ids.length === 0) return fc.constant(undefined);
  const from = fc
    .uniqueArray(fc.integer({ min: 1, max: 1_000_000_000 }), { minLength: ids.length - 1, maxLength: ids.length - 1 })
    .map((above) => [0, ...above.toSorted((a, b) => a - b)]);
  const benefits = optional({
    bonusPercent: fc.nat(1_000_000),
    discountPercent: fc.nat(10_000),
    earlyAccessDays: fc.integer({ min: 1, max: 365 }),
  });
  const levels = fc
    .tuple(from, ...ids.map(() => fc.tuple(anyText(40), benefits)))
    .map(([starts, ...rest]) => rest.map(([name, more], at) => ({ id: ids[at] ?? '', name, from: starts[at] ?? 0, ...more })));
  return fc.record({
    by: fc.constantFrom('points', 'money'),
    windowMonths: fc.integer({ min: 1, max: 120 }),
    graceDays: fc.nat(365),
    warnDays: fc.nat(365),
    levels,
  }) as fc.Arbitrary<Tiers>;
};

const moment = fc
  .integer({ min: Date.UTC(2020, 0) / 60_000, max: Date.UTC(2035, 0) / 60_000 })
  .map((minute) => new Date(minute * 60_000).toISOString());

const anyReward = (known: Known, language: string, id: string): fc.Arbitrary<Reward> =>
  merged(
    fc.oneof(
      fc.record({ kind: fc.constantFrom('money', 'gift_card'), amountMinor: minor }),
      merged(fc.record({ kind: fc.constant('percent'), percent }), optional({ upToMinor: minor })),
      fc.record({ kind: fc.constant('item'), item: anyText(60) }),
      fc.record({ kind: fc.constant('privilege') }),
      merged(
        fc.record({ kind: fc.constant('event'), at: moment, places: fc.integer({ min: 1, max: 1000 }) }),
        optional({ place: anyText(200) }),
      ),
    ),
    merged(
      merged(
        dates,
        fc.record({
          id: fc.constant(id),
          name: anyTexts(60, language),
          cost: fc.integer({ min: 1, max: 1000 }),
          validDays: fc.integer({ min: 1, max: 3650 }),
        }),
      ),
      optional({
        about: anyTexts(500, language),
        hidden: fc.constant(true),
        stock: fc.nat(1000),
        perMember: fc.integer({ min: 1, max: 9 }),
        picture: fc.constant('https://example.com/a.png?b=c#d'),
        ...named('tiers', known.tiers),
      }),
    ),
  ) as fc.Arbitrary<Reward>;

const anyStamps = (known: Known, language: string, id: string): fc.Arbitrary<StampCard> =>
  fc.record({
    id: fc.constant(id),
    name: anyTexts(60, language),
    of: fc.integer({ min: 2, max: 50 }),
    reward: fc.constantFrom(...known.rewards),
    per: fc.oneof(
      merged(fc.constant({ kind: 'purchase' }), optional({ minimumMinor: minor })),
      ...(known.categories.length > 0 ? [fc.record({ kind: fc.constant('item'), categories: some(known.categories) })] : []),
    ),
  }) as fc.Arbitrary<StampCard>;

const anyDiscount = (known: Known, id: string): fc.Arbitrary<Discount> =>
  merged(
    merged(fc.record({ id: fc.constant(id), percent }), optional({ minimumMinor: minor, ...named('shops', known.shops) })),
    fc.oneof(
      merged(
        fc.record({ kind: fc.constant('nth'), every: fc.integer({ min: 2, max: 1000 }) }),
        optional({ withinDays: fc.integer({ min: 1, max: 3650 }) }),
      ),
      fc.record({
        kind: fc.constant('regular'),
        purchases: fc.integer({ min: 1, max: 1000 }),
        withinDays: fc.integer({ min: 1, max: 3650 }),
      }),
    ),
  ) as fc.Arbitrary<Discount>;

const anyLimit: fc.Arbitrary<Limit> = fc
  .tuple(fc.uniqueArray(points, { maxLength: 3 }), fc.subarray(['soft', 'approval', 'hard']))
  .map(([amounts, names]) => {
    const sorted = amounts.toSorted((a, b) => a - b).slice(0, names.length);
    return Object.fromEntries(sorted.map((amount, at) => [names[at], amount]));
  })
  .filter((limit) => Object.keys(limit).length > 0);
const anyLimits = optional({ entryMinor: anyLimit, memberDay: anyLimit, staffDay: anyLimit, refundDayMinor: anyLimit });

const anyExpiry: fc.Arbitrary<Expiry> = fc.oneof(
  fc.constant({ policy: 'never' as const }),
  fc.record({
    policy: fc.constant('months' as const),
    months: fc.integer({ min: 1, max: 120 }),
    end: fc.constantFrom('day', 'month', 'quarter', 'year'),
  }),
  fc.record({ policy: fc.constant('inactivity' as const), months: fc.integer({ min: 1, max: 120 }) }),
);

const anyStore = (id: string): fc.Arbitrary<Store> =>
  merged(
    fc.record({ id: fc.constant(id), name: anyText(60) }),
    optional({
      address: anyText(200),
      timeZone: fc.constantFrom('Europe/Sofia', 'Asia/Tokyo'),
      hours: fc.array(merged(hours, fc.record({ days: fc.subarray([...weekdays], { minLength: 1 }) })), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
  ) as fc.Arbitrary<Store>;

const each = <Item>(ids: readonly string[], make: (id: string, at: number) => fc.Arbitrary<Item>): fc.Arbitrary<Item[]> =>
  fc.tuple(...ids.map(make)) as unknown as fc.Arbitrary<Item[]>;
const counted = (prefix: string) => fc.nat(4).map((count) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`));

/** Any rules that are right, for a shop in a language. */
export const anyRules = (language: string): fc.Arbitrary<Rules> =>
  fc
    .record({
      tiers: anyIds,
      shops: anyIds,
      categories: anyIds,
      rewards: anyIds,
      earn: counted('earn'),
      bonuses: counted('bonus'),
      discounts: counted('off'),
      stamps: counted('card'),
    })
    .chain(({ earn, bonuses, discounts, stamps, ...known }) =>
      merged(
        fc.record({
          earn: each(earn, (id) => anyEarn(known, id)),
          bonuses: each(bonuses, (id, at) => anyBonus(known, id, at - 2)),
          caps: optional({
            purchase: points,
            day: fc.integer({ min: 1000, max: 1_000_000 }),
            member: fc.integer({ min: 5000, max: 1_000_000_000 }),
          }),
          welcome: fc.nat(5000),
          joining: fc.constantFrom('open', 'invited'),
          pendingDays: fc.nat(27),
          expiry: anyExpiry,
          warnDays: fc
            .uniqueArray(fc.integer({ min: 1, max: 365 }), { maxLength: 5 })
            .map((days) => days.toSorted((a, b) => b - a)),
          rewards: each(known.rewards, (id) => anyReward(known, language, id)),
          stamps: known.rewards.length > 0 ? each(stamps, (id) => anyStamps(known, language, id)) : fc.constant([]),
          discounts: each(discounts, (id) => anyDiscount(known, id)),
          limits: fc.record({ staff: anyLimits, owner: anyLimits }),
          shops: each(known.shops, anyStore),
          categories: each(known.categories, (id) => fc.record({ id: fc.constant(id), name: anyTexts(60, language) })),
          dayStartsAt: fc.nat(23),
        }),
        merged(
          optional({
            debtLimit: fc.nat(1_000_000),
            contact: merged(
              fc.record({ perWeek: fc.nat(50), quiet: hours }),
              optional({
                approveAbove: merged(fc.record({ minor }), optional({ coupons: points, points })),
                keep: merged(fc.record({ messagesDays: keptDays }), optional({ campaignsDays: keptDays })),
              }),
            ),
            pay: fc.record({ points, worthMinor: minor, sharePercent: percent, earnOn: fc.constantFrom('paid', 'bill') }),
            ...(known.rewards.length > 0 && { birthday: fc.record({ reward: fc.constantFrom(...known.rewards) }) }),
          }),
          anyTiers(known.tiers).map((tiers) => (tiers ? { tiers } : {})),
        ),
      ),
    ) as fc.Arbitrary<Rules>;
