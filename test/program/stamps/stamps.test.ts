import { afterAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/program/context.ts';
import type { Rules } from '../../../src/program/rules/rules.ts';
import { undoStamps } from '../../../src/program/stamps/give.ts';
import { stampsFor } from '../../../src/program/stamps/stamps-for.ts';
import { asOwner, newMember, newPerson, undo } from '../../support/ledger.ts';
import { rules, stampDesk, start } from './desk.ts';

const { db, program, ben, olga, act, buy, give, back, use, counts, open } = await stampDesk();
afterAll(() => db.close());

describe('stamps for what is left of a purchase', () => {
  const [visits, cups] = rules.stamps as [Rules['stamps'][0], Rules['stamps'][0]];
  const sale = (amountMinor: number, leftMinor: number, pieces: number) => ({
    amountMinor,
    leftMinor,
    items: [
      { category: 'coffee', pieces },
      { category: 'cake', pieces: 9 },
    ],
  });

  it('are one from the minimum on, boundary included', () => {
    expect([499, 500, 1000].map((amount) => stampsFor(visits, sale(amount, amount, 0)))).toEqual([0, 1, 1]);
    expect([500, 499, 0].map((left) => stampsFor(visits, sale(1000, left, 0)))).toEqual([1, 0, 0]);
  });

  it('are the pieces of its categories, as many as of the money', () => {
    expect([1000, 999, 667, 666, 333, 1, 0].map((left) => stampsFor(cups, sale(1000, left, 3)))).toEqual([3, 2, 2, 1, 0, 0, 0]);
  });
});

describe('a purchase', () => {
  it('stamps every card that it fits, and says so', async () => {
    const anna = await newMember(db);
    const done = await buy(anna, 600, 3);
    expect(done.outcome).toMatchObject({
      stamps: [
        { card: 'visits', stamps: 1, count: 1, of: 4, coupons: [] },
        { card: 'cups', stamps: 3, count: 3, of: 5, coupons: [] },
      ],
    });
    expect((await buy(anna, 499)).outcome).toBeNull();
    expect(await counts(anna)).toEqual({ visits: 1, cups: 3 });
  });

  it('that fills a card gives its coupon at once, and what is over counts for the next; several at once too', async () => {
    const anna = await newMember(db);
    const done = await buy(anna, 600, 13);
    const [cup, other, ...more] = await open(anna);
    expect(more).toEqual([]);
    expect([cup?.reward, other?.reward, cup?.source]).toEqual(['cup', 'cup', 'stamps']);
    expect(done.outcome).toMatchObject({
      stamps: [{ card: 'visits' }, { card: 'cups', count: 3, coupons: [cup?.code, other?.code] }],
    });
    expect(await counts(anna)).toEqual({ visits: 1, cups: 3 });
  });

  it('delivered twice stamps once', async () => {
    const anna = await newMember(db);
    const first = await buy(anna, 600, 6, { key: 'twice' });
    expect(await buy(anna, 600, 6, { key: 'twice' })).toEqual(first);
    expect(await counts(anna)).toEqual({ visits: 1, cups: 1 });
    expect(await open(anna)).toHaveLength(1);
  });
});

describe('a refund', () => {
  it('takes the stamp when what is left is below the minimum, and only once', async () => {
    const anna = await newMember(db);
    const { saleId } = await buy(anna, 1000, 4);
    await back(saleId, 500);
    expect(await counts(anna)).toEqual({ visits: 1, cups: 2 });
    await back(saleId, 1);
    expect(await counts(anna)).toEqual({ visits: 0, cups: 1 });
    await undo(act({ actor: olga }), { saleId });
    expect(await counts(anna)).toEqual({ visits: 0, cups: 0 });
  });

  it('cancels the coupon that the card would not have given, as long as nobody used it', async () => {
    const anna = await newMember(db);
    await buy(anna, 600, 4);
    const { saleId } = await buy(anna, 600, 2);
    const [coupon] = await open(anna);
    await back(saleId);
    expect(await counts(anna)).toEqual({ visits: 1, cups: 4 });
    expect(await open(anna)).toEqual([]);
    await expect(use(coupon?.code ?? '')).rejects.toMatchObject({ code: 'coupon.cancelled' });
  });

  it('lets the next stamps make up for a coupon that was used', async () => {
    const anna = await newMember(db);
    await buy(anna, 600, 4);
    const { saleId } = await buy(anna, 600, 2);
    await use((await open(anna))[0]?.code ?? '');
    await back(saleId);
    expect(await counts(anna)).toMatchObject({ cups: -1 });
    await buy(anna, 600, 5);
    expect(await counts(anna)).toMatchObject({ cups: 4 });
    expect(await open(anna)).toEqual([]);
    await buy(anna, 600, 1);
    expect(await open(anna)).toHaveLength(1);
  });

  it('gives back the stamps of a coupon that ended unused', async () => {
    const anna = await newMember(db);
    await buy(anna, 600, 4);
    const { saleId } = await buy(anna, 600, 1);
    const later = new Date('2026-08-01T09:00:00Z');
    await back(saleId, undefined, { now: later });
    expect(await counts(anna)).toMatchObject({ cups: 4 });
  });
});

describe('stamps by themselves', () => {
  it('are given once per key, and say how full the card is', async () => {
    const anna = await newMember(db);
    const first = await give(anna, 'cups', 4, { key: 'hand-1' });
    expect(first).toMatchObject({ stamps: 4, count: 4, of: 5, coupons: [] });
    const second = await give(anna, 'cups', 3);
    expect(second).toMatchObject({ stamps: 3, count: 2, coupons: [expect.any(String)] });
    expect(await give(anna, 'cups', 4, { key: 'hand-1' })).toEqual(first);
    await expect(give(anna, 'cups', 3, { key: 'hand-1' })).rejects.toMatchObject({ code: 'ledger.key_reused' });
    expect(await counts(anna)).toMatchObject({ cups: 2 });
  });

  it('are refused to oneself, from a customer, too many, and for a card that is not there', async () => {
    const anna = await newMember(db);
    const { personId, actor } = await newPerson(db, 'staff');
    await db.prisma.member.update({ where: { id: anna.id }, data: { personId } });
    await expect(give(anna, 'cups', 1, { actor })).rejects.toMatchObject({ code: 'stamps.self' });
    await expect(give(anna, 'cups', 1, { actor: (await newPerson(db, null)).actor })).rejects.toMatchObject({
      code: 'staff.only',
    });
    await expect(give(anna, 'cups', 6)).rejects.toMatchObject({ code: 'stamps.too_many', params: { count: 5 } });
    await expect(give(anna, 'tea', 1)).rejects.toMatchObject({ code: 'stamps.none' });
    await expect(give({ code: 'nobody' }, 'cups', 1)).rejects.toMatchObject({ code: 'member.unknown' });
    expect(await counts(anna)).toMatchObject({ cups: 0 });
  });

  it('can be taken back once: within ten minutes by who gave them, later by an owner; the coupon goes with them', async () => {
    const anna = await newMember(db);
    await give(anna, 'cups', 4);
    const { id } = await give(anna, 'cups', 2);
    const at = (minutes: number): Date => new Date(start.getTime() + minutes * 60_000);
    const takeBack = (actor: Actor, minutes: number, key?: string) =>
      undoStamps(act({ now: at(minutes), actor, ...(key ? { key } : {}) }), id, program);
    await expect(takeBack((await newPerson(db, 'staff')).actor, 1)).rejects.toMatchObject({ code: 'stamps.undo_not_yours' });
    await expect(takeBack(ben, 11)).rejects.toMatchObject({ code: 'stamps.undo_too_late', params: { count: 10 } });
    const done = await takeBack(olga, 11, 'undo-1');
    expect(done).toMatchObject({ stamps: -2, count: 4, coupons: [expect.any(String)] });
    expect(await takeBack(olga, 11, 'undo-1')).toEqual(done);
    await expect(takeBack(olga, 12)).rejects.toMatchObject({ code: 'stamps.already_undone' });
    expect(await open(anna)).toEqual([]);
    await expect(undoStamps(act(), 999_999, program)).rejects.toMatchObject({
      code: 'stamps.unknown',
    });
  });
});

describe('at the same moment', () => {
  it('many purchases fill a card as often as one after the other', async () => {
    const anna = await newMember(db);
    await Promise.all(Array.from({ length: 11 }, () => buy(anna, 700, 1)));
    expect(await counts(anna)).toEqual({ visits: 3, cups: 1 });
    expect((await open(anna)).map(({ reward }) => reward).sort()).toEqual(['cup', 'cup', 'five', 'five']);
  });

  it('one key gives stamps once, and one undo takes them', async () => {
    const anna = await newMember(db);
    const done = await Promise.all(Array.from({ length: 8 }, () => give(anna, 'cups', 2, { key: 'race-1' })));
    expect(new Set(done.map((one) => JSON.stringify(one))).size).toBe(1);
    const undone = await Promise.allSettled(Array.from({ length: 8 }, () => undoStamps(act(), done[0]?.id ?? 0, program)));
    expect(undone.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await counts(anna)).toMatchObject({ cups: 0 });
  });

  it('a coupon is used or cancelled, and the card agrees with it', async () => {
    for (let round = 0; round < 8; round += 1) {
      const anna = await newMember(db);
      await buy(anna, 600, 4);
      const { saleId } = await buy(anna, 600, 1);
      const code = (await open(anna))[0]?.code ?? '';
      const [used] = await Promise.allSettled([use(code), back(saleId)]);
      expect(await counts(anna)).toMatchObject({ cups: used?.status === 'fulfilled' ? -1 : 4 });
    }
  });
});

it('keeps its movements: the application may not write them, and nobody may change them', async () => {
  const anna = await newMember(db);
  const data = { memberId: anna.id, card: 'cups', delta: 1, kind: 'hand', actorId: 1, key: 'forged', part: 0, at: start };
  await expect(db.prisma.stamp.create({ data })).rejects.toThrow(/permission denied/);
  await give(anna, 'cups', 1);
  await asOwner(db.url, async (client) => {
    await expect(client.query('UPDATE stamp SET delta = 2')).rejects.toThrow(/append-only/);
    await expect(client.query('DELETE FROM stamp')).rejects.toThrow(/append-only/);
    await expect(client.query('TRUNCATE stamp')).rejects.toThrow(/append-only/);
  });
});
