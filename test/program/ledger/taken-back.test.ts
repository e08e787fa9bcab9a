import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credit } from '../../../src/program/ledger/credit.ts';
import { refund } from '../../../src/program/ledger/refund.ts';
import { undo } from '../../../src/program/ledger/undo.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { cancelCoupon } from '../../../src/program/rewards/cancel-coupon.ts';
import { redeem } from '../../../src/program/rewards/redeem.ts';
import { plainRules, type Rules } from '../../../src/program/rules/rules.ts';
import { storedRules } from '../../../src/program/settings/program.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, newMember, published, walletOf } from '../../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');

describe('a purchase taken back leaves nothing behind', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  beforeAll(async () => {
    db = await freshDatabase();
  });
  afterAll(() => db.close());

  const right = async () => expect((await verify(db)).problems).toEqual([]);
  const inForce = async (more: Partial<Rules>) => {
    const rules = { ...plainRules(100), welcome: 0, ...more };
    await db.prisma.programVersion.create({ data: { rules: storedRules(rules), startsAt: new Date(1), createdAt: now } });
    return published(db, rules);
  };

  it('also when nothing was paid for it', async () => {
    const program = await inForce({
      earn: [{ id: 'visit', kind: 'visit', points: 10 }],
      discounts: [{ id: 'free', kind: 'nth', every: 1, percent: 10_000 }],
    });
    const member = await newMember(db);
    const sale = await credit(contextOf(db, now), { member: member.code, amountMinor: 500, currency: 'EUR' }, program, 'UTC');
    expect(sale).toMatchObject({ amountMinor: 0, points: 10 });
    expect(await undo(contextOf(db, now), { saleId: sale.saleId, timeZone: 'UTC' })).toMatchObject({ points: 10, balance: 0 });
    await right();
  });

  it('points that were let go because they were spent are owed after all when what they were spent on is given back', async () => {
    const program = await inForce({
      debtLimit: 30,
      rewards: [{ id: 'tea', kind: 'item', item: 'Tea', name: { en: 'Tea' }, cost: 50, validDays: 30 }],
    });
    const member = await newMember(db);
    const ctx = () => contextOf(db, now);
    const take = () => redeem(ctx(), { memberId: member.id, reward: 'tea', agreed: 50 }, program, 'UTC');
    const { saleId } = await credit(ctx(), { member: member.code, amountMinor: 10_000, currency: 'EUR' }, program, 'UTC');
    const [first, second] = [await take(), await take()];
    expect(await refund(ctx(), { saleId, timeZone: 'UTC' })).toMatchObject({ owed: 30, writtenOff: 70 });
    // 30 settle the debt and the rest what was let go.
    expect(await cancelCoupon(ctx(), { memberId: member.id, code: first.code })).toMatchObject({ balance: 0 });
    expect((await walletOf(db, member.id)).debt).toBe(30);
    expect(await cancelCoupon(ctx(), { memberId: member.id, code: second.code })).toMatchObject({ balance: 0 });
    expect((await walletOf(db, member.id)).debt).toBe(0);
    await right();
    // And never more than that.
    await credit(ctx(), { member: member.code, amountMinor: 5_000, currency: 'EUR' }, program, 'UTC');
    const third = await take();
    expect(await cancelCoupon(ctx(), { memberId: member.id, code: third.code })).toMatchObject({ balance: 50 });
    await right();
  });
});
