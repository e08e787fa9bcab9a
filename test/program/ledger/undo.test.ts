import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/program/context.ts';
import { expire } from '../../../src/program/ledger/expire.ts';
import { spend } from '../../../src/program/ledger/spend.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, credit, newMember, newPerson, plainProgram, undo, walletOf } from '../../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

describe('undo', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  let staff: Actor;
  let colleague: Actor;
  let owner: Actor;
  beforeAll(async () => {
    db = await freshDatabase();
    [staff, colleague, owner] = [
      (await newPerson(db, 'staff')).actor,
      (await newPerson(db, 'staff')).actor,
      (await newPerson(db, 'owner')).actor,
    ];
  });
  afterAll(() => db.close());

  const sell = async (code: string, amountMinor: number, { actor = staff, at = now, program = plainProgram } = {}) =>
    credit(contextOf(db, at, { actor }), { member: code, amountMinor, currency: 'EUR' }, program, 'UTC');
  const takeBack = (saleId: number, actor: Actor, at = now) => undo(contextOf(db, at, { actor }), { saleId });

  it('is for whoever credited, for ten minutes', async () => {
    const { code } = await newMember(db);
    const { saleId } = await sell(code, 1_000);
    await expect(takeBack(saleId, colleague)).rejects.toMatchObject({ code: 'ledger.undo_not_yours' });
    await expect(takeBack(saleId, staff, inMinutes(10.02))).rejects.toMatchObject({
      code: 'ledger.undo_too_late',
      params: { minutes: 10 },
    });
    expect(await takeBack(saleId, staff, inMinutes(10))).toMatchObject({
      saleId,
      points: 10,
      owed: 0,
      balance: 0,
      amountMinor: 1_000,
      currency: 'EUR',
    });
  });

  it('is for an owner at any time', async () => {
    const { code } = await newMember(db);
    const { saleId } = await sell(code, 1_000);
    expect(await takeBack(saleId, owner, inMinutes(60 * 24 * 90))).toMatchObject({ points: 10, balance: 0 });
  });

  it('happens once', async () => {
    const { code } = await newMember(db);
    const { saleId, receipt } = await sell(code, 1_000);
    await takeBack(saleId, staff);
    await expect(takeBack(saleId, owner)).rejects.toMatchObject({ code: 'ledger.already_undone', params: { receipt } });
  });

  it('is refused to who no longer works here, and so is a credit', async () => {
    const { code } = await newMember(db);
    const { actor, personId } = await newPerson(db, 'staff');
    const { saleId } = await sell(code, 1_000, { actor });
    await db.prisma.staff.delete({ where: { personId } });
    await expect(takeBack(saleId, actor)).rejects.toMatchObject({ code: 'staff.only' });
    await expect(sell(code, 1_000, { actor })).rejects.toMatchObject({ code: 'staff.only' });
  });

  it('knows no sale that is not there', async () => {
    await expect(takeBack(999_999_999, owner)).rejects.toMatchObject({ code: 'sale.unknown' });
  });

  it('leaves the receipt free to be typed again', async () => {
    const { code } = await newMember(db);
    const again = (amountMinor: number) =>
      credit(
        contextOf(db, now, { actor: staff }),
        { member: code, amountMinor, currency: 'EUR', receipt: 'R-1' },
        plainProgram,
        'UTC',
      );
    const { saleId } = await again(1_000);
    await expect(again(2_000)).rejects.toMatchObject({ code: 'ledger.receipt_used' });
    await takeBack(saleId, staff);
    expect(await again(2_000)).toMatchObject({ points: 20, balance: 20, receipt: 'R-1' });
  });

  it('of points that were spent leaves a debt, which the next credits pay', async () => {
    const { id, code } = await newMember(db);
    const { saleId } = await sell(code, 5_000);
    await spend(contextOf(db, now), { memberId: id, points: 40, reason: {} });
    expect(await takeBack(saleId, staff)).toMatchObject({ points: 10, owed: 40, balance: 0 });
    expect(await walletOf(db, id)).toMatchObject({ balance: 0, debt: 40 });
    expect(await sell(code, 3_000)).toMatchObject({ points: 30, balance: 0 });
    expect(await walletOf(db, id)).toMatchObject({ balance: 0, debt: 10 });
    const paying = await sell(code, 3_000);
    expect(paying).toMatchObject({ points: 30, balance: 20 });
    expect(await walletOf(db, id)).toMatchObject({ balance: 20, debt: 0 });
    // The points of a sale that paid a debt are owed again when it is undone.
    expect(await takeBack(paying.saleId, staff)).toMatchObject({ points: 20, owed: 10, balance: 0 });
  });

  it('takes from the same sale first, then from others', async () => {
    const { id, code } = await newMember(db);
    await sell(code, 1_000);
    const second = await sell(code, 2_000);
    await sell(code, 3_000);
    await takeBack(second.saleId, staff);
    expect((await walletOf(db, id)).lots.map((lot) => lot.remaining)).toEqual([10, 0, 30]);
  });

  it('does not take again what has expired', async () => {
    const { id, code } = await newMember(db);
    const { saleId } = await sell(code, 5_000, { program: { ...plainProgram, expiryMonths: 1 } });
    await sell(code, 1_000);
    await spend(contextOf(db, now), { memberId: id, points: 20, reason: {} });
    const after = new Date('2026-05-01T00:00:00Z');
    await expire({ db, now: after });
    expect((await walletOf(db, id)).balance).toBe(10);
    // 50 were given: 20 spent, 30 expired. Only the 20 are taken back.
    expect(await takeBack(saleId, owner, after)).toMatchObject({ points: 10, owed: 10, balance: 0 });
  });

  it('of a sale without points takes its money out of what is carried', async () => {
    const { id, code } = await newMember(db);
    const small = await sell(code, 60);
    expect(small).toMatchObject({ points: 0, balance: 0 });
    expect(await takeBack(small.saleId, staff)).toMatchObject({ points: 0, owed: 0, balance: 0 });
    expect((await walletOf(db, id)).carry).toEqual({ numerator: 0, denominator: 100 });
    expect(await sell(code, 60)).toMatchObject({ points: 0 });
    expect(await sell(code, 60)).toMatchObject({ points: 1 });
  });

  it('of some sales in any order keeps points and carried money equal to the money that stands', async () => {
    const sales = fc.array(fc.record({ amountMinor: fc.integer({ min: 0, max: 450 }), undone: fc.boolean(), rank: fc.nat() }), {
      minLength: 1,
      maxLength: 9,
    });
    const rate = fc.record({ earnPoints: fc.integer({ min: 1, max: 4 }), earnPerMinor: fc.constantFrom(1, 7, 100, 250) });
    await fc.assert(
      fc.asyncProperty(sales, rate, async (plan, { earnPoints, earnPerMinor }) => {
        const { id, code } = await newMember(db);
        const program = { ...plainProgram, earnPoints, earnPerMinor };
        const sold: { saleId: number; undone: boolean; rank: number }[] = [];
        for (const { amountMinor, ...rest } of plan) sold.push({ ...(await sell(code, amountMinor, { program })), ...rest });
        for (const { saleId } of sold.filter((sale) => sale.undone).sort((a, b) => a.rank - b.rank))
          await takeBack(saleId, staff);
        const { balance, debt, carry } = await walletOf(db, id);
        const standing = plan.filter((sale) => !sale.undone).reduce((sum, sale) => sum + sale.amountMinor, 0);
        expect((balance - debt) * earnPerMinor + (carry?.numerator ?? 0)).toBe(standing * earnPoints);
        expect(debt).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves a ledger that verifies', async () => {
    expect(await verify(db)).toMatchObject({ problems: [], problemCount: 0 });
  });
});
