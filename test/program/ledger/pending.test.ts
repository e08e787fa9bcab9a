import { afterAll, describe, expect, it } from 'vitest';
import type { Context } from '../../../src/program/context.ts';
import { credit as creditPurchase } from '../../../src/program/ledger/credit.ts';
import { pointsTakenBy } from '../../../src/program/ledger/points-back.ts';
import { refund } from '../../../src/program/ledger/refund.ts';
import { refundTerms } from '../../../src/program/ledger/refund-terms.ts';
import { mayWait, release, releaseSale, waitingOf } from '../../../src/program/ledger/release.ts';
import { refundableSale } from '../../../src/program/ledger/sales.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import type { Rules } from '../../../src/program/rules/rules.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, newMember, newPerson, plainProgram, published, rulesOf, walletOf } from '../../support/ledger.ts';

const db = await freshDatabase({ max: 12 });
afterAll(() => db.close());

const now = new Date('2026-03-01T12:00:00Z');
const day = (days: number) => new Date(now.getTime() + days * 86_400_000);
const waiting: Rules = { ...rulesOf(plainProgram), pendingDays: 14 };
const owner = await newPerson(db, 'owner');

async function customer() {
  const { personId } = await newPerson(db, null);
  const { id, code } = await newMember(db);
  await db.prisma.member.update({ where: { id }, data: { personId } });
  await db.prisma.address.create({
    data: { personId, channel: 'tea', user: `u${personId}`, chat: `u${personId}`, usedAt: now },
  });
  return { id, code, personId };
}
type Customer = Awaited<ReturnType<typeof customer>>;

const sell = async ({ code }: Customer, amountMinor: number, { rules = waiting, at = now } = {}) =>
  creditPurchase(contextOf(db, at), { member: code, amountMinor, currency: 'EUR' }, await published(db, rules), 'UTC');
const giveBack = (saleId: number, amountMinor: number, at = now) =>
  refund(contextOf(db, at), { saleId, amountMinor, timeZone: 'UTC' });
const byHand = (saleId: number, more: Partial<Context> = {}) =>
  releaseSale({ ...contextOf(db, now, { actor: owner.actor }), ...more }, saleId);
const released = async ({ personId }: Customer) =>
  (await db.prisma.delivery.findMany({ where: { personId, notice: 'released' } })).map(({ params }) => params);
const lotsOf = async ({ id }: Customer) =>
  (await db.prisma.lot.findMany({ where: { memberId: id }, orderBy: { id: 'asc' } })).map(({ earned, earnedAt, expiresAt }) => [
    Number(earned),
    earnedAt.toISOString().slice(0, 10),
    expiresAt?.toISOString().slice(0, 10),
  ]);

