import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localTime } from '../../../src/program/calendar.ts';
import { spend } from '../../../src/program/ledger/spend.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { pointsOf } from '../../../src/program/pricing/points-of.ts';
import { price } from '../../../src/program/pricing/price.ts';
import { noFacts } from '../../../src/program/pricing/purchase.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, credit, newMember, newPerson, plainProgram, published, rulesOf, walletOf } from '../../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');

describe('credit', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  beforeAll(async () => {
    db = await freshDatabase();
  });
  afterAll(() => db.close());

  const sell = (code: string, amountMinor: number, program = plainProgram) =>
    credit(contextOf(db, now), { member: code, amountMinor, currency: 'EUR' }, program, 'UTC');

  it('carries what is left of an amount, and says beforehand what it will give', async () => {
    const { id, code } = await newMember(db);
    let carried = 0;
    for (const amountMinor of [199, 1, 50, 49, 1, 0, 12_345]) {
      const time = localTime(now, 'UTC', 0);
      const priced = price(rulesOf(plainProgram), { amountMinor, leftMinor: amountMinor, time, items: [], shop: null }, noFacts);
      const expected = pointsOf(priced, { carried, per: 100 });
      expect((await sell(code, amountMinor)).points).toBe(expected);
      carried += amountMinor - expected * 100;
      expect((await walletOf(db, id)).carry).toEqual({ numerator: carried, denominator: 100 });
    }
    expect((await walletOf(db, id)).balance).toBe(126);
  });

  it('forgets what is left when the program does not carry', async () => {
    const { id, code } = await newMember(db);
    const program = { ...plainProgram, carryRemainder: false };
    expect((await sell(code, 199, program)).points).toBe(1);
    expect((await sell(code, 199, program)).points).toBe(1);
    expect((await walletOf(db, id)).carry).toBeNull();
  });

  it('keeps the carried part of a point when the rate changes', async () => {
    const { id, code } = await newMember(db);
    await sell(code, 150);
    expect((await walletOf(db, id)).carry).toEqual({ numerator: 50, denominator: 100 });
    // Half a point is 125 of 250; with 125 more it is whole.
    const slower = { ...plainProgram, earnPerMinor: 250 };
    expect((await sell(code, 124, slower)).points).toBe(0);
    expect((await walletOf(db, id)).carry).toEqual({ numerator: 249, denominator: 250 });
    expect((await sell(code, 1, slower)).points).toBe(1);
    const [first, second] = await db.prisma.sale.findMany({ where: { memberId: id }, orderBy: { id: 'asc' } });
    expect(first?.snapshot).toEqual({
      version: 1,
      rule: 'base',
      value: 150,
      per: 100,
      carry: true,
      carriedIn: 0,
      carriedOut: 50,
    });
    expect(second?.snapshot).toEqual({
      version: (await published(db, rulesOf(slower))).version,
      rule: 'base',
      value: 124,
      per: 250,
      carry: true,
      carriedIn: 125,
      carriedOut: 249,
    });
  });

  it('gives at most 1,000,000,000 points at once, and takes at most as many', async () => {
    const { id, code } = await newMember(db);
    const rich = { ...plainProgram, earnPoints: 1_000, earnPerMinor: 1, carryRemainder: false };
    await expect(sell(code, 1_000_001, rich)).rejects.toMatchObject({
      code: 'ledger.too_many_points',
      params: { points: 1_000_001_000 },
    });
    expect(await walletOf(db, id)).toMatchObject({ balance: 0, lots: [] });
    expect(await sell(code, 1_000_000, rich)).toMatchObject({ points: 1_000_000_000, balance: 1_000_000_000 });
    expect(await sell(code, 1_000_000, rich)).toMatchObject({ balance: 2_000_000_000 });
    const take = (points: number) => spend(contextOf(db, now), { memberId: id, points, reason: {} });
    await expect(take(1_000_000_001)).rejects.toMatchObject({ code: 'ledger.too_many_points' });
    await expect(take(0)).rejects.toMatchObject({ code: 'ledger.points_not_positive' });
    await expect(take(-1)).rejects.toMatchObject({ code: 'ledger.points_not_positive' });
    expect(await take(1_000_000_000)).toMatchObject({ balance: 1_000_000_000 });
  });

  it('knows no member that is not there', async () => {
    await expect(sell('00000000A', 100)).rejects.toMatchObject({ code: 'member.unknown' });
    await expect(spend(contextOf(db, now), { memberId: 999_999, points: 1, reason: {} })).rejects.toMatchObject({
      code: 'member.unknown',
    });
  });

  it('is refused to customers, and to staff for themselves', async () => {
    const { id, code } = await newMember(db);
    const staff = await newPerson(db, 'staff');
    const customer = await newPerson(db, null);
    await db.prisma.member.update({ where: { id }, data: { personId: staff.personId } });
    const by = (actor: typeof staff.actor) =>
      credit(contextOf(db, now, { actor }), { member: code, amountMinor: 100, currency: 'EUR' }, plainProgram, 'UTC');
    await expect(by(staff.actor)).rejects.toMatchObject({ code: 'ledger.self_credit' });
    await expect(by(customer.actor)).rejects.toMatchObject({ code: 'staff.only' });
  });

  it('answers the same to the same key, even when the rules have changed since', async () => {
    const { code } = await newMember(db);
    const once = (program: typeof plainProgram) =>
      credit(contextOf(db, now, { key: 'steady' }), { member: code, amountMinor: 1_000, currency: 'EUR' }, program, 'UTC');
    const first = await once(plainProgram);
    expect(await once({ ...plainProgram, earnPoints: 5 })).toEqual(first);
  });

  it('leaves a ledger that verifies', async () => {
    expect(await verify(db)).toMatchObject({ problems: [], problemCount: 0 });
  });
});
