import { afterAll, describe, expect, it } from 'vitest';
import { ensureJourneys } from '../../../src/program/journeys/ensure-journeys.ts';
import { planJourneys } from '../../../src/program/journeys/plan-journeys.ts';
import { credit as creditPurchase } from '../../../src/program/ledger/credit.ts';
import { endsOf, lastMomentOf } from '../../../src/program/ledger/points.ts';
import { spend } from '../../../src/program/ledger/spend.ts';
import { expiriesOf } from '../../../src/program/members/movements.ts';
import type { Expiry, Rules } from '../../../src/program/rules/rules.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, newMember, newPerson, plainProgram, published, rulesOf } from '../../support/ledger.ts';

const db = await freshDatabase();
afterAll(() => db.close());

const month: Rules = { ...rulesOf(plainProgram), expiry: { policy: 'months', months: 2, end: 'day' }, warnDays: [30, 7, 1] };
await published(db, month);
await ensureJourneys(db, new Date(0));

async function customer() {
  const { personId } = await newPerson(db, null);
  const { id, code } = await newMember(db);
  await db.prisma.member.update({ where: { id }, data: { personId } });
  await db.prisma.address.create({
    data: { personId, channel: 'tea', user: `u${personId}`, chat: `u${personId}`, usedAt: new Date(0) },
  });
  return { id, code, personId };
}
type Customer = Awaited<ReturnType<typeof customer>>;

const sell = async ({ code }: Pick<Customer, 'code'>, points: number, at: string, rules = month) =>
  creditPurchase(
    contextOf(db, new Date(at)),
    { member: code, amountMinor: points * 100, currency: 'EUR' },
    await published(db, rules),
    'UTC',
  );
const warn = (at: string) => planJourneys({ db, now: new Date(at), timeZone: 'UTC' });
/** What has come up by then: points, step, last day. It is planned a day before its hour. */
const told = async ({ personId }: Customer, at: string) =>
  (
    await db.prisma.delivery.findMany({
      where: { personId, period: { contains: ':' }, notBefore: { lte: new Date(at) } },
      orderBy: { id: 'asc' },
    })
  ).map(({ params, period }) => {
    const { points, until } = params as { points: number; until: string };
    return [points, Number(period?.split(':').at(-1)), new Date(until).toISOString().slice(0, 10)];
  });
const ends = (at: string, expiry: Expiry, timeZone = 'UTC', dayStartsAt = 0) =>
  endsOf(new Date(at), { expiry, dayStartsAt }, timeZone).expiresAt;

describe('when points end', () => {
  it.each<[string, string, Expiry, string, number, string]>([
    [
      'the end of the month',
      '2026-01-31T10:00:00Z',
      { policy: 'months', months: 1, end: 'month' },
      'UTC',
      0,
      '2026-03-01T00:00:00.000Z',
    ],
    [
      'of a leap February',
      '2028-01-31T10:00:00Z',
      { policy: 'months', months: 1, end: 'month' },
      'UTC',
      0,
      '2028-03-01T00:00:00.000Z',
    ],
    [
      'the end of the quarter',
      '2026-11-30T10:00:00Z',
      { policy: 'months', months: 3, end: 'quarter' },
      'UTC',
      0,
      '2027-04-01T00:00:00.000Z',
    ],
    [
      'the end of the year',
      '2026-12-31T23:59:59Z',
      { policy: 'months', months: 12, end: 'year' },
      'UTC',
      0,
      '2028-01-01T00:00:00.000Z',
    ],
    [
      'already the next year there',
      '2026-12-31T22:30:00Z',
      { policy: 'months', months: 12, end: 'year' },
      'Europe/Helsinki',
      0,
      '2028-12-31T22:00:00.000Z',
    ],
    [
      'before the change-over it is still yesterday',
      '2026-02-01T02:00:00Z',
      { policy: 'months', months: 1, end: 'month' },
      'UTC',
      4,
      '2026-03-01T04:00:00.000Z',
    ],
    [
      'the hour that summer time skips',
      '2026-02-28T12:00:00Z',
      { policy: 'months', months: 1, end: 'day' },
      'Europe/Helsinki',
      3,
      '2026-03-29T01:00:00.000Z',
    ],
    [
      'inactivity: one full period',
      '2026-01-31T10:00:00Z',
      { policy: 'inactivity', months: 1 },
      'UTC',
      0,
      '2026-03-01T00:00:00.000Z',
    ],
  ])('%s', (_, at, expiry, timeZone, dayStartsAt, expected) => {
    expect(ends(at, expiry, timeZone, dayStartsAt)).toBe(expected);
  });

  it('the last day is said as the shop lives it', () => {
    const shown = (at: string, dayStartsAt: number) => lastMomentOf(new Date(at), { dayStartsAt }).toISOString().slice(0, 10);
    expect(shown('2026-03-01T00:00:00Z', 0)).toBe('2026-02-28');
    expect(shown('2026-03-01T04:00:00Z', 4)).toBe('2026-02-28');
  });

  it('another policy changes no date that was given; under inactivity anything renews what was given under it', async () => {
    const anna = await customer();
    await sell(anna, 10, '2026-01-10T10:00:00Z');
    const inactive: Rules = { ...month, expiry: { policy: 'inactivity', months: 3 } };
    await sell(anna, 20, '2026-01-20T10:00:00Z', inactive);
    const dates = async () =>
      (await expiriesOf({ db, now: new Date('2026-01-20T10:00:00Z') }, anna.id)).dates.map(({ at, points }) => [
        at.toISOString().slice(0, 10),
        points,
      ]);
    expect(await dates()).toEqual([
      ['2026-03-11', 10],
      ['2026-04-21', 20],
    ]);
    await spend(contextOf(db, new Date('2026-02-15T10:00:00Z')), { memberId: anna.id, points: 1, reason: {} });
    expect(await dates()).toEqual([
      ['2026-03-11', 9],
      ['2026-05-16', 20],
    ]);
    await sell(anna, 5, '2026-02-20T10:00:00Z', { ...month, expiry: { policy: 'never' } });
    expect(await dates()).toEqual([
      ['2026-03-11', 9],
      ['2026-05-21', 20],
    ]);
  });

  it('all dates are shown, page by page', async () => {
    const anna = await customer();
    for (let day = 10; day < 25; day += 1) await sell(anna, 1, `2027-01-${day}T10:00:00Z`);
    const page = (number: number) => expiriesOf({ db, now: new Date('2027-01-25T00:00:00Z') }, anna.id, number);
    const [one, two] = [await page(0), await page(1)];
    expect([one.dates.length, one.later, two.dates.length, two.later]).toEqual([12, true, 3, false]);
    expect(new Set([...one.dates, ...two.dates].map(({ at }) => at.getTime())).size).toBe(15);
  });
});

