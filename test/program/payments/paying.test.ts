import { afterAll, describe, expect, it } from 'vitest';
import type { Context } from '../../../src/program/context.ts';
import { paidBack, pointsTakenBy } from '../../../src/program/ledger/points-back.ts';
import { refund } from '../../../src/program/ledger/refund.ts';
import { refundTerms } from '../../../src/program/ledger/refund-terms.ts';
import { refundableSale } from '../../../src/program/ledger/sales.ts';
import { spend } from '../../../src/program/ledger/spend.ts';
import { undo } from '../../../src/program/ledger/undo.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { confirmPayment, declinePayment, withdrawPayment } from '../../../src/program/payments/answer-payment.ts';
import { askPayment, type BillToPay } from '../../../src/program/payments/ask-payment.ts';
import { expirePayments } from '../../../src/program/payments/expire-payments.ts';
import { Refusal } from '../../../src/program/refusal.ts';
import type { Rules } from '../../../src/program/rules/rules.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, credit, newMember, newPerson, plainProgram, published, rulesOf, walletOf } from '../../support/ledger.ts';

const db = await freshDatabase({ max: 16 });
afterAll(() => db.close());

const now = new Date('2026-03-01T12:00:00Z');
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const half = { points: 100, worthMinor: 100, sharePercent: 5_000, earnOn: 'paid' } as const;
const rules: Rules = { ...rulesOf(plainProgram), pay: half };
const staff = await newPerson(db, 'staff');
await db.prisma.address.create({
  data: { personId: staff.personId, channel: 'tea', user: 'staff', chat: 'staff', usedAt: now },
});

/** A member with a chat and so many points. */
async function customer(points: number, more: { ends?: number } = {}) {
  const { personId, actor } = await newPerson(db, null);
  const { id, code } = await newMember(db);
  await db.prisma.member.update({ where: { id }, data: { personId } });
  const address = { personId, channel: 'tea', user: `u${personId}`, chat: `u${personId}`, usedAt: now };
  await db.prisma.address.create({ data: address });
  const program = { ...plainProgram, expiryMonths: more.ends ?? null };
  if (points > 0) await credit(contextOf(db, now), { member: code, amountMinor: points * 100, currency: 'EUR' }, program, 'UTC');
  return { id, code, personId, actor };
}
type Customer = Awaited<ReturnType<typeof customer>>;

const balanceOf = async ({ id }: Customer) => (await walletOf(db, id)).balance;
const ctxOf = (one: Pick<Customer, 'actor'>, at = now, key?: string): Context =>
  contextOf(db, at, { actor: one.actor, ...(key === undefined ? {} : { key }) });
const told = async (personId: number) =>
  (await db.prisma.delivery.findMany({ where: { personId, notice: { startsWith: 'pay' } }, orderBy: { id: 'asc' } })).map(
    ({ notice, params }) => ({
      notice,
      ...(params as object),
    }),
  );

async function ask(
  who: Customer,
  amountMinor: number,
  more: Partial<BillToPay> & { rules?: Rules; at?: Date; key?: string } = {},
) {
  const { rules: other, at = now, key, ...bill } = more;
  const program = await published(db, other ?? rules);
  const find = async () => ({ balance: await balanceOf(who) });
  const whole = { member: who.code, amountMinor, currency: 'EUR', ...bill };
  return askPayment(ctxOf(staff, at, key), whole, { program, timeZone: 'UTC', place: 'Café Liepa', find });
}
const yes = (who: Customer, paymentId: number, at = later(1), key?: string) =>
  confirmPayment(ctxOf(who, at, key), paymentId, 'UTC');
const codes = async (asked: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(asked)).map((one) =>
    one.status === 'fulfilled' ? 'done' : one.reason instanceof Refusal ? one.reason.code : String(one.reason),
  );

