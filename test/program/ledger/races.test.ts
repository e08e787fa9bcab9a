import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expire } from '../../../src/program/ledger/expire.ts';
import { spend } from '../../../src/program/ledger/spend.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { Refusal } from '../../../src/program/refusal.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, credit, newMember, newPerson, plainProgram, refund, undo, walletOf } from '../../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');
const later = (ms: number) => new Date(now.getTime() + ms);

describe('at the same time', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  beforeAll(async () => {
    db = await freshDatabase({ max: 16 });
  });
  afterAll(() => db.close());

  const give = (code: string, amountMinor: number, key?: string) =>
    credit(
      contextOf(db, now, key === undefined ? {} : { key }),
      { member: code, amountMinor, currency: 'EUR' },
      plainProgram,
      'UTC',
    );
  const outcomes = async (asked: Promise<unknown>[]) => {
    const settled = await Promise.allSettled(asked);
    const codes = settled.map((one) =>
      one.status === 'fulfilled' ? 'done' : one.reason instanceof Refusal ? one.reason.code : String(one.reason),
    );
    return Object.fromEntries([...new Set(codes)].map((code) => [code, codes.filter((other) => other === code).length]));
  };

  it('of 200 spends of the whole balance over 16 connections exactly one wins', async () => {
    const member = await newMember(db);
    await give(member.code, 10_000);
    const spends = Array.from({ length: 200 }, () => spend(contextOf(db, now), { memberId: member.id, points: 100, reason: {} }));
    expect(await outcomes(spends)).toEqual({ done: 1, 'ledger.not_enough': 199 });
    expect((await walletOf(db, member.id)).balance).toBe(0);
  });

  it('one key asked five times has one effect and one answer', async () => {
    const member = await newMember(db);
    const credits = await Promise.all(Array.from({ length: 5 }, () => give(member.code, 5_000, 'once-credit')));
    expect(new Set(credits.map((one) => JSON.stringify(one))).size).toBe(1);
    const spends = await Promise.all(
      Array.from({ length: 5 }, () =>
        spend(contextOf(db, now, { key: 'once-spend' }), { memberId: member.id, points: 7, reason: { for: 'tea' } }),
      ),
    );
    expect(new Set(spends.map((one) => JSON.stringify(one))).size).toBe(1);
    expect((await walletOf(db, member.id)).balance).toBe(43);
    const saleId = credits[0]?.saleId ?? 0;
    const undos = await Promise.all(Array.from({ length: 5 }, () => undo(contextOf(db, now, { key: 'once-undo' }), { saleId })));
    expect(new Set(undos.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await walletOf(db, member.id)).toMatchObject({ balance: 0, debt: 7 });
  });

  it('one key with five requests has one effect, and the others are refused', async () => {
    const members = await Promise.all([1, 2, 3, 4, 5].map(() => newMember(db)));
    expect(await outcomes(members.map(({ code }) => give(code, 900, 'same-credit')))).toEqual({
      done: 1,
      'ledger.key_reused': 4,
    });
    const rich = await Promise.all(members.map(async (member) => ({ ...member, sale: await give(member.code, 1_000) })));
    expect(
      await outcomes(
        rich.map(({ id }) => spend(contextOf(db, now, { key: 'same-spend' }), { memberId: id, points: 2, reason: {} })),
      ),
    ).toEqual({
      done: 1,
      'ledger.key_reused': 4,
    });
    expect(
      await outcomes(rich.map(({ sale }) => undo(contextOf(db, now, { key: 'same-undo' }), { saleId: sale.saleId }))),
    ).toEqual({
      done: 1,
      'ledger.key_reused': 4,
    });
    await expect(give(members[0]?.code ?? '', 901, 'same-credit')).rejects.toMatchObject({ code: 'ledger.key_reused' });
  });

  it('one receipt credited by two staff to two members counts once', async () => {
    const [one, two] = [await newPerson(db, 'staff'), await newPerson(db, 'staff')];
    const [first, second] = [await newMember(db), await newMember(db)];
    const by = (actor: typeof one.actor, member: string) =>
      credit(
        contextOf(db, now, { actor }),
        { member, amountMinor: 1_250, currency: 'EUR', receipt: 'R-77' },
        plainProgram,
        'UTC',
      );
    expect(await outcomes([by(one.actor, first.code), by(two.actor, second.code)])).toEqual({
      done: 1,
      'ledger.receipt_used': 1,
    });
    expect((await walletOf(db, first.id)).balance + (await walletOf(db, second.id)).balance).toBe(12);
    await expect(by(one.actor, first.code)).rejects.toMatchObject({
      code: 'ledger.receipt_used',
      params: { receipt: 'R-77', amountMinor: 1_250, currency: 'EUR', at: expect.any(String) },
    });
  });

  it('one sale undone by many is undone once', async () => {
    const member = await newMember(db);
    const { saleId } = await give(member.code, 3_000);
    const undos = Array.from({ length: 30 }, () => undo(contextOf(db, now), { saleId }));
    expect(await outcomes(undos)).toEqual({ done: 1, 'ledger.already_undone': 29 });
    expect(await walletOf(db, member.id)).toMatchObject({ balance: 0, debt: 0 });
  });

  it('one sale refunded by two staff never gives back more than was paid', async () => {
    const [one, two] = [await newPerson(db, 'staff'), await newPerson(db, 'staff')];
    const member = await newMember(db);
    const { saleId } = await give(member.code, 1_250);
    const by = (actor: typeof one.actor) => refund(contextOf(db, now, { actor }), { saleId, amountMinor: 700 });
    expect(await outcomes([by(one.actor), by(two.actor)])).toEqual({ done: 1, 'refund.too_much': 1 });
    await expect(by(two.actor)).rejects.toMatchObject({
      code: 'refund.too_much',
      params: { paid: 1_250, refunded: 700, left: 550 },
    });
    const parts = Array.from({ length: 24 }, () => refund(contextOf(db, now), { saleId, amountMinor: 50 }));
    expect(await outcomes(parts)).toEqual({ done: 11, 'ledger.already_undone': 13 });
    expect(await walletOf(db, member.id)).toMatchObject({ balance: 0, debt: 0, carry: { numerator: 0, denominator: 100 } });
  });

  it('an undo and refunds of parts take everything back once', async () => {
    const member = await newMember(db);
    const { saleId } = await give(member.code, 2_000);
    const asked = [
      ...Array.from({ length: 6 }, () => refund(contextOf(db, now), { saleId, amountMinor: 330 })),
      undo(contextOf(db, now), { saleId }),
    ];
    await Promise.allSettled(asked);
    const { _sum: sum } = await db.prisma.refund.aggregate({ where: { saleId }, _sum: { amountMinor: true } });
    expect(sum.amountMinor).toBe(2_000n);
    expect(await walletOf(db, member.id)).toMatchObject({ balance: 0, debt: 0, carry: { numerator: 0, denominator: 100 } });
  });

  it('one key of a refund asked five times has one effect and one answer; with another amount it is refused', async () => {
    const member = await newMember(db);
    const { saleId } = await give(member.code, 2_000);
    const once = (amountMinor: number) => refund(contextOf(db, now, { key: 'once-refund' }), { saleId, amountMinor });
    const refunds = await Promise.all(Array.from({ length: 5 }, () => once(700)));
    expect(new Set(refunds.map((one) => JSON.stringify(one))).size).toBe(1);
    await refund(contextOf(db, now), { saleId, amountMinor: 100 });
    expect(await once(700)).toEqual(refunds[0]);
    await expect(once(701)).rejects.toMatchObject({ code: 'ledger.key_reused' });
    expect((await walletOf(db, member.id)).balance).toBe(12);
  });

  it('expiry and spending take each point once', async () => {
    const members = await Promise.all(Array.from({ length: 8 }, () => newMember(db)));
    const months = { ...plainProgram, expiryMonths: 1 };
    for (const { code } of members) {
      await credit(contextOf(db, now), { member: code, amountMinor: 5_000, currency: 'EUR' }, months, 'UTC');
      await credit(contextOf(db, now), { member: code, amountMinor: 1_000, currency: 'EUR' }, plainProgram, 'UTC');
    }
    const then = later(40 * 24 * 3_600_000);
    const spends = members.flatMap(({ id }) =>
      Array.from({ length: 12 }, () => spend(contextOf(db, then), { memberId: id, points: 1, reason: {} })),
    );
    const jobs = Array.from({ length: 6 }, () => expire({ db, now: then }, 3));
    const [spent] = await Promise.all([outcomes(spends), ...jobs]);
    expect(spent).toEqual({ done: 80, 'ledger.not_enough': 16 });
    for (const { id } of members) expect((await walletOf(db, id)).balance).toBe(0);
    expect(await expire({ db, now: then })).toBe(0);
  });

  it('leaves a ledger that verifies', async () => {
    expect(await verify(db)).toMatchObject({ problems: [], problemCount: 0 });
  });
});
