import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { type Mechanic, mechanicsOf, worthOf } from '../../../src/program/reports/mechanics.ts';
import { verdictOf } from '../../../src/program/reports/mechanics-verdict.ts';
import type { Reward } from '../../../src/program/rules/rules.ts';
import { freshDatabase } from '../../support/database.ts';
import { asOwner, newMember } from '../../support/ledger.ts';

const db = await freshDatabase();
afterAll(() => db.close());

const now = new Date('2026-06-30T12:00:00Z');
const timeZone = 'Europe/Helsinki';
const pay = { points: 100, worthMinor: 500, sharePercent: 10_000, earnOn: 'paid' } as const;

type Bought = {
  who: string;
  at: string;
  paid: number;
  off?: number;
  /** Points of the base rule and on top. */
  parts?: [number, number];
  /** What a cap left of them. */
  capped?: number;
  refunded?: number;
  shop?: string;
};

// By hand: A comes back on another day within 30, B too late, G at half past midnight of the next day there, F after bonus points, C not at all.
const history: Bought[] = [
  { who: 'A', at: '2026-05-05T10:00:00Z', paid: 1800, off: 200 },
  { who: 'A', at: '2026-05-05T17:00:00Z', paid: 500 },
  { who: 'A', at: '2026-06-03T10:00:00Z', paid: 1000 },
  { who: 'B', at: '2026-05-06T10:00:00Z', paid: 900, off: 100 },
  { who: 'B', at: '2026-06-08T10:00:00Z', paid: 700 },
  { who: 'G', at: '2026-05-07T20:30:00Z', paid: 900, off: 100 },
  { who: 'G', at: '2026-05-07T21:30:00Z', paid: 400 },
  { who: 'F', at: '2026-05-20T10:00:00Z', paid: 900, parts: [9, 5] },
  { who: 'F', at: '2026-06-08T10:00:00Z', paid: 300 },
  { who: 'C', at: '2026-05-10T10:00:00Z', paid: 900, parts: [9, 5], refunded: 900 },
  { who: 'C', at: '2026-05-11T10:00:00Z', paid: 600 },
  { who: 'D', at: '2026-06-10T10:00:00Z', paid: 2000, off: 500, parts: [20, 10], refunded: 500 },
  { who: 'E', at: '2026-06-20T10:00:00Z', paid: 1000, parts: [10, 5], capped: 12, shop: 'old-town' },
  // Too long ago for anything.
  { who: 'E', at: '2026-04-20T10:00:00Z', paid: 1000, off: 900 },
];

const members = new Map<string, number>();
await asOwner(db.url, async (client) => {
  for (const { who, at, paid, off = 0, parts, capped, refunded = 0, shop } of history) {
    const id = members.get(who) ?? (await newMember(db)).id;
    members.set(who, id);
    const values = parts?.map((points) => String(points * 100));
    const snapshot = {
      version: 1,
      rule: 'base',
      per: 100,
      value: (capped ?? (parts ? parts[0] + parts[1] : paid / 100)) * 100,
      ...(values
        ? {
            parts: [
              { rule: 'base', value: values[0] },
              { rule: 'more', value: values[1] },
            ],
          }
        : {}),
    };
    await client.query(
      `INSERT INTO sale (member_id, amount_minor, currency, receipt, at, created_at, key, request_hash, snapshot, points, balance_after, discount_minor,
        refunded_minor, undone_at, shop) VALUES ($1, $2, 'EUR', $3, $4, $4, $3, '', $5, 0, 0, $6, $7, CASE WHEN $7::bigint = $2::bigint THEN $4::timestamptz END, $8)`,
      [id, paid, randomUUID(), at, JSON.stringify(snapshot), off, refunded, shop ?? null],
    );
  }
});

