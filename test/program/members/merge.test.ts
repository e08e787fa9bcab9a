import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spend } from '../../../src/program/ledger/spend.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { findMember } from '../../../src/program/members/find.ts';
import { mergeMembers, mergesOf, partMembers } from '../../../src/program/members/merge.ts';
import { Refusal } from '../../../src/program/refusal.ts';
import { plainRules, type Rules } from '../../../src/program/rules/rules.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, credit, newMember, newPerson, plainProgram, refund, walletOf } from '../../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');
const later = new Date('2026-09-01T00:00:00Z');
const rules: Rules = plainRules(100);
const short = { ...plainProgram, expiryMonths: 3 };

describe('two cards of one person', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  let owner: Awaited<ReturnType<typeof newPerson>>;
  beforeAll(async () => {
    db = await freshDatabase({ max: 16 });
    owner = await newPerson(db, 'owner');
  });
  afterAll(() => db.close());

  type Card = { id: number; code: string };
  const sell = (card: Card, amountMinor: number, program = plainProgram, at = now) =>
    credit(contextOf(db, at), { member: card.code, amountMinor, currency: 'EUR' }, program, 'UTC');
  const pay = (card: Card, points: number) => spend(contextOf(db, now), { memberId: card.id, points, reason: {} });
  const asOwner = (key?: string, at = now) => contextOf(db, at, { actor: owner.actor, ...(key === undefined ? {} : { key }) });
  const merge = (one: Card, other: Card, key?: string) =>
    mergeMembers(asOwner(key), { one: one.id, other: other.id }, rules, 'UTC');
  const part = (mergeId: number, key?: string, at = now) => partMembers(asOwner(key, at), { mergeId }, rules, 'UTC');
  const balance = async (card: Card) => (await walletOf(db, card.id)).balance;
  const right = async () => expect((await verify(db)).problems).toEqual([]);
  const code = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
    );
  const entries = (card: Card) =>
    db.prisma.entry.findMany({
      where: { memberId: card.id },
      orderBy: { version: 'asc' },
      select: { kind: true, delta: true, debt: true },
    });

  it('become one: points with their ends, purchases and remainders; the closed code finds the open card', async () => {
    const [kept, gone] = [await newMember(db), await newMember(db)];
    await sell(kept, 1_060);
    const { saleId } = await sell(gone, 2_070, short);
    const lotBefore = await db.prisma.lot.findFirstOrThrow({ where: { memberId: gone.id } });
    const done = await merge(kept, gone);
    // 10 and 20 points, and 0.60 + 0.70 make one more.
    expect(done).toMatchObject({ points: 20, kept: { code: kept.code, balance: 31 }, merged: { code: gone.code, balance: 0 } });
    const lots = await db.prisma.lot.findMany({ where: { memberId: kept.id, remaining: { gt: 0 } }, orderBy: { id: 'asc' } });
    expect(lots.map(({ earned, saleId: sale }) => [Number(earned), sale === null ? null : Number(sale)])).toEqual([
      [10, expect.any(Number)],
      [20, saleId],
      [1, null],
    ]);
    expect(lots[1]).toMatchObject({ expiresAt: lotBefore.expiresAt, earnedAt: lotBefore.earnedAt, fromLotId: lotBefore.id });
    expect((await walletOf(db, kept.id)).carry).toEqual({ numerator: 30, denominator: 100 });
    expect((await db.prisma.sale.findUniqueOrThrow({ where: { id: saleId } })).memberId).toBe(kept.id);
    expect(await findMember(contextOf(db, now), gone.code, 'telegram')).toMatchObject({
      id: kept.id,
      code: kept.code,
      balance: 31,
    });
    // Shown at the till, the closed card earns for the open one.
    expect(await sell(gone, 170)).toMatchObject({ memberId: kept.id, points: 2, balance: 33 });
    expect(await refund(contextOf(db, now), { saleId })).toMatchObject({ memberId: kept.id, points: 20, balance: 13 });
    await right();
  });

  it('part again: what is left of what came goes back, and so do purchases and remainders', async () => {
    const [kept, gone] = [await newMember(db), await newMember(db)];
    await sell(kept, 1_060);
    await sell(gone, 2_070, short);
    const { saleId } = await sell(gone, 500, short);
    const { mergeId } = await merge(kept, gone);
    // The nearest end first: five of the twenty-five that came.
    await pay(kept, 5);
    await sell(gone, 300);
    const done = await part(mergeId);
    expect(done).toMatchObject({ back: 20, kept: { balance: 14 }, merged: { balance: 20 } });
    expect((await walletOf(db, gone.id)).carry).toEqual({ numerator: 70, denominator: 100 });
    // The point that both remainders made stays; its money is missing in the remainder.
    expect((await walletOf(db, kept.id)).carry).toEqual({ numerator: -40, denominator: 100 });
    expect(await db.prisma.sale.count({ where: { memberId: gone.id } })).toBe(2);
    expect(await db.prisma.sale.count({ where: { memberId: kept.id } })).toBe(2);
    expect(await findMember(contextOf(db, now), gone.code, 'telegram')).toMatchObject({ id: gone.id });
    expect(await refund(contextOf(db, now), { saleId })).toMatchObject({ memberId: gone.id, points: 5 });
    expect((await entries(gone)).map(({ kind }) => kind)).toEqual(['credit', 'credit', 'move_out', 'move_in', 'undo']);
    expect(await mergesOf(contextOf(db, now), gone.code)).toEqual([]);
    await right();
    // And once more one.
    expect(await merge(kept, gone)).toMatchObject({ points: 15 });
    await right();
  });

  it('settles a debt with what comes, and lets it stand again after a parting', async () => {
    const [kept, gone] = [await newMember(db), await newMember(db)];
    const { saleId } = await sell(gone, 3_000);
    await pay(gone, 30);
    await refund(contextOf(db, now), { saleId });
    expect(await walletOf(db, gone.id)).toMatchObject({ balance: 0, debt: 30 });
    await sell(kept, 2_000);
    const { mergeId } = await merge(kept, gone);
    expect(await walletOf(db, kept.id)).toMatchObject({ balance: 0, debt: 10 });
    await right();
    await part(mergeId);
    expect(await walletOf(db, kept.id)).toMatchObject({ balance: 20, debt: 0 });
    expect(await walletOf(db, gone.id)).toMatchObject({ balance: 0, debt: 30 });
    await right();
    // The other way round: points that came paid what the kept card owed.
    const back = await merge(gone, kept);
    expect(await walletOf(db, gone.id)).toMatchObject({ balance: 0, debt: 10 });
    await part(back.mergeId);
    expect(await walletOf(db, kept.id)).toMatchObject({ balance: 20, debt: 0 });
    expect(await walletOf(db, gone.id)).toMatchObject({ balance: 0, debt: 30 });
    await right();
  });

  it('in a row: parted in the order in which they came together', async () => {
    const [a, b, c] = [await newMember(db), await newMember(db), await newMember(db)];
    for (const [card, amount] of [
      [a, 100],
      [b, 200],
      [c, 300],
    ] as const)
      await sell(card, amount);
    const first = await merge(b, a);
    const second = await merge(c, b);
    expect(await balance(c)).toBe(6);
    expect(await findMember(contextOf(db, now), a.code, 'telegram')).toMatchObject({ id: c.id });
    expect(await code(part(first.mergeId))).toBe('merge.further');
    await right();
    await part(second.mergeId);
    expect([await balance(a), await balance(b), await balance(c)]).toEqual([0, 3, 3]);
    expect(await findMember(contextOf(db, now), a.code, 'telegram')).toMatchObject({ id: b.id });
    await right();
    await part(first.mergeId);
    expect([await balance(a), await balance(b), await balance(c)]).toEqual([1, 2, 3]);
    expect(
      await db.prisma.sale.groupBy({ by: ['memberId'], where: { memberId: { in: [a.id, b.id, c.id] } }, _count: true }),
    ).toHaveLength(3);
    expect(await code(part(first.mergeId))).toBe('merge.parted');
    await right();
  });

  it('refuses who may not, one card twice, and a closed card', async () => {
    const [one, other] = [await newMember(db), await newMember(db)];
    const staff = await newPerson(db, 'staff');
    const input = { one: one.id, other: other.id };
    expect(await code(mergeMembers(contextOf(db, now, { actor: staff.actor }), input, rules, 'UTC'))).toBe('owner.only');
    expect(await code(merge(one, one))).toBe('merge.same');
    const done = await merge(one, other, 'merge-once');
    expect(await merge(one, other, 'merge-once')).toEqual(done);
    expect(await code(merge(one, await newMember(db), 'merge-once'))).toBe('ledger.key_reused');
    expect(await code(merge(other, await newMember(db)))).toBe('member.merged');
    expect(await code(pay(other, 1))).toBe('member.merged');
    expect(await code(partMembers(contextOf(db, now, { actor: staff.actor }), { mergeId: done.mergeId }, rules, 'UTC'))).toBe(
      'owner.only',
    );
    expect(await code(part(0))).toBe('merge.unknown');
    const parted = await part(done.mergeId, 'part-once');
    expect(await part(done.mergeId, 'part-once')).toEqual(parted);
  });

  it('what ends while they are one, ends', async () => {
    const [kept, gone] = [await newMember(db), await newMember(db)];
    await sell(gone, 2_000, short);
    const { mergeId } = await merge(kept, gone);
    const done = await part(mergeId, undefined, later);
    expect(done).toMatchObject({ back: 0, kept: { balance: 0 }, merged: { balance: 0 } });
    expect((await entries(kept)).map(({ kind }) => kind)).toEqual(['move_in', 'expire']);
    await right();
  });

  it('at the same time: one merge, and what is bought and spent meanwhile is neither lost nor doubled', async () => {
    const [a, b] = [await newMember(db), await newMember(db)];
    await sell(a, 10_000);
    await sell(b, 10_000);
    const work = [
      ...Array.from({ length: 10 }, () => code(sell(a, 100))),
      ...Array.from({ length: 10 }, () => code(sell(b, 100))),
      ...Array.from({ length: 10 }, () => code(pay(b, 3))),
      ...Array.from({ length: 10 }, () => code(pay(a, 3))),
      ...Array.from({ length: 3 }, () => code(merge(a, b))),
      ...Array.from({ length: 3 }, () => code(merge(b, a))),
    ];
    const said = await Promise.all(work.sort(() => Math.random() - 0.5));
    const merges = await db.prisma.memberMerge.findMany({ where: { keptId: { in: [a.id, b.id] } } });
    expect(merges).toHaveLength(1);
    expect(new Set(said)).toEqual(new Set(['done', 'member.merged']));
    const sales = await db.prisma.sale.count({ where: { memberId: merges[0]?.keptId ?? 0, amountMinor: 100 } });
    const spends = await db.prisma.entry.count({ where: { memberId: { in: [a.id, b.id] }, kind: 'spend' } });
    expect((await balance(a)) + (await balance(b))).toBe(200 + sales - 3 * spends);
    expect(said.filter((one) => one === 'done')).toHaveLength(sales + spends + 1);
    await right();
    const parts = await Promise.all(Array.from({ length: 4 }, () => code(part(merges[0]?.id ?? 0))));
    expect(parts.sort()).toEqual(['done', 'merge.parted', 'merge.parted', 'merge.parted']);
    await right();
  });

  it('after any history the books are right, and nothing is lost but what was spent', async () => {
    const step = fc.record({
      what: fc.constantFrom('sell', 'pay', 'refund', 'join', 'part'),
      card: fc.integer({ min: 0, max: 2 }),
      other: fc.integer({ min: 0, max: 2 }),
      amount: fc.integer({ min: 1, max: 3_000 }),
      months: fc.constantFrom(null, 3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const cards = [await newMember(db), await newMember(db), await newMember(db)];
        const sales: number[] = [];
        const merges: number[] = [];
        let worth = 0;
        for (const { what, card, other, amount, months } of steps) {
          const one = cards[card] as Card;
          if (what === 'sell') {
            const sold = await sell(one, amount, { ...plainProgram, expiryMonths: months });
            sales.push(sold.saleId);
            worth += amount;
          }
          if (what === 'pay') {
            const points = Math.ceil(amount / 100);
            if ((await code(pay(one, points))) === 'done') worth -= points * 100;
          }
          const sale = sales[amount % Math.max(1, sales.length)];
          if (what === 'refund' && sale !== undefined) {
            const left = await db.prisma.sale.findUniqueOrThrow({ where: { id: sale } });
            const most = Number(left.amountMinor - left.refundedMinor);
            if (most > 0) {
              const amountMinor = Math.min(amount, most);
              await refund(contextOf(db, now), { saleId: sale, amountMinor });
              worth -= amountMinor;
            }
          }
          if (what === 'join' && card !== other) {
            const done = await merge(one, cards[other] as Card).catch((error: unknown) => {
              if (!(error instanceof Refusal)) throw error;
            });
            if (done) merges.push(done.mergeId);
          }
          const last = merges.at(-1);
          if (what === 'part' && last !== undefined) {
            await part(last);
            merges.pop();
          }
        }
        const [sum] = await db.run<{ worth: number }>(
          {
            name: 'worth_of',
            text: `SELECT (sum((w.balance - w.debt) * 100) + coalesce((SELECT sum(c.numerator) FROM carry c WHERE c.member_id = ANY($1)), 0))::bigint AS worth
              FROM wallet w WHERE w.member_id = ANY($1)`,
          },
          [cards.map(({ id }) => id)],
        );
        // Every cent spent is a point, owed, or carried; points paid with are gone.
        expect(sum?.worth).toBe(worth);
        await right();
      }),
      { numRuns: 25 },
    );
  });
});
