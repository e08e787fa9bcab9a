import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expire } from '../../../src/program/ledger/expire.ts';
import { endsOf } from '../../../src/program/ledger/points.ts';
import { spend } from '../../../src/program/ledger/spend.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, credit, newMember, plainProgram, walletOf } from '../../support/ledger.ts';

describe('when points end', () => {
  it.each([
    // A month later that day may not exist: the last one does, to its end.
    ['31 January + 1 month', '2026-01-31T10:00:00Z', 1, 'UTC', '2026-03-01T00:00:00.000Z'],
    ['31 January + 1 month in a leap year', '2028-01-31T10:00:00Z', 1, 'UTC', '2028-03-01T00:00:00.000Z'],
    ['29 February + 12 months', '2028-02-29T10:00:00Z', 12, 'UTC', '2029-03-01T00:00:00.000Z'],
    ['29 February + 48 months', '2028-02-29T10:00:00Z', 48, 'UTC', '2032-03-01T00:00:00.000Z'],
    ['31 August + 6 months', '2026-08-31T23:59:59Z', 6, 'UTC', '2027-03-01T00:00:00.000Z'],
    // The day is the one on the shop's wall.
    [
      'late in the evening in UTC is tomorrow in Helsinki',
      '2026-03-14T22:30:00Z',
      1,
      'Europe/Helsinki',
      '2026-04-15T21:00:00.000Z',
    ],
    [
      'late in the evening in UTC is noon in Los Angeles',
      '2026-03-14T22:30:00Z',
      1,
      'America/Los_Angeles',
      '2026-04-15T07:00:00.000Z',
    ],
    ['over the start of summer time', '2026-02-28T12:00:00Z', 1, 'Europe/Helsinki', '2026-03-28T22:00:00.000Z'],
    ['on the day summer time starts', '2026-02-28T23:00:00Z', 1, 'Europe/Helsinki', '2026-04-01T21:00:00.000Z'],
    ['over the end of summer time', '2026-09-25T12:00:00Z', 1, 'Europe/Helsinki', '2026-10-25T22:00:00.000Z'],
    // Midnight itself is skipped there: the day begins at one.
    ['a day without midnight', '2026-08-05T12:00:00Z', 1, 'America/Santiago', '2026-09-06T04:00:00.000Z'],
  ])('%s', (_, at, months, timeZone, expected) => {
    expect(endsOf(new Date(at), { expiry: { policy: 'months', months, end: 'day' }, dayStartsAt: 0 }, timeZone).expiresAt).toBe(
      expected,
    );
  });

  it('never, without a number of months', () => {
    expect(endsOf(new Date(), { expiry: { policy: 'never' }, dayStartsAt: 0 }, 'UTC')).toEqual({ expiresAt: null });
  });
});

describe('expiry', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  beforeAll(async () => {
    db = await freshDatabase();
  });
  afterAll(() => db.close());

  const sell = (code: string, points: number, at: string, expiryMonths: number | null) =>
    credit(
      contextOf(db, new Date(at)),
      { member: code, amountMinor: points * 100, currency: 'EUR' },
      { ...plainProgram, expiryMonths },
      'UTC',
    );
  const take = (memberId: number, points: number, at: string) =>
    spend(contextOf(db, new Date(at)), { memberId, points, reason: {} });
  const remaining = async (id: number) => (await walletOf(db, id)).lots.map((lot) => lot.remaining);

  it('comes at the end of the day that was promised, also when the job is late', async () => {
    const { id, code } = await newMember(db);
    await sell(code, 30, '2026-01-31T10:00:00Z', 1);
    expect(await expire({ db, now: new Date('2026-02-28T23:59:59.999Z') })).toBe(0);
    await expect(take(id, 31, '2026-02-28T23:59:59.999Z')).rejects.toMatchObject({
      code: 'ledger.not_enough',
      params: { points: 31, balance: 30 },
    });
    await expect(take(id, 1, '2026-03-01T00:00:00Z')).rejects.toMatchObject({
      code: 'ledger.not_enough',
      params: { points: 1, balance: 0 },
    });
    // Refused, so nothing was written: the job still finds it, and dates it when it was due.
    expect(await expire({ db, now: new Date('2026-06-10T08:00:00Z') })).toBe(1);
    const [entry] = await db.prisma.entry.findMany({ where: { memberId: id, kind: 'expire' } });
    expect(entry).toMatchObject({ delta: -30n, at: new Date('2026-03-01T00:00:00Z'), balanceAfter: 0n, actorId: null });
    expect(await expire({ db, now: new Date('2026-06-10T08:00:00Z') })).toBe(0);
  });

  it('spares what was spent, and a spend takes what ends first, then what is oldest, then what never ends', async () => {
    const { id, code } = await newMember(db);
    await sell(code, 10, '2026-07-01T10:00:00Z', null);
    await sell(code, 10, '2026-07-02T10:00:00Z', 6);
    await sell(code, 10, '2026-07-03T10:00:00Z', 2);
    await sell(code, 10, '2026-07-03T09:00:00Z', 2);
    await sell(code, 10, '2026-06-20T10:00:00Z', null);
    await take(id, 15, '2026-07-04T10:00:00Z');
    expect(await remaining(id)).toEqual([10, 10, 5, 0, 10]);
    await take(id, 20, '2026-07-04T10:00:00Z');
    expect(await remaining(id)).toEqual([10, 0, 0, 0, 5]);
    await take(id, 12, '2026-07-04T10:00:00Z');
    expect(await remaining(id)).toEqual([3, 0, 0, 0, 0]);
    expect(await expire({ db, now: new Date('2027-07-04T10:00:00Z') })).toBe(0);
  });

  it('keeps the date it was given when the rules change', async () => {
    const { id, code } = await newMember(db);
    await sell(code, 10, '2026-09-01T10:00:00Z', 12);
    await sell(code, 10, '2026-09-02T10:00:00Z', 1);
    await expire({ db, now: new Date('2026-12-01T00:00:00Z') });
    expect(await remaining(id)).toEqual([10, 0]);
    await expire({ db, now: new Date('2027-09-02T00:00:00Z') });
    expect(await remaining(id)).toEqual([0, 0]);
  });

  it('goes through many members in batches', async () => {
    const members = await Promise.all(Array.from({ length: 12 }, () => newMember(db)));
    for (const { code } of members) await sell(code, 3, '2028-01-01T10:00:00Z', 1);
    const ended: number[] = [];
    for (let count = -1; count !== 0; ended.push(count)) count = await expire({ db, now: new Date('2028-03-01T00:00:00Z') }, 5);
    expect(ended).toEqual([5, 5, 2, 0]);
  });
});
