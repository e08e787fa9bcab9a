import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { credit as creditPurchase } from '../../../src/program/ledger/credit.ts';
import { expire } from '../../../src/program/ledger/expire.ts';
import { pointsTakenBy } from '../../../src/program/ledger/points-back.ts';
import { refund } from '../../../src/program/ledger/refund.ts';
import { refundTerms } from '../../../src/program/ledger/refund-terms.ts';
import { release } from '../../../src/program/ledger/release.ts';
import { refundableSale } from '../../../src/program/ledger/sales.ts';
import { spend } from '../../../src/program/ledger/spend.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { writtenOff } from '../../../src/program/ledger/written-off.ts';
import type { Item } from '../../../src/program/pricing/purchase.ts';
import { type Bonus, type EarnRule, plainRules, type Rules, type When } from '../../../src/program/rules/rules.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, newMember, plainProgram, published, rulesOf, walletOf } from '../../support/ledger.ts';

const db = await freshDatabase();
afterAll(() => db.close());

const now = new Date('2026-03-04T12:00:00Z');
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);

const whenRule: fc.Arbitrary<When | undefined> = fc.option(
  fc.oneof(
    fc.integer({ min: 1, max: 1_500 }).map((minimumMinor) => ({ minimumMinor })),
    fc.constant<When>({ categories: ['cake'] }),
    fc.constant<When>({ firstPurchase: true }),
    fc.constant<When>({ days: ['wed'], hours: { from: '08:00', until: '13:00' } }),
  ),
  { nil: undefined },
);
const withWhen = <Rule extends object>(rule: Rule, when: When | undefined): Rule & { when?: When } =>
  when ? { ...rule, when } : rule;

const money = fc.record({
  kind: fc.constant('money' as const),
  points: fc.integer({ min: 1, max: 4 }),
  perMinor: fc.constantFrom(7, 100, 250),
  carry: fc.boolean(),
});
const other = fc.oneof(
  fc.record({ kind: fc.constant('visit' as const), points: fc.integer({ min: 1, max: 9 }) }),
  fc.record({
    kind: fc.constant('item' as const),
    points: fc.integer({ min: 1, max: 5 }),
    categories: fc.constantFrom<string[]>(['cake'], ['tea', 'cake']),
  }),
);
const bonus = fc
  .tuple(
    fc.oneof(
      fc.record({ percent: fc.integer({ min: 1, max: 20_000 }) }),
      fc.record({ percent: fc.integer({ min: 1, max: 20_000 }), categories: fc.constant<string[]>(['cake']) }),
      fc.record({ points: fc.integer({ min: 1, max: 9 }) }),
    ),
    whenRule,
    fc.boolean(),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(([gives, when, stack, priority]) => withWhen({ ...gives, stack, priority }, when));

/** Programs of every kind of rule; the base rule always gives something for money. */
const programs: fc.Arbitrary<Rules> = fc
  .record({
    base: money,
    others: fc.array(fc.tuple(other, whenRule), { maxLength: 1 }),
    bonuses: fc.array(bonus, { maxLength: 3 }),
    purchase: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
    day: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    tierPercent: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }),
    pendingDays: fc.constantFrom(0, 0, 3),
    debtLimit: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
  })
  .map(({ base, others, bonuses, purchase, day, tierPercent, pendingDays, debtLimit }) => ({
    ...plainRules(100),
    welcome: 0,
    earn: [{ ...base, id: 'base' }, ...others.map(([rule, when]): EarnRule => withWhen({ ...rule, id: 'other' }, when))],
    bonuses: bonuses.map((one, index): Bonus => ({ ...one, id: `bonus-${index}` })),
    caps: { ...(purchase === undefined ? {} : { purchase }), ...(day === undefined ? {} : { day }) },
    pendingDays,
    ...(tierPercent === undefined
      ? {}
      : {
          tiers: {
            ...{ by: 'money' as const, windowMonths: 12, graceDays: 0, warnDays: 0 },
            levels: [
              { id: 'green', name: 'Green', from: 0 },
              { id: 'gold', name: 'Gold', from: 600, bonusPercent: tierPercent },
            ],
          },
        }),
    ...(debtLimit === undefined ? {} : { debtLimit }),
  }));

const items: fc.Arbitrary<Item[]> = fc.array(
  fc.record({ category: fc.constantFrom('cake', 'tea'), pieces: fc.integer({ min: 1, max: 4 }) }),
  { maxLength: 2 },
);
const sales = fc.array(fc.record({ amountMinor: fc.integer({ min: 0, max: 900 }), items }), { maxLength: 2 });
const history = fc.record({
  rules: programs,
  before: sales,
  sold: fc.record({ amountMinor: fc.integer({ min: 1, max: 2_500 }), items }),
  after: sales,
  spent: fc.nat({ max: 30 }),
  released: fc.boolean(),
});
const cuts = fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 4 });