describe('paying with points', () => {
  it('asks the member, moves nothing before, then spends and credits in one', async () => {
    const anna = await customer(500);
    const asked = await ask(anna, 2_000, { receipt: 'P-1' });
    expect(asked).toMatchObject({ points: 500, worthMinor: 500, dueMinor: 2_000, moneyMinor: 1_500 });
    expect(await balanceOf(anna)).toBe(500);
    expect(await told(anna.personId)).toMatchObject([
      { notice: 'pay-ask', payment: asked.paymentId, place: 'Café Liepa', points: 500, worthMinor: 500, dueMinor: 2_000 },
    ]);
    const done = await yes(anna, asked.paymentId);
    // 15.00 of it were paid with money: 15 points.
    expect(done).toMatchObject({ points: 15, paidPoints: 500, moneyMinor: 1_500, balance: 15, receipt: 'P-1' });
    expect(await balanceOf(anna)).toBe(15);
    const entries = await db.prisma.entry.findMany({ where: { saleId: BigInt(done.saleId) }, orderBy: { id: 'asc' } });
    expect(entries.map(({ kind, delta }) => [kind, Number(delta)])).toEqual([
      ['credit', 15],
      ['spend', -500],
    ]);
    expect((await told(staff.personId)).at(-1)).toMatchObject({
      notice: 'pay-done',
      person: anna.personId,
      points: 500,
      worthMinor: 500,
      dueMinor: 2_000,
      sale: done.saleId,
    });
  });

  it('never pays with what the same purchase has just given, also when that ends first', async () => {
    const anna = await customer(100);
    const ending: Rules = { ...rules, expiry: { policy: 'months', months: 1, end: 'day' } };
    const { paymentId } = await ask(anna, 2_000, { rules: ending });
    await yes(anna, paymentId);
    expect((await walletOf(db, anna.id)).lots).toEqual([
      { earned: 100, remaining: 0 },
      { earned: 19, remaining: 19 },
    ]);
  });

  it('earns on the whole bill where the rules say so, and may pay all of it', async () => {
    const anna = await customer(2_000);
    const whole: Rules = { ...rules, pay: { ...half, sharePercent: 10_000, earnOn: 'bill' } };
    const { paymentId, moneyMinor } = await ask(anna, 2_000, { rules: whole });
    expect(moneyMinor).toBe(0);
    expect(await yes(anna, paymentId)).toMatchObject({ points: 20, balance: 20, moneyMinor: 0 });
    const nothing: Rules = { ...rules, pay: { ...half, sharePercent: 10_000 } };
    const ben = await customer(2_000);
    expect(await yes(ben, (await ask(ben, 2_000, { rules: nothing })).paymentId)).toMatchObject({ points: 0, balance: 0 });
  });

  it('is refused without a chat, to oneself, without such a rule, with too little, for a used receipt', async () => {
    const paper = await newMember(db);
    await credit(contextOf(db, now), { member: paper.code, amountMinor: 50_000, currency: 'EUR' }, plainProgram, 'UTC');
    await expect(ask({ ...paper, ...staff }, 2_000)).rejects.toMatchObject({ code: 'payment.no_chat' });
    const anna = await customer(500);
    const { pay: _, ...off } = rules;
    await expect(ask(anna, 2_000, { rules: off })).rejects.toMatchObject({ code: 'payment.off' });
    await expect(ask(anna, 150)).rejects.toMatchObject({ code: 'payment.bill_too_small' });
    await expect(ask(await customer(99), 2_000)).rejects.toMatchObject({
      code: 'payment.card_too_low',
      params: { balance: 99, points: 100 },
    });
    await credit(
      contextOf(db, now),
      { member: anna.code, amountMinor: 100, currency: 'EUR', receipt: 'P-used' },
      plainProgram,
      'UTC',
    );
    await expect(ask(anna, 2_000, { receipt: 'P-used' })).rejects.toMatchObject({ code: 'ledger.receipt_used' });
    await db.prisma.staff.create({ data: { personId: anna.personId, role: 'staff', since: now } });
    const program = await published(db, rules);
    const self = askPayment(
      ctxOf(anna),
      { member: anna.code, amountMinor: 2_000, currency: 'EUR' },
      {
        ...{ program, timeZone: 'UTC', place: 'x' },
        find: async () => ({ balance: 500 }),
      },
    );
    await expect(self).rejects.toMatchObject({ code: 'ledger.self_credit' });
  });

  it('is for the member alone', async () => {
    const [anna, eve] = [await customer(500), await customer(500)];
    const { paymentId } = await ask(anna, 2_000);
    for (const other of [eve, staff])
      expect(
        await codes([confirmPayment(ctxOf(other, later(1)), paymentId, 'UTC'), declinePayment(ctxOf(other), paymentId)]),
      ).toEqual(['payment.unknown', 'payment.unknown']);
    await expect(withdrawPayment(ctxOf(eve), paymentId)).rejects.toMatchObject({ code: 'staff.only' });
    await withdrawPayment(ctxOf(staff), paymentId);
    await expect(yes(anna, 999_999)).rejects.toMatchObject({ code: 'payment.unknown' });
    expect(await balanceOf(anna)).toBe(500);
  });

  it('ends with a no, with a newer question, when staff take it back, and after ten minutes', async () => {
    const anna = await customer(500);
    const first = await ask(anna, 2_000);
    await declinePayment(ctxOf(anna), first.paymentId);
    expect((await told(staff.personId)).at(-1)).toMatchObject({ notice: 'pay-declined', dueMinor: 2_000 });
    expect(await codes([yes(anna, first.paymentId)])).toEqual(['payment.declined']);
    const [older, newer] = [await ask(anna, 2_000), await ask(anna, 1_000)];
    expect(await codes([yes(anna, older.paymentId)])).toEqual(['payment.withdrawn']);
    await withdrawPayment(ctxOf(staff), newer.paymentId);
    expect(await codes([yes(anna, newer.paymentId)])).toEqual(['payment.withdrawn']);
    const last = await ask(anna, 2_000);
    // Also before the job has run.
    expect(await codes([yes(anna, last.paymentId, later(10))])).toEqual(['payment.expired']);
    expect(await expirePayments({ db, now: later(9.9) })).toBe(0);
    expect(await expirePayments({ db, now: later(10) })).toBe(1);
    expect(await expirePayments({ db, now: later(11) })).toBe(0);
    expect((await told(staff.personId)).at(-1)).toMatchObject({ notice: 'pay-unanswered' });
    expect((await told(anna.personId)).filter(({ notice }) => notice === 'pay-over')).toMatchObject([
      { why: 'withdrawn' },
      { why: 'expired' },
    ]);
    expect(await codes([yes(anna, last.paymentId, later(9))])).toEqual(['payment.expired']);
    expect(await balanceOf(anna)).toBe(500);
  });

  it('asked again with the same key is the same question, also when it was answered since', async () => {
    const anna = await customer(500);
    const first = await ask(anna, 2_000, { key: 'ask-again' });
    await yes(anna, first.paymentId);
    expect(await ask(anna, 2_000, { key: 'ask-again' })).toEqual(first);
    await expect(ask(anna, 2_100, { key: 'ask-again' })).rejects.toMatchObject({ code: 'ledger.key_reused' });
    expect(await db.prisma.payment.count({ where: { memberId: anna.id } })).toBe(1);
  });
});

