import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localTime } from '../../../src/program/calendar.ts';
import { discountFor } from '../../../src/program/pricing/discount.ts';
import { type PricedSale, valueLeft } from '../../../src/program/pricing/left-over.ts';
import { matches, nearBirthday } from '../../../src/program/pricing/matches.ts';
import { price } from '../../../src/program/pricing/price.ts';
import { type Item, type MemberFacts, noFacts, type Priced } from '../../../src/program/pricing/purchase.ts';
import { quote, saleTerms } from '../../../src/program/pricing/sale-terms.ts';
import { type Bonus, plainRules, type Rules, type When } from '../../../src/program/rules/rules.ts';

const plain = plainRules(100);
const helsinki = 'Europe/Helsinki';

/** A purchase as it is priced: a Wednesday noon, unless something else is said. */
function sale(
  amountMinor: number,
  more: { at?: string; items?: readonly Item[]; shop?: string; leftMinor?: number; dayStartsAt?: number } = {},
): Priced {
  const time = localTime(new Date(more.at ?? '2026-06-17T09:00:00Z'), helsinki, more.dayStartsAt ?? 0);
  return { amountMinor, leftMinor: more.leftMinor ?? amountMinor, time, items: more.items ?? [], shop: more.shop ?? null };
}

/** Whole points of a price, as the ledger rounds them when nothing was carried. */
const points = (rules: Rules, priced: Priced, member: MemberFacts = noFacts): number => {
  const { value, per } = price(rules, priced, member);
  return Number(value / per);
};

const member = (more: Partial<MemberFacts>): MemberFacts => ({ ...noFacts, purchases: 3, ...more });

describe('when a rule counts', () => {
  const cases: [name: string, when: When, priced: Priced, facts: MemberFacts, counts: boolean][] = [
    ['a day', { days: ['wed'] }, sale(100), noFacts, true],
    ['another day', { days: ['thu', 'fri'] }, sale(100), noFacts, false],
    // 23:30 UTC on Tuesday is Wednesday in Helsinki.
    ['the day of the shop, not of the server', { days: ['wed'] }, sale(100, { at: '2026-06-16T23:30:00Z' }), noFacts, true],
    [
      'the business day before its hour',
      { days: ['tue'] },
      sale(100, { at: '2026-06-16T23:30:00Z', dayStartsAt: 4 }),
      noFacts,
      true,
    ],
    ['the first minute of the hours', { hours: { from: '12:00', until: '14:00' } }, sale(100), noFacts, true],
    ['the minute at which they end', { hours: { from: '10:00', until: '12:00' } }, sale(100), noFacts, false],
    [
      'over midnight, before',
      { hours: { from: '22:00', until: '02:00' } },
      sale(100, { at: '2026-06-17T20:00:00Z' }),
      noFacts,
      true,
    ],
    [
      'over midnight, after',
      { hours: { from: '22:00', until: '02:00' } },
      sale(100, { at: '2026-06-16T22:59:00Z' }),
      noFacts,
      true,
    ],
    [
      'over midnight, its end',
      { hours: { from: '22:00', until: '02:00' } },
      sale(100, { at: '2026-06-16T23:00:00Z' }),
      noFacts,
      false,
    ],
    // Clocks went forward on 29 March 2026 at 03:00, and back on 25 October at 04:00.
    [
      'after the clocks went forward',
      { hours: { from: '04:00', until: '05:00' } },
      sale(100, { at: '2026-03-29T01:00:00Z' }),
      noFacts,
      true,
    ],
    [
      'before they went forward',
      { hours: { from: '02:00', until: '03:00' } },
      sale(100, { at: '2026-03-29T00:59:00Z' }),
      noFacts,
      true,
    ],
    [
      'the hour that comes twice, first',
      { hours: { from: '03:00', until: '04:00' } },
      sale(100, { at: '2026-10-25T00:30:00Z' }),
      noFacts,
      true,
    ],
    [
      'the hour that comes twice, again',
      { hours: { from: '03:00', until: '04:00' } },
      sale(100, { at: '2026-10-25T01:30:00Z' }),
      noFacts,
      true,
    ],
    ['the first of its days', { from: '2026-06-17', until: '2026-06-30' }, sale(100), noFacts, true],
    ['the last of its days', { from: '2026-06-01', until: '2026-06-17' }, sale(100), noFacts, true],
    ['the day after', { until: '2026-06-16' }, sale(100), noFacts, false],
    ['exactly the minimum', { minimumMinor: 2000 }, sale(2000), noFacts, true],
    ['a cent below it', { minimumMinor: 2000 }, sale(1999), noFacts, false],
    ['a refund that falls below it', { minimumMinor: 2000 }, sale(2500, { leftMinor: 1999 }), noFacts, false],
    [
      'one of the categories',
      { categories: ['tea', 'cake'] },
      sale(100, { items: [{ category: 'cake', pieces: 1 }] }),
      noFacts,
      true,
    ],
    ['none of them', { categories: ['tea'] }, sale(100, { items: [{ category: 'cake', pieces: 1 }] }), noFacts, false],
    ['nothing named', { categories: ['tea'] }, sale(100), noFacts, false],
    ['the first purchase', { firstPurchase: true }, sale(100), noFacts, true],
    ['the second', { firstPurchase: true }, sale(100), member({ purchases: 1 }), false],
    ['a level', { tiers: ['gold'] }, sale(100), member({ tier: 'gold' }), true],
    ['no level', { tiers: ['gold'] }, sale(100), member({ tier: null }), false],
    ['the shop', { shops: ['old-town'] }, sale(100, { shop: 'old-town' }), noFacts, true],
    ['no shop', { shops: ['old-town'] }, sale(100), noFacts, false],
    [
      'all but one condition',
      { days: ['wed'], minimumMinor: 2000, firstPurchase: true },
      sale(2000),
      member({ purchases: 1 }),
      false,
    ],
    ['nothing asked', {}, sale(100), noFacts, true],
  ];
  it.each(cases)('%s', (_name, when, priced, facts, counts) => {
    expect(matches(when, priced, facts)).toBe(counts);
  });
});

