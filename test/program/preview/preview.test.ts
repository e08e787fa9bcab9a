import { afterAll, describe, expect, it } from 'vitest';
import { credit } from '../../../src/program/ledger/credit.ts';
import { levelMoves } from '../../../src/program/preview/level-moves.ts';
import { previewChange } from '../../../src/program/preview/preview.ts';
import { worthMinor } from '../../../src/program/preview/worth.ts';
import { plainRules, type Rules, type Tiers } from '../../../src/program/rules/rules.ts';
import { publishRules } from '../../../src/program/settings/change.ts';
import { ensureProgram, programAt } from '../../../src/program/settings/program.ts';
import { freshDatabase } from '../../support/database.ts';
import { asOwner, contextOf, newMember } from '../../support/ledger.ts';

const db = await freshDatabase();
afterAll(() => db.close());
await ensureProgram(db, 100, new Date('2026-01-01T00:00:00Z'));

const now = new Date('2026-06-30T12:00:00Z');
const daysAgo = (days: number, hour = 12): Date => new Date(Date.UTC(2026, 5, 30 - days, hour));
const plain: Rules = { ...plainRules(100), welcome: 0 };

async function sold(
  code: string,
  at: Date,
  amountMinor: number,
  items: { category: string; pieces: number }[] = [],
): Promise<number> {
  const program = await programAt(db, at);
  const { points } = await credit(contextOf(db, at), { member: code, amountMinor, currency: 'EUR', items }, program, 'UTC');
  return points;
}

const preview = (before: Rules, after: Rules) => previewChange(db, { before, after, now, timeZone: 'UTC' });

describe('a preview', () => {
  it('without sales has nothing to tell', async () => {
    expect(await preview(plain, { ...plain, caps: { day: 1 } })).toMatchObject({
      sales: 0,
      members: 0,
      gain: { members: 0 },
      levels: null,
    });
  });

  it('prices the real sales of 30 days as the ledger did, and by the rules that may come', async () => {
    const [anna, bert, cora] = [await newMember(db), await newMember(db), await newMember(db)];
    await sold(anna.code, daysAgo(40), 100_00);
    const given = [
      await sold(anna.code, daysAgo(20), 12_60),
      await sold(anna.code, daysAgo(10), 7_55),
      await sold(bert.code, daysAgo(5), 99),
      await sold(bert.code, daysAgo(4), 1),
      await sold(cora.code, daysAgo(3), 50_00),
    ];
    const dearer: Rules = { ...plain, earn: [{ id: 'base', kind: 'money', points: 1, perMinor: 200, carry: true }] };
    const found = await preview(plain, dearer);
    expect(found).toMatchObject({ sales: 5, members: 3, gain: { members: 0, points: 0, most: [] } });
    expect(found.before.points).toBe(given.reduce((sum, points) => sum + points, 0));
    // By hand: 20.15 gives 10, 1.00 gives 0, 50.00 gives 25.
    expect(found.after.points).toBe(35);
    expect(found.lose).toMatchObject({ members: 3, points: 36 });
    expect(found.lose.most.map(({ memberId, points }) => [memberId, points])).toEqual([
      [cora.id, 25],
      [anna.id, 10],
      [bert.id, 1],
    ]);
  });

  it('knows who bought for the first time, and holds caps and limited bonuses', async () => {
    const once: Rules = {
      ...plain,
      bonuses: [{ id: 'hello', priority: 0, stack: true, when: { firstPurchase: true }, points: 100 }],
    };
    // Anna bought before; Bert and Cora did not.
    expect((await preview(plain, once)).gain).toMatchObject({ members: 2, points: 200 });
    const limited: Rules = { ...plain, bonuses: [{ id: 'twice', priority: 0, stack: true, points: 7, timesPerMember: 1 }] };
    expect((await preview(plain, limited)).gain).toMatchObject({ members: 3, points: 21 });
    expect((await preview(plain, { ...plain, caps: { purchase: 10 } })).after.points).toBe(10 + 7 + 0 + 1 + 10);
    // Anna has earned 100 before these days.
    expect((await preview(plain, { ...plain, caps: { member: 110 } })).after.points).toBe(10 + 0 + 1 + 50);
  });

  it('counts discounts in money, and points in what they are worth', async () => {
    const paying: Rules = { ...plain, pay: { points: 10, worthMinor: 50, sharePercent: 10_000, earnOn: 'paid' } };
    const cheaper: Rules = { ...paying, discounts: [{ id: 'second', kind: 'nth', every: 2, percent: 1000 }] };
    const { before, after } = await preview(paying, cheaper);
    expect(before).toEqual({ points: 71, worthMinor: 355, discountMinor: 0 });
    // Anna's second purchase, 12.60: she bought once before. Bert's, 0.01, leaves nothing to take off.
    expect(after).toEqual({ points: 11 + 7 + 0 + 1 + 50, worthMinor: 345, discountMinor: 126 });
  });

  it('says who would move between levels, by all that counts for them', async () => {
    const levels = (silver: number): Tiers => ({
      by: 'money',
      windowMonths: 12,
      graceDays: 0,
      warnDays: 0,
      levels: [
        { id: 'base', name: 'Base', from: 0 },
        { id: 'silver', name: 'Silver', from: silver, bonusPercent: 10_000 },
      ],
    });
    const found = await preview({ ...plain, tiers: levels(100_00) }, { ...plain, tiers: levels(40_00) });
    expect(found.levels).toEqual({ up: 1, down: 0 });
    // Cora, who would get double points for 50.00.
    expect(found.gain).toMatchObject({ members: 1, points: 50 });
    expect((await preview(plain, { ...plain, tiers: levels(200_00) })).levels).toEqual({ up: 3, down: 0 });
  });

  it('prices with the clock of the program', async () => {
    const noon: Rules = {
      ...plain,
      bonuses: [{ id: 'noon', priority: 0, stack: true, percent: 10_000, when: { hours: { from: '14:00', until: '16:00' } } }],
    };
    expect((await preview(plain, noon)).gain.points).toBe(0);
    const there = await previewChange(db, { before: plain, after: noon, now, timeZone: 'Europe/Helsinki' });
    expect(there.gain.points).toBe(71);
  });

  it('waits for nobody and nobody waits for it', async () => {
    const dora = await newMember(db);
    let sales = 0;
    await asOwner(db.url, async (client) => {
      await client.query('BEGIN; SELECT 1 FROM wallet FOR UPDATE; SELECT 1 FROM sale FOR UPDATE');
      sales = (await preview(plain, { ...plain, caps: { day: 5 } })).sales;
      await client.query('ROLLBACK');
    });
    expect(sales).toBe(5);
    await Promise.all([preview(plain, { ...plain, caps: { day: 5 } }), sold(dora.code, daysAgo(1), 10_00)]);
    expect((await preview(plain, { ...plain, caps: { day: 5 } })).sales).toBe(6);
  });

  it('is the same program under the rules in force: nobody gains or loses', async () => {
    const busy: Rules = {
      ...plain,
      earn: [{ id: 'base', kind: 'money', points: 3, perMinor: 200, carry: true }],
      bonuses: [{ id: 'cake', priority: 0, stack: true, percent: 3333, when: { categories: ['cake'] } }],
      caps: { purchase: 40 },
      categories: [{ id: 'cake', name: { en: 'Cake' } }],
    };
    const { version } = await publishRules(contextOf(db, daysAgo(1, 20)), { rules: busy, startsAt: daysAgo(1, 20) });
    expect(version).toBeGreaterThan(1);
    const eva = await newMember(db);
    let given = 0;
    for (let at = 0; at < 12; at += 1)
      given += await sold(
        eva.code,
        new Date(daysAgo(1, 21).getTime() + at * 60_000),
        137 + at * 311,
        at % 2 === 0 ? [{ category: 'cake', pieces: 1 }] : [],
      );
    const found = await previewChange(db, { before: busy, after: busy, now, timeZone: 'UTC' });
    expect([found.gain.members, found.lose.members]).toEqual([0, 0]);
    const others = await previewChange(db, { before: busy, after: busy, now: daysAgo(1, 20), timeZone: 'UTC' });
    expect(found.before.points - others.before.points).toBe(given);
  });
});