describe('at the same time', () => {
  it('twenty confirmations pay once and are answered alike', async () => {
    const anna = await customer(500);
    const { paymentId } = await ask(anna, 2_000);
    const replies = await Promise.all(Array.from({ length: 20 }, () => yes(anna, paymentId)));
    expect(new Set(replies.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await balanceOf(anna)).toBe(15);
    expect(await db.prisma.sale.count({ where: { memberId: anna.id } })).toBe(2);
  });

  it('yes against no, against staff, against the clock, and against spending: one of them wins, and the points agree', async () => {
    for (const other of ['no', 'staff', 'clock', 'spend'] as const) {
      for (let round = 0; round < 6; round += 1) {
        const anna = await customer(500);
        const { paymentId } = await ask(anna, 2_000, round % 2 === 0 ? {} : { wanted: 400 });
        const rival =
          other === 'no'
            ? declinePayment(ctxOf(anna), paymentId)
            : other === 'staff'
              ? withdrawPayment(ctxOf(staff), paymentId)
              : other === 'clock'
                ? expirePayments({ db, now: later(10) })
                : spend(contextOf(db, now), { memberId: anna.id, points: 450, reason: {} });
        const [paid, rivalled] = await codes([yes(anna, paymentId), rival]);
        const { state, points } = await db.prisma.payment.findUniqueOrThrow({ where: { id: BigInt(paymentId) } });
        const spent = other === 'spend' && rivalled === 'done' ? 450 : 0;
        expect(state === 'paid').toBe(paid === 'done');
        expect(await balanceOf(anna)).toBe(
          500 - spent + (paid === 'done' ? -Number(points) + (2_000 - Number(points)) / 100 : 0),
        );
        if (paid !== 'done')
          expect(paid).toBe(
            { no: 'payment.declined', staff: 'payment.withdrawn', clock: 'payment.expired', spend: 'ledger.not_enough' }[other],
          );
        if (other === 'no' || other === 'staff') expect([paid, rivalled]).toContain('done');
      }
    }
  });

  it('an undo against a second press: undone once, never paid again', async () => {
    const anna = await customer(500);
    const { paymentId } = await ask(anna, 2_000);
    const { saleId } = await yes(anna, paymentId);
    const results = await codes([
      undo(ctxOf(staff, later(2)), { saleId, timeZone: 'UTC' }),
      ...Array.from({ length: 5 }, () => yes(anna, paymentId, later(2))),
    ]);
    expect(results[0]).toBe('done');
    for (const one of results.slice(1)) expect(['done', 'ledger.already_undone']).toContain(one);
    expect(await balanceOf(anna)).toBe(500);
    expect(await codes([yes(anna, paymentId, later(3))])).toEqual(['ledger.already_undone']);
  });
});

describe('a purchase paid partly with points, refunded', () => {
  it('gives money and points back in the proportion of the bill, with the ends they had; any parts equal the whole', async () => {
    const lived = async (parts: readonly number[]) => {
      const anna = await customer(330, { ends: 12 });
      const { paymentId } = await ask(anna, 1_999);
      const { saleId } = await yes(anna, paymentId);
      let money = 0;
      for (const amountMinor of parts) {
        const sale = await refundableSale({ db, now: later(2) }, saleId);
        const terms = await refundTerms({ db, now: later(2) }, sale, amountMinor, 'UTC');
        const [taken, back] = [pointsTakenBy(sale, terms), paidBack(sale, amountMinor)];
        const done = await refund(ctxOf(staff, later(2)), { saleId, amountMinor, timeZone: 'UTC' });
        expect(done).toMatchObject({
          points: taken.points,
          owed: taken.owed,
          returned: back.points,
          moneyMinor: back.moneyMinor,
        });
        money += done.moneyMinor;
      }
      expect(money).toBe(1_699);
      const lots = await db.prisma.lot.findMany({ where: { memberId: anna.id, remaining: { gt: 0 } } });
      expect(new Set(lots.map(({ expiresAt }) => expiresAt?.toISOString()))).toEqual(new Set(['2027-03-02T00:00:00.000Z']));
      return walletOf(db, anna.id).then(({ balance, debt, carry }) => ({ balance, debt, carry }));
    };
    const whole = await lived([1_999]);
    expect(whole).toMatchObject({ balance: 330, debt: 0 });
    for (const parts of [
      [1, 1_998],
      [700, 700, 599],
      [333, 333, 333, 1_000],
      [1_998, 1],
    ])
      expect(await lived(parts)).toEqual(whole);
  });

  it('after they have ended brings them back ended', async () => {
    const anna = await customer(300, { ends: 1 });
    const { paymentId } = await ask(anna, 2_000);
    const { saleId } = await yes(anna, paymentId);
    const done = await refund(ctxOf(staff, new Date('2026-06-01T00:00:00Z')), { saleId, timeZone: 'UTC' });
    expect(done).toMatchObject({ returned: 300, moneyMinor: 1_700, balance: 0 });
  });

  it('leaves a ledger that verifies', async () => {
    expect(await verify(db)).toMatchObject({ problems: [], problemCount: 0 });
  });
});