it.each([
  ['on the day', '06-17', '2026-06-17', 0, 0, true],
  ['a week before', '06-17', '2026-06-10', 7, 0, true],
  ['a day too early', '06-17', '2026-06-09', 7, 0, false],
  ['a week after', '06-17', '2026-06-24', 0, 7, true],
  ['over new year, before', '01-03', '2026-12-29', 7, 7, true],
  ['over new year, after', '12-30', '2027-01-04', 7, 7, true],
  ['over new year, too late', '12-30', '2027-01-07', 7, 7, false],
  ['29 February in a leap year', '02-29', '2028-02-29', 0, 0, true],
  ['29 February is the 28th in others', '02-29', '2027-02-28', 0, 0, true],
  ['and not 1 March', '02-29', '2027-03-01', 0, 0, false],
  ['nor the 28th in a leap year', '02-29', '2028-02-28', 0, 0, false],
  ['29 February from a year without one', '02-29', '2028-01-01', 60, 0, true],
  ['2100 has none', '02-29', '2100-02-28', 0, 0, true],
  ['half a year around', '01-01', '2026-07-01', 180, 180, false],
  ['nobody knows', null, '2026-06-17', 180, 180, false],
] as const)('a birthday: %s', (_name, birthday, day, before, after, near) => {
  expect(nearBirthday(birthday, day, { before, after })).toBe(near);
});