describe('what discounts and bonus points cost and bring', () => {
  it('is counted as by hand', async () => {
    expect(await mechanicsOf({ db, now }, { days: 30, timeZone }, { pay, rewards: [] })).toEqual({
      discount: {
        purchases: 1,
        turnoverMinor: 1500,
        discountMinor: 375,
        bonusPoints: 7,
        costMinor: 410,
        judged: 3,
        members: 3,
        returned: 2,
      },
      bonus: {
        purchases: 2,
        turnoverMinor: 2500,
        discountMinor: 375,
        bonusPoints: 9,
        costMinor: 420,
        judged: 1,
        members: 1,
        returned: 1,
      },
      plain: {
        purchases: 3,
        turnoverMinor: 2000,
        discountMinor: 0,
        bonusPoints: 0,
        costMinor: 0,
        judged: 3,
        members: 3,
        returned: 1,
      },
    });
  });

  it('is counted over longer times, and in one shop', async () => {
    const long = await mechanicsOf({ db, now }, { days: 90, timeZone }, { pay, rewards: [] });
    expect(long.discount).toMatchObject({ purchases: 5, discountMinor: 200 + 100 + 100 + 375 + 900, judged: 4, members: 4 });
    const shop = await mechanicsOf({ db, now }, { days: 30, shop: 'old-town', timeZone }, { rewards: [] });
    expect(shop.bonus).toMatchObject({ purchases: 1, bonusPoints: 2, costMinor: null });
    expect(shop.plain).toMatchObject({ purchases: 0, judged: 0, costMinor: 0 });
  });

  it('takes the price of a point from paying, else from the cheapest reward that is money, else from nowhere', () => {
    const money = (cost: number, amountMinor: number): Reward => ({
      id: `m${cost}`,
      name: {},
      cost,
      validDays: 1,
      kind: 'money',
      amountMinor,
    });
    const rewards = [money(0, 900), money(200, 1000), money(50, 200)];
    expect(worthOf(75, { pay, rewards })).toBe(375);
    expect(worthOf(75, { rewards })).toBe(300);
    expect(worthOf(75, { rewards: [money(0, 900)] })).toBeNull();
  });
});

describe('the verdict', () => {
  const kind = (judged: number, members: number, returned: number, costMinor: number | null = 0): Mechanic => ({
    purchases: judged,
    turnoverMinor: 10_000,
    discountMinor: 0,
    bonusPoints: 0,
    costMinor,
    judged,
    members,
    returned,
  });
  const plain = kind(0, 0, 0);

  it('says nothing of fewer than 30 purchases', () => {
    expect(verdictOf({ discount: kind(29, 29, 29), bonus: kind(30, 30, 0), plain })).toEqual({ few: 'discount' });
    expect(verdictOf({ discount: kind(30, 30, 29), bonus: kind(29, 29, 0), plain })).toEqual({ few: 'bonus' });
    expect(verdictOf({ discount: plain, bonus: plain, plain })).toEqual({ few: 'both' });
  });

  it('tells a difference from chance, and which costs more', () => {
    expect(verdictOf({ discount: kind(100, 100, 60, 800), bonus: kind(100, 100, 30, 300), plain })).toEqual({
      returns: 'discount',
      costs: 'discount',
    });
    expect(verdictOf({ discount: kind(100, 100, 30, 100), bonus: kind(100, 100, 60, 300), plain })).toEqual({
      returns: 'bonus',
      costs: 'bonus',
    });
    // 45 of 100 and 55 of 100: z = 1.41.
    expect(verdictOf({ discount: kind(100, 100, 45, 300), bonus: kind(100, 100, 55, 300), plain })).toEqual({
      returns: 'same',
      costs: 'same',
    });
    expect(verdictOf({ discount: kind(100, 100, 45), bonus: kind(100, 100, 55, null), plain })).toMatchObject({
      costs: 'unknown',
    });
    expect(verdictOf({ discount: kind(40, 40, 40), bonus: kind(40, 40, 40), plain })).toMatchObject({ returns: 'same' });
  });
});