describe('the warning ladder', () => {
  it('tells once per step, in the morning, what ends on which day', async () => {
    const anna = await customer();
    await sell(anna, 30, '2030-01-10T10:00:00Z');
    await sell(anna, 5, '2030-01-10T18:00:00Z');
    await warn('2030-02-09T09:59:00Z');
    expect(await told(anna, '2030-02-09T09:59:00Z')).toEqual([]);
    await warn('2030-02-09T10:00:00Z');
    await warn('2030-02-10T10:00:00Z');
    expect(await told(anna, '2030-02-10T10:00:00Z')).toEqual([[35, 30, '2030-03-10']]);
    await spend(contextOf(db, new Date('2030-03-01T00:00:00Z')), { memberId: anna.id, points: 20, reason: {} });
    for (const at of ['2030-03-04T10:00:00Z', '2030-03-05T10:00:00Z', '2030-03-10T10:00:00Z', '2030-03-11T10:00:00Z'])
      await warn(at);
    expect(await told(anna, '2030-03-11T10:00:00Z')).toEqual([
      [35, 30, '2030-03-10'],
      [15, 7, '2030-03-10'],
      [15, 1, '2030-03-10'],
    ]);
  });

  it('late tells the nearest step only, and nothing of what is spent or has ended', async () => {
    const [late, spent, over] = [await customer(), await customer(), await customer()];
    await sell(late, 30, '2031-01-10T10:00:00Z');
    await sell(spent, 30, '2031-01-10T10:00:00Z');
    await sell(over, 30, '2031-01-02T10:00:00Z');
    await spend(contextOf(db, new Date('2031-01-11T00:00:00Z')), { memberId: spent.id, points: 30, reason: {} });
    await warn('2031-03-06T12:00:00Z');
    expect(await told(late, '2031-03-06T12:00:00Z')).toEqual([[30, 7, '2031-03-10']]);
    for (const who of [spent, over]) expect(await told(who, '2031-04-01T00:00:00Z')).toEqual([]);
  });

  it('leaves out a step that was before the points came', async () => {
    const young = await customer();
    await sell(young, 30, '2034-02-01T10:00:00Z', { ...month, expiry: { policy: 'months', months: 1, end: 'day' } });
    await warn('2034-02-10T12:00:00Z');
    expect(await told(young, '2034-02-10T12:00:00Z')).toEqual([]);
    await warn('2034-02-23T12:00:00Z');
    expect(await told(young, '2034-02-23T12:00:00Z')).toEqual([[30, 7, '2034-03-01']]);
  });

  it('says it once when two jobs run at the same time', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, customer));
    for (const who of people) await sell(who, 10, '2032-01-10T10:00:00Z');
    await Promise.all(Array.from({ length: 4 }, () => warn('2032-03-05T12:00:00Z')));
    for (const who of people) expect(await told(who, '2032-03-05T12:00:00Z')).toHaveLength(1);
  });
});
