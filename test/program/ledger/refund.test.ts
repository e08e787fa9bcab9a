import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expire } from '../../../src/program/ledger/expire.ts';
import { spend } from '../../../src/program/ledger/spend.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { freshDatabase } from '../../support/database.ts';
import {
  contextOf,
  credit,
  newMember,
  newPerson,
  type Plain,
  plainProgram,
  refund,
  undo,
  walletOf,
} from '../../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');
const later = new Date('2026-05-01T00:00:00Z');

const amounts = (most: number) => fc.array(fc.integer({ min: 0, max: most }), { maxLength: 4 });
const rate = fc.record({ earnPoints: fc.integer({ min: 1, max: 4 }), earnPerMinor: fc.constantFrom(1, 7, 100, 250) });
/** Where a sale is cut into parts, in thousandths of it. */
const cuts = fc.array(fc.integer({ min: 1, max: 999 }), { maxLength: 6 });

/** The parts of an amount, none of them nothing. */
const partsOf = (amountMinor: number, at: readonly number[]): number[] => {
  const marks = [0, ...at.map((cut) => Math.floor((amountMinor * cut) / 1_000)), amountMinor].sort((a, b) => a - b);
  return marks
    .slice(1)
    .map((mark, index) => mark - (marks[index] ?? 0))
    .filter((part) => part > 0);
};

