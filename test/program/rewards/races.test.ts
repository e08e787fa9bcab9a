import { afterAll, describe, expect, it } from 'vitest';
import { spend } from '../../../src/program/ledger/spend.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { Refusal } from '../../../src/program/refusal.ts';
import { cancelCoupon } from '../../../src/program/rewards/cancel-coupon.ts';
import { expireCoupons } from '../../../src/program/rewards/upkeep.ts';
import { useCoupon } from '../../../src/program/rewards/use-coupon.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, newPerson, walletOf } from '../../support/ledger.ts';
import { memberWith, mug, programWith, take } from '../../support/rewards.ts';

const db = await freshDatabase({ max: 16 });
afterAll(() => db.close());

const now = new Date('2026-03-01T12:00:00Z');
const ctx = (key?: string) => contextOf(db, now, key === undefined ? {} : { key });

async function outcomes(asked: Promise<unknown>[]) {
  const codes = (await Promise.allSettled(asked)).map((one) =>
    one.status === 'fulfilled' ? 'done' : one.reason instanceof Refusal ? one.reason.code : String(one.reason),
  );
  return Object.fromEntries([...new Set(codes)].sort().map((code) => [code, codes.filter((other) => other === code).length]));
}
const times = <Result>(count: number, work: (index: number) => Result): Result[] =>
  Array.from({ length: count }, (_, at) => work(at));

describe('at the same time', () => {
  it('of 20 people one gets the last piece, and the others keep their points', async () => {
    const program = programWith([mug({ id: 'last', stock: 1 })]);
    const people = await Promise.all(times(20, () => memberWith(db, now, [30])));
    expect(await outcomes(people.map(({ id }) => take(ctx(), id, program, 'last')))).toEqual({ done: 1, 'reward.sold_out': 19 });
    const balances = await Promise.all(people.map(async ({ id }) => (await walletOf(db, id)).balance));
    expect(balances.sort((a, b) => a - b)).toEqual([0, ...times(19, () => 30)]);
    expect(await db.prisma.rewardStock.findUnique({ where: { reward: 'last' } })).toMatchObject({ issued: 1n });
  });

  it('three pieces go to three, also while some are given back', async () => {
    const program = programWith([mug({ id: 'three', stock: 3, cost: 10 })]);
    const people = await Promise.all(times(10, () => memberWith(db, now, [10])));
    const rounds = people.map(async ({ id }, at) => {
      const { code } = await take(ctx(), id, program, 'three');
      if (at % 2) await cancelCoupon(ctx(), { memberId: id, code });
    });
    await outcomes(rounds);
    const open = await db.prisma.coupon.count({ where: { reward: 'three', cancelledAt: null } });
    const stock = await db.prisma.rewardStock.findUniqueOrThrow({ where: { reward: 'three' } });
    expect(open).toBeLessThanOrEqual(3);
    expect(Number(stock.issued)).toBe(open);
  });

  it('one person gets what there is one of for each once, and one key gives one coupon', async () => {
    const program = programWith([mug({ id: 'once', perMember: 1 })]);
    const anna = await memberWith(db, now, [300]);
    expect(await outcomes(times(8, () => take(ctx(), anna.id, program, 'once')))).toEqual({ done: 1, 'reward.per_member': 7 });
    const free = programWith([mug()]);
    const same = await Promise.all(times(6, () => take(ctx('one-key'), anna.id, free)));
    expect(new Set(same.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await walletOf(db, anna.id)).toMatchObject({ balance: 240 });
  });

  it('the same points become a coupon or are spent, never both', async () => {
    const program = programWith([mug()]);
    for (let round = 0; round < 5; round += 1) {
      const anna = await memberWith(db, now, [30]);
      const [redeemed, spent] = await Promise.all([
        outcomes(times(4, () => take(ctx(), anna.id, program))),
        outcomes(times(4, () => spend(ctx(), { memberId: anna.id, points: 30, reason: {} }))),
      ]);
      expect((redeemed.done ?? 0) + (spent.done ?? 0)).toBe(1);
      expect((redeemed['ledger.not_enough'] ?? 0) + (spent['ledger.not_enough'] ?? 0)).toBe(7);
    }
  });

  it('of two who use a coupon one succeeds, and the other is told when and by whom', async () => {
    const program = programWith([mug()]);
    const anna = await memberWith(db, now, [30]);
    const { code } = await take(ctx(), anna.id, program);
    const staff = await Promise.all(times(6, () => newPerson(db, 'staff')));
    const settled = await Promise.allSettled(staff.map(({ actor }) => useCoupon(contextOf(db, now, { actor }), { code })));
    const lost = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as Refusal] : []));
    expect(lost).toHaveLength(5);
    for (const { code: said, params } of lost)
      expect([said, params]).toEqual(['coupon.used', { at: expect.any(String), by: 'staff' }]);
    expect(await db.prisma.couponEvent.count({ where: { coupon: { code }, kind: 'used' } })).toBe(1);
  });

  it('a coupon is used, given back or over: one of them', async () => {
    const program = programWith([mug({ validDays: 1 })]);
    const over = new Date('2026-03-03T00:00:00Z');
    for (let round = 0; round < 8; round += 1) {
      const anna = await memberWith(db, now, [30]);
      const { code } = await take(ctx(), anna.id, program);
      const [used, back] = await Promise.all([
        outcomes(times(3, () => useCoupon(ctx(), { code }))),
        outcomes(times(3, () => cancelCoupon(ctx(), { memberId: anna.id, code }))),
        ...(round % 2 ? [expireCoupons({ db, now: over }, 100)] : []),
      ]);
      const row = await db.prisma.coupon.findUniqueOrThrow({ where: { code } });
      const ended = [row.usedAt, row.cancelledAt, row.expiredAt].filter((one) => one !== null).length;
      expect(ended).toBe(1);
      expect([used.done ?? 0, back.done ?? 0]).toEqual([row.usedAt ? 1 : 0, row.cancelledAt ? 1 : 0]);
      expect((await walletOf(db, anna.id)).balance).toBe(row.cancelledAt ? 30 : 0);
    }
  });

  it('leaves books that add up', async () => {
    expect(await verify(db)).toMatchObject({ problems: [] });
  });
});