const partsOf = (amountMinor: number, at: readonly number[]): number[] => {
  const marks = [0, ...at.map((cut) => Math.floor((amountMinor * cut) / 1_000)), amountMinor].sort((a, b) => a - b);
  return marks
    .slice(1)
    .map((mark, index) => mark - (marks[index] ?? 0))
    .filter((part) => part > 0);
};

/** Refunds a part and holds what was shown beforehand to what was done. */
async function giveBack(saleId: number, amountMinor: number, at: Date) {
  const ctx = contextOf(db, at);
  const shown = pointsTakenBy(
    await refundableSale(ctx, saleId),
    await refundTerms(ctx, await refundableSale(ctx, saleId), amountMinor, 'UTC'),
  );
  const done = await refund(ctx, { saleId, amountMinor, timeZone: 'UTC' });
  const { pending, points, owed, writtenOff: off, balance } = done;
  expect({ pending, points, owed, writtenOff: off, balance }).toEqual(shown);
  return done;
}

describe('a refund under any program', () => {
  it('in any parts equals the refund of all, and does what was shown beforehand', async () => {
    await fc.assert(
      fc.asyncProperty(history, cuts, async ({ rules, before, sold, after, spent, released }, at) => {
        const program = await published(db, rules);
        const lived = async (parts: readonly number[]) => {
          const { id, code } = await newMember(db);
          const sell = (sale: { amountMinor: number; items: Item[] }) =>
            creditPurchase(contextOf(db, now), { ...sale, member: code, currency: 'EUR' }, program, 'UTC');
          for (const sale of before) await sell(sale);
          const { saleId } = await sell(sold);
          for (const sale of after) await sell(sale);
          const moment = released ? later(5) : now;
          if (released) while ((await release({ db, now: moment })) > 0);
          const points = Math.min(spent, (await walletOf(db, id)).balance);
          if (points > 0) await spend(contextOf(db, moment), { memberId: id, points, reason: {} });
          let off = 0;
          for (const part of parts) off += (await giveBack(saleId, part, moment)).writtenOff;
          const { balance, debt, carry } = await walletOf(db, id);
          const waits = await db.prisma.pending.findMany({ where: { memberId: id, releasedAt: null }, orderBy: { id: 'asc' } });
          return { balance, debt, carry, off, waits: waits.map(({ left }) => Number(left)) };
        };
        const whole = await lived([sold.amountMinor]);
        expect(await lived(partsOf(sold.amountMinor, at))).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  it('is by the rules it was sold under, whatever was put in their place', async () => {
    const doubled: Rules = {
      ...rulesOf(plainProgram),
      bonuses: [{ id: 'double', percent: 10_000, priority: 1, stack: true, when: { minimumMinor: 1_000 } }],
    };
    const { code } = await newMember(db);
    const sale = { member: code, amountMinor: 2_000, currency: 'EUR' };
    const { saleId, points } = await creditPurchase(contextOf(db, now), sale, await published(db, doubled), 'UTC');
    expect(points).toBe(40);
    // In force now: nothing but one point for 100.00.
    const poor: Rules = { ...rulesOf({ ...plainProgram, earnPerMinor: 10_000 }), debtLimit: 0 };
    const data = { rules: JSON.parse(JSON.stringify(poor)), startsAt: later(-1), createdAt: later(-1) };
    await db.prisma.programVersion.create({ data });
    // 15.00 left still double; 9.00 left don't: below the minimum of its own rule.
    expect(await giveBack(saleId, 500, now)).toMatchObject({ points: 10, balance: 30 });
    expect(await giveBack(saleId, 600, now)).toMatchObject({ points: 21, balance: 9 });
  });

  it('above what may be owed is written off, and an owner can read how much', async () => {
    // The version in force, put there above, lets nobody owe anything.
    const { id, code } = await newMember(db);
    const program = await published(db, rulesOf(plainProgram));
    const { saleId, receipt } = await creditPurchase(
      contextOf(db, now),
      { member: code, amountMinor: 2_000, currency: 'EUR' },
      program,
      'UTC',
    );
    await spend(contextOf(db, now), { memberId: id, points: 15, reason: {} });
    const before = await writtenOff({ db }, { from: now, until: later(1) });
    expect(await giveBack(saleId, 1_000, now)).toMatchObject({ points: 5, owed: 0, writtenOff: 5, balance: 0 });
    const after = await writtenOff({ db }, { from: now, until: later(1) });
    expect([after.count - before.count, after.points - before.points]).toEqual([1, 5]);
    expect(after.latest[0]).toMatchObject({ receipt, points: 5, amountMinor: 1_000, by: null });
    expect((await walletOf(db, id)).debt).toBe(0);
  });

  it('leaves a ledger that verifies, also after everything has ended', async () => {
    await expire({ db, now: later(1_000) });
    expect(await verify(db)).toMatchObject({ problems: [], problemCount: 0 });
  });
});