describe('points that wait', () => {
  it('are not in the balance before their day, and are told once when they are released', async () => {
    const anna = await customer();
    const [one, two] = [await sell(anna, 1_000), await sell(anna, 550)];
    expect(one).toMatchObject({ points: 10, balance: 0, releaseAt: '2026-03-16T00:00:00+00:00' });
    expect(await walletOf(db, anna.id)).toMatchObject({ balance: 0, lots: [] });
    expect((await waitingOf({ db }, anna.id)).map(({ points, receipt }) => [points, receipt])).toEqual([
      [10, one.receipt],
      [5, two.receipt],
    ]);
    expect(await release({ db, now: new Date('2026-03-15T23:59:59Z') })).toBe(0);
    expect(await release({ db, now: new Date('2026-03-16T00:00:00Z') })).toBe(1);
    expect(await release({ db, now: new Date('2026-03-16T00:00:00Z') })).toBe(0);
    expect((await walletOf(db, anna.id)).balance).toBe(15);
    expect(await released(anna)).toEqual([{ points: 15, balance: 15 }]);
    expect(await waitingOf({ db }, anna.id)).toEqual([]);
  });

  it('released late are as if it had been in time: dated then, ending as promised, ended when that is past', async () => {
    const ending: Rules = { ...waiting, expiry: { policy: 'months', months: 1, end: 'day' } };
    const anna = await customer();
    await sell(anna, 1_000, { rules: ending });
    await release({ db, now: day(20) });
    expect(await lotsOf(anna)).toEqual([[10, '2026-03-16', '2026-04-02']]);
    const bella = await customer();
    await sell(bella, 1_000, { rules: ending });
    await release({ db, now: day(60) });
    expect((await walletOf(db, bella.id)).balance).toBe(0);
    const kinds = await db.prisma.entry.findMany({ where: { memberId: bella.id }, orderBy: { version: 'asc' } });
    expect(kinds.map(({ kind, at }) => [kind, at.toISOString()])).toEqual([
      ['credit', '2026-03-16T00:00:00.000Z'],
      ['expire', '2026-04-02T00:00:00.000Z'],
    ]);
  });

  it('pay a debt first', async () => {
    const anna = await customer();
    const gone = await sell(anna, 1_000, { rules: rulesOf(plainProgram) });
    await db.run({ name: 'take_all', text: 'SELECT ledger_spend($1, NULL, $2, NULL, $3, 10, $4)' }, [
      'take-all',
      now,
      anna.id,
      '{}',
    ]);
    await giveBack(gone.saleId, 400);
    await sell(anna, 1_000);
    await release({ db, now: day(15) });
    expect(await walletOf(db, anna.id)).toMatchObject({ balance: 6, debt: 0 });
    expect(await released(anna)).toEqual([{ points: 10, balance: 6 }]);
  });

  it('go first when the purchase is refunded, and only the rest is released', async () => {
    const anna = await customer();
    const { saleId } = await sell(anna, 1_000);
    const sale = await refundableSale({ db, now }, saleId);
    const preview = pointsTakenBy(sale, await refundTerms(contextOf(db, now), sale, 400, 'UTC'));
    expect(preview).toEqual({ pending: 4, points: 0, owed: 0, writtenOff: 0, balance: 0 });
    expect(await giveBack(saleId, 400)).toMatchObject({ pending: 4, points: 0, owed: 0, balance: 0 });
    await release({ db, now: day(15) });
    expect((await walletOf(db, anna.id)).balance).toBe(6);
    // After the release they are points like any other.
    expect(await giveBack(saleId, 600, day(16))).toMatchObject({ pending: 0, points: 6, balance: 0 });
    const whole = await customer();
    await giveBack((await sell(whole, 1_000)).saleId, 1_000);
    expect(await release({ db, now: day(15) })).toBe(1);
    expect(await released(whole)).toEqual([]);
    expect(await walletOf(db, whole.id)).toMatchObject({ balance: 0, debt: 0 });
  });

  it('are released by an owner at once, by nobody else, once', async () => {
    const [anna, staff] = [await customer(), await newPerson(db, 'staff')];
    const { saleId, receipt } = await sell(anna, 1_000);
    await expect(byHand(saleId, { actor: staff.actor })).rejects.toMatchObject({ code: 'owner.only' });
    const key = { id: 'by-hand' };
    const done = await byHand(saleId, { key });
    expect(done).toMatchObject({ receipt, points: 10, balance: 10 });
    expect(await byHand(saleId, { key })).toEqual(done);
    await expect(byHand(saleId)).rejects.toMatchObject({ code: 'pending.none', params: { receipt } });
    await expect(byHand(999_999)).rejects.toMatchObject({ code: 'sale.unknown' });
    expect(await lotsOf(anna)).toEqual([[10, '2026-03-01', undefined]]);
    expect(await release({ db, now: day(15) })).toBe(0);
  });

  it('are released once by four jobs and an owner at the same time, while purchases are refunded', async () => {
    const people = await Promise.all(Array.from({ length: 30 }, customer));
    const sales = await Promise.all(people.map((who) => sell(who, 1_000)));
    const job = async () => {
      for (let tries = 0; tries < 40; tries += 1) await release({ db, now: day(15) }, {}, 7);
    };
    await Promise.all([
      ...Array.from({ length: 4 }, job),
      ...sales.slice(0, 10).map(({ saleId }) => giveBack(saleId, 500, day(15))),
      ...sales.slice(10, 15).map(({ saleId }) => byHand(saleId).catch(() => undefined)),
    ]);
    while ((await release({ db, now: day(15) })) > 0);
    const balances = await Promise.all(people.map(async ({ id }) => (await walletOf(db, id)).balance));
    expect(balances).toEqual(people.map((_, index) => (index < 10 ? 5 : 10)));
  });

  it('are only looked for where some may wait', async () => {
    const other = await freshDatabase({ max: 2 });
    try {
      const { version } = await published(other, rulesOf(plainProgram));
      expect(await mayWait({ db: other }, version)).toBe(false);
      const next = await published(other, waiting);
      expect(await mayWait({ db: other }, next.version)).toBe(true);
    } finally {
      await other.close();
    }
  });

  it('leave a ledger that verifies', async () => {
    expect(await verify(db)).toMatchObject({ problems: [], problemCount: 0 });
  });
});