describe('what points are worth', () => {
  it('is what they pay, else the cheapest reward of money, else unknown', () => {
    const money = { id: 'm', name: { en: 'M' }, cost: 200, validDays: 1, kind: 'money', amountMinor: 500 } as const;
    expect(worthMinor(plain, 100)).toBeNull();
    expect(worthMinor({ ...plain, rewards: [{ ...money, id: 'big', cost: 1000, amountMinor: 9000 }, money] }, 100)).toBe(250);
    expect(
      worthMinor({ ...plain, rewards: [money], pay: { points: 3, worthMinor: 10, sharePercent: 1, earnOn: 'paid' } }, 100),
    ).toBe(333);
  });
});

describe('levels that go', () => {
  const tiers = (...levels: [string, number][]): Rules => ({
    ...plain,
    tiers: {
      by: 'points',
      windowMonths: 1,
      graceDays: 0,
      warnDays: 0,
      levels: levels.map(([id, from]) => ({ id, name: id, from })),
    },
  });
  it('lay between those that stay', () => {
    const sums = new Map([
      [1, 10],
      [2, 600],
      [3, 2000],
    ]);
    const before = { rules: tiers(['base', 0], ['silver', 500], ['gold', 1000]), sums };
    expect(levelMoves(before, { rules: tiers(['base', 0], ['gold', 1000]), sums }, new Map())).toEqual({ up: 0, down: 1 });
    expect(levelMoves(before, { rules: tiers(['base', 0], ['gold', 550]), sums }, new Map())).toEqual({ up: 1, down: 0 });
    expect(levelMoves(before, { rules: tiers(['base', 0], ['silver', 500], ['gold', 1000]), sums }, new Map([[1, 500]]))).toEqual(
      { up: 1, down: 0 },
    );
    expect(levelMoves({ rules: plain, sums: null }, { rules: plain, sums: null }, new Map())).toBeNull();
  });
});