describe('a price', () => {
  const bonus = (id: string, more: Partial<Bonus> & ({ percent: number } | { points: number })): Bonus =>
    ({ id, priority: 0, stack: true, ...more }) as Bonus;

  it.each<[name: string, rules: Partial<Rules>, priced: Priced, expected: number]>([
    ['money, rounded down', {}, sale(1840), 18],
    ['visits', { earn: [{ id: 'v', kind: 'visit', points: 5 }] }, sale(1), 5],
    [
      'every piece',
      { earn: [{ id: 'i', kind: 'item', points: 2 }] },
      sale(900, {
        items: [
          { category: 'a', pieces: 2 },
          { category: 'b', pieces: 1 },
        ],
      }),
      6,
    ],
    [
      'pieces of a category',
      { earn: [{ id: 'i', kind: 'item', points: 2, categories: ['b'] }] },
      sale(900, {
        items: [
          { category: 'a', pieces: 2 },
          { category: 'b', pieces: 1 },
        ],
      }),
      2,
    ],
    ['the base rule that gives most', { earn: [...plain.earn, { id: 'v', kind: 'visit', points: 25 }] }, sale(1840), 25],
    [
      'the base rule that matches',
      { earn: [{ id: 'v', kind: 'visit', points: 25, when: { days: ['mon'] } }, ...plain.earn] },
      sale(1840),
      18,
    ],
    ['nothing that matches', { earn: [{ id: 'v', kind: 'visit', points: 25, when: { days: ['mon'] } }] }, sale(1840), 0],
    [
      'percents of the base, added up and not of each other',
      { bonuses: [bonus('a', { percent: 5000 }), bonus('b', { percent: 5000 })] },
      sale(1000),
      20,
    ],
    ['rounded once: 9.9 + 4.95', { bonuses: [bonus('a', { percent: 5000 })] }, sale(990), 14],
    ['points once', { bonuses: [bonus('a', { points: 7 })] }, sale(1000), 17],
    [
      'a bonus that ends the list',
      { bonuses: [bonus('a', { priority: 2, stack: false, points: 7 }), bonus('b', { priority: 1, points: 100 })] },
      sale(1000),
      17,
    ],
    [
      'one before the end of the list',
      { bonuses: [bonus('a', { priority: 2, stack: false, points: 7 }), bonus('b', { priority: 3, points: 100 })] },
      sale(1000),
      117,
    ],
    [
      'an end that does not match',
      {
        bonuses: [
          bonus('a', { priority: 2, stack: false, points: 7, when: { days: ['mon'] } }),
          bonus('b', { priority: 1, points: 100 }),
        ],
      },
      sale(1000),
      110,
    ],
    [
      'equal priorities: as they stand',
      { bonuses: [bonus('a', { stack: false, points: 7 }), bonus('b', { points: 100 })] },
      sale(1000),
      17,
    ],
    [
      'a share by what it cost',
      { bonuses: [bonus('a', { percent: 10_000, categories: ['cake'] })] },
      sale(1000, {
        items: [
          { category: 'cake', pieces: 1, amountMinor: 300 },
          { category: 'tea', pieces: 9, amountMinor: 700 },
        ],
      }),
      13,
    ],
    [
      'a share of what was named only',
      { bonuses: [bonus('a', { percent: 10_000, categories: ['cake'] })] },
      sale(1000, { items: [{ category: 'cake', pieces: 1, amountMinor: 300 }] }),
      13,
    ],
    [
      'a share by pieces where costs are unknown',
      { bonuses: [bonus('a', { percent: 10_000, categories: ['cake'] })] },
      sale(1000, {
        items: [
          { category: 'cake', pieces: 1 },
          { category: 'tea', pieces: 3 },
        ],
      }),
      12,
    ],
    [
      'a share of a discounted bill',
      { bonuses: [bonus('a', { percent: 10_000, categories: ['cake'] })] },
      sale(900, {
        items: [
          { category: 'cake', pieces: 1, amountMinor: 500 },
          { category: 'tea', pieces: 1, amountMinor: 500 },
        ],
      }),
      13,
    ],
    ['a sale of nothing', { bonuses: [bonus('a', { points: 7 })] }, sale(0), 7],
    ['all of it refunded', { bonuses: [bonus('a', { points: 7 })] }, sale(1000, { leftMinor: 0 }), 0],
    [
      'pieces, half refunded',
      { earn: [{ id: 'i', kind: 'item', points: 3 }] },
      sale(1000, { leftMinor: 500, items: [{ category: 'a', pieces: 4 }] }),
      6,
    ],
  ])('%s', (_name, rules, priced, expected) => {
    expect(points({ ...plain, ...rules }, priced)).toBe(expected);
  });

  it('gives a limited bonus so many times, and a level what it brings', () => {
    const rules: Rules = {
      ...plain,
      bonuses: [bonus('twice', { points: 10, timesPerMember: 2 })],
      tiers: {
        by: 'money',
        windowMonths: 12,
        graceDays: 0,
        warnDays: 0,
        levels: [{ id: 'gold', name: 'Gold', from: 0, bonusPercent: 2550 }],
      },
    };
    expect(points(rules, sale(1000), member({ used: { twice: 1 } }))).toBe(20);
    expect(points(rules, sale(1000), member({ used: { twice: 2 } }))).toBe(10);
    const { parts } = price(rules, sale(1000), member({ tier: 'gold', used: { twice: 2 } }));
    expect(parts).toEqual([
      { rule: 'base', value: 10_000_000n },
      { rule: 'tier:gold', value: 2_550_000n },
    ]);
  });

  it('is the sum of its parts, the same every time, and never less for more money', () => {
    const rules: Rules = {
      ...plain,
      earn: [{ id: 'base', kind: 'money', points: 3, perMinor: 700, carry: true }],
      bonuses: [
        bonus('odd', { percent: 3333 }),
        bonus('cake', { percent: 1234, categories: ['cake'] }),
        bonus('big', { points: 9, when: { minimumMinor: 5000 } }),
      ],
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 1, max: 9 }),
        (one, other, pieces) => {
          const items = [
            { category: 'cake', pieces },
            { category: 'tea', pieces: 2 },
          ];
          const [less, more] = [Math.min(one, other), Math.max(one, other)].map((amount) =>
            price(rules, sale(amount, { items }), noFacts),
          );
          expect(less?.parts.reduce((sum, part) => sum + part.value, 0n)).toBe(less?.value);
          expect(less && more && less.value <= more.value).toBe(true);
          expect(less?.per).toBe(more?.per);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a discount', () => {
  const rules: Rules = {
    ...plain,
    discounts: [
      { id: 'tenth', kind: 'nth', every: 10, percent: 2000 },
      { id: 'third', kind: 'nth', every: 3, withinDays: 30, percent: 500, minimumMinor: 1000 },
      { id: 'regulars', kind: 'regular', purchases: 5, withinDays: 90, percent: 1000, shops: ['old-town'] },
    ],
    tiers: {
      by: 'money',
      windowMonths: 12,
      graceDays: 0,
      warnDays: 0,
      levels: [{ id: 'gold', name: 'Gold', from: 0, discountPercent: 700 }],
    },
  };
  const facts = (purchases: number, month: number, quarter: number, tier: string | null = null) =>
    member({ purchases, within: { 30: month, 90: quarter }, tier });
  it.each<[name: string, amountMinor: number, shop: string | null, facts: MemberFacts, expected: [string, number] | null]>([
    ['the tenth purchase', 1999, null, facts(9, 0, 0), ['tenth', 399]],
    ['the eleventh', 1999, null, facts(10, 0, 0), null],
    ['the third of the month', 1000, null, facts(7, 2, 2), ['third', 50]],
    ['below its minimum', 999, null, facts(7, 2, 2), null],
    ['a regular at the shop', 1000, 'old-town', facts(6, 0, 5), ['regulars', 100]],
    ['a regular somewhere else', 1000, null, facts(6, 0, 5), null],
    ['the largest of several', 1000, 'old-town', facts(9, 2, 5, 'gold'), ['tenth', 200]],
    ['a level', 1000, null, facts(6, 0, 0, 'gold'), ['tier:gold', 70]],
    ['less than the smallest coin', 4, null, facts(9, 0, 0), null],
  ])('%s', (_name, amountMinor, shop, known, expected) => {
    const off = discountFor(rules, amountMinor, shop, known);
    expect(off && [off.rule, off.minor]).toEqual(expected);
  });

  it('comes before points, and points that pay earn nothing unless the rules say so', () => {
    const paying: Rules = { ...rules, pay: { points: 100, worthMinor: 500, sharePercent: 10_000, earnOn: 'paid' } };
    const bill = {
      amountMinor: 2000,
      at: new Date('2026-06-17T09:00:00Z'),
      items: [],
      shop: null,
      points: { points: 100, worthMinor: 500 },
    };
    const known = { facts: facts(9, 0, 0), stamp: 's' };
    const { off, dueMinor, price: worth } = quote(paying, bill, known, helsinki);
    expect([off?.minor, dueMinor, worth.value / worth.per]).toEqual([400, 1600, 11n]);
    const onBill: Rules = { ...paying, pay: { points: 100, worthMinor: 500, sharePercent: 10_000, earnOn: 'bill' } };
    const { value, per } = quote(onBill, bill, known, helsinki).price;
    expect(value / per).toBe(16n);
  });
});

describe('what is left of a sale', () => {
  const rules: Rules = { ...plain, bonuses: [{ id: 'a', priority: 0, stack: true, points: 10, when: { minimumMinor: 1000 } }] };
  const sold = (more: Partial<PricedSale> = {}, snapshot: Partial<PricedSale['snapshot']> = {}): PricedSale => ({
    amountMinor: 2000,
    paidPointsMinor: 0,
    at: new Date('2026-06-17T09:00:00Z'),
    shop: null,
    items: null,
    snapshot: { version: 1, rule: 'base', per: 100, carry: true, carriedIn: 0, carriedOut: 0, value: 3000, ...snapshot },
    ...more,
  });
  it.each<[name: string, sale: PricedSale, refundedMinor: number, expected: bigint]>([
    ['nothing refunded', sold(), 0, 3000n],
    ['the bonus stays while its minimum does', sold(), 1000, 2000n],
    ['and goes with it', sold(), 1001, 999n],
    ['all of it', sold(), 2000, 0n],
    ['never above what the caps had left', sold({}, { room: 12 }), 0, 1200n],
    ['half of a bill half paid with points', sold({ paidPointsMinor: 1000 }), 1000, 500n],
    ['sold before there were programs', sold({}, { value: undefined as never, points: 2 }), 500, 3000n],
    ['imported: the base alone', sold({}, { only: 'earn' }), 0, 2000n],
  ])('%s', (_name, past, refundedMinor, expected) => {
    expect(valueLeft(past, rules, refundedMinor, helsinki)).toBe(expected);
  });
});

it('hands the ledger days of the shop: caps by its business day, release at the beginning of one', () => {
  const rules: Rules = {
    ...plain,
    caps: { day: 50 },
    pendingDays: 2,
    dayStartsAt: 4,
    shops: [{ id: 'lisbon', name: 'Lisbon', timeZone: 'Europe/Lisbon' }],
  };
  const bill = { amountMinor: 1000, at: new Date('2026-03-28T02:30:00Z'), items: [], shop: 'lisbon' };
  const terms = saleTerms({ version: 7, rules }, bill, null, helsinki);
  // 02:30 in Lisbon still belongs to Friday; on Sunday the clocks go forward there, and the day begins an hour sooner.
  expect(terms).toMatchObject({
    version: 7,
    zone: 'Europe/Lisbon',
    shop: 'lisbon',
    caps: { day: 50, dayFrom: new Date('2026-03-27T04:00:00Z'), dayUntil: new Date('2026-03-28T04:00:00Z') },
    releaseAt: new Date('2026-03-30T03:00:00Z'),
  });
});