describe('refund', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  beforeAll(async () => {
    db = await freshDatabase();
  });
  afterAll(() => db.close());

  const sell = (member: { code: string }, amountMinor: number, program: Plain = plainProgram) =>
    credit(contextOf(db, now), { member: member.code, amountMinor, currency: 'EUR' }, program, 'UTC');
  const giveBack = (saleId: number, amountMinor?: number, at = now) =>
    refund(contextOf(db, at), amountMinor === undefined ? { saleId } : { saleId, amountMinor });

  it('of a part takes the points that this part had earned, and says what is left', async () => {
    const member = await newMember(db);
    const { saleId } = await sell(member, 1_250);
    expect(await giveBack(saleId, 500)).toMatchObject({
      saleId,
      memberId: member.id,
      points: 5,
      owed: 0,
      balance: 7,
      amountMinor: 500,
      paidMinor: 1_250,
      leftMinor: 750,
      currency: 'EUR',
    });
    // 12.50 had given 12 points and half of one: the half is gone before a whole point is.
    expect(await giveBack(saleId, 50)).toMatchObject({ points: 0, balance: 7, leftMinor: 700 });
    expect(await giveBack(saleId, 1)).toMatchObject({ points: 1, balance: 6, leftMinor: 699 });
    expect(await giveBack(saleId)).toMatchObject({ points: 6, balance: 0, amountMinor: 699, leftMinor: 0 });
    expect((await walletOf(db, member.id)).carry).toEqual({ numerator: 0, denominator: 100 });
    await expect(giveBack(saleId, 1)).rejects.toMatchObject({ code: 'ledger.already_undone' });
  });

  it('is refused over what is left, with the numbers, and for nothing', async () => {
    const member = await newMember(db);
    const { saleId, receipt } = await sell(member, 1_250);
    await giveBack(saleId, 500);
    await expect(giveBack(saleId, 751)).rejects.toMatchObject({
      code: 'refund.too_much',
      params: { receipt, paid: 1_250, refunded: 500, left: 750 },
    });
    for (const amountMinor of [0, -1])
      await expect(giveBack(saleId, amountMinor)).rejects.toMatchObject({ code: 'refund.not_positive' });
    await expect(giveBack(999_999_999, 1)).rejects.toMatchObject({ code: 'sale.unknown' });
    expect((await walletOf(db, member.id)).balance).toBe(7);
  });

  it('is for whoever works here, at any time, also of what a colleague credited', async () => {
    const [staff, colleague, customer] = [await newPerson(db, 'staff'), await newPerson(db, 'staff'), await newPerson(db, null)];
    const { code } = await newMember(db);
    const sale = { member: code, amountMinor: 1_000, currency: 'EUR' };
    const { saleId } = await credit(contextOf(db, now, { actor: staff.actor }), sale, plainProgram, 'UTC');
    const by = ({ actor }: typeof staff) => refund(contextOf(db, later, { actor }), { saleId, amountMinor: 100 });
    await expect(by(customer)).rejects.toMatchObject({ code: 'staff.only' });
    expect(await by(colleague)).toMatchObject({ points: 1 });
  });

  it('of nothing is an undo of a sale of nothing, once', async () => {
    const { saleId } = await sell(await newMember(db), 0);
    await expect(giveBack(saleId, 1)).rejects.toMatchObject({ code: 'refund.too_much', params: { paid: 0, left: 0 } });
    expect(await giveBack(saleId)).toMatchObject({ points: 0, amountMinor: 0, leftMinor: 0 });
    await expect(giveBack(saleId)).rejects.toMatchObject({ code: 'ledger.already_undone' });
  });

  it('leaves the receipt in force until all of it went back', async () => {
    const { code } = await newMember(db);
    const sale = { member: code, amountMinor: 1_000, currency: 'EUR', receipt: 'R-parts' };
    const again = () => credit(contextOf(db, now), sale, plainProgram, 'UTC');
    const { saleId } = await again();
    await giveBack(saleId, 999);
    await expect(again()).rejects.toMatchObject({ code: 'ledger.receipt_used' });
    await undo(contextOf(db, now), { saleId });
    expect(await again()).toMatchObject({ points: 10, balance: 10 });
  });

  it('of points that were spent leaves a debt, part by part', async () => {
    const member = await newMember(db);
    const { saleId } = await sell(member, 5_000);
    await spend(contextOf(db, now), { memberId: member.id, points: 40, reason: {} });
    expect(await giveBack(saleId, 800)).toMatchObject({ points: 8, owed: 0, balance: 2 });
    expect(await giveBack(saleId, 800)).toMatchObject({ points: 2, owed: 6, balance: 0 });
    expect(await giveBack(saleId)).toMatchObject({ points: 0, owed: 34, balance: 0 });
    expect(await walletOf(db, member.id)).toMatchObject({ balance: 0, debt: 40 });
  });

  it('does not take again what has expired, whenever it went back', async () => {
    const ending = { ...plainProgram, expiryMonths: 1 };
    const lost = async (before: number[], after: number[]) => {
      const member = await newMember(db);
      const { saleId } = await sell(member, 5_000, ending);
      await sell(member, 10_000);
      await spend(contextOf(db, now), { memberId: member.id, points: 20, reason: {} });
      for (const part of before) await giveBack(saleId, part);
      await expire({ db, now: later });
      for (const part of after) await giveBack(saleId, part, later);
      return (await walletOf(db, member.id)).balance;
    };
    // 50 were given, 20 of them spent. Whatever expired of the other 30 or was taken before: the 20 are taken from the other 100.
    expect(await lost([], [5_000])).toBe(80);
    expect(await lost([], [2_000, 3_000])).toBe(80);
    expect(await lost([1_000], [4_000])).toBe(80);
    expect(await lost([1_000, 1_000], [1_000, 2_000])).toBe(80);
    expect(await lost([3_000], [2_000])).toBe(80);
    // A part that went back after everything had ended takes nothing until what expired is more than accounted for.
    expect(await lost([], [3_000])).toBe(100);
  });

  it('in any parts equals the refund of all, after other sales and spending, also under another rate than now', async () => {
    const history = fc.record({
      before: amounts(450),
      amountMinor: fc.integer({ min: 0, max: 2_000 }),
      after: amounts(450),
      spent: fc.nat({ max: 12 }),
      sold: rate,
      since: fc.option(rate, { nil: undefined }),
      carryRemainder: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(history, cuts, async ({ before, amountMinor, after, spent, sold, since, carryRemainder }, at) => {
        const program = { ...plainProgram, ...sold, carryRemainder };
        const lived = async (parts: (number | undefined)[]) => {
          const member = await newMember(db);
          for (const amount of before) await sell(member, amount, program);
          const { saleId } = await sell(member, amountMinor, program);
          for (const amount of after) await sell(member, amount, { ...program, ...since });
          const points = Math.min(spent, (await walletOf(db, member.id)).balance);
          if (points > 0) await spend(contextOf(db, now), { memberId: member.id, points, reason: {} });
          for (const part of parts) await giveBack(saleId, part);
          await expect(giveBack(saleId)).rejects.toMatchObject({ code: 'ledger.already_undone' });
          return walletOf(db, member.id);
        };
        const whole = await lived([undefined]);
        expect(await lived(amountMinor === 0 ? [undefined] : partsOf(amountMinor, at))).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('with sales between the parts keeps points and carried money equal to the money that stands', async () => {
    const step = fc.record({
      amountMinor: fc.integer({ min: 0, max: 450 }),
      refund: fc.boolean(),
      of: fc.nat(),
      share: fc.nat({ max: 1_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), rate, async (steps, sold) => {
        const program = { ...plainProgram, ...sold };
        const { earnPoints, earnPerMinor } = sold;
        const member = await newMember(db);
        const open: { saleId: number; left: number }[] = [];
        let standing = 0;
        const holds = async () => {
          const { balance, debt, carry } = await walletOf(db, member.id);
          expect((balance - debt) * earnPerMinor + (carry?.numerator ?? 0)).toBe(standing * earnPoints);
          return { points: balance - debt, carried: carry?.numerator ?? 0 };
        };
        for (const { amountMinor, refund: isRefund, of, share } of steps) {
          const sale = isRefund ? open[of % Math.max(1, open.length)] : undefined;
          const part = Math.ceil(((sale?.left ?? 0) * share) / 1_000);
          if (sale && part > 0) {
            await giveBack(sale.saleId, part);
            sale.left -= part;
            standing -= part;
          } else {
            open.push({ saleId: (await sell(member, amountMinor, program)).saleId, left: amountMinor });
            standing += amountMinor;
          }
          await holds();
        }
        // The next purchase fills what is below zero: from then on it is as if the refunded money had never been spent.
        await sell(member, 5_000, program);
        standing += 5_000;
        const { points, carried } = await holds();
        expect(carried).toBeGreaterThanOrEqual(0);
        expect(points).toBe(Math.floor((standing * earnPoints) / earnPerMinor));
      }),
      { numRuns: 60 },
    );
  });

  it('leaves a ledger that verifies', async () => {
    expect(await verify(db)).toMatchObject({ problems: [], problemCount: 0 });
  });
});
