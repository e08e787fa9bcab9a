import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setOwnLimit } from '../../../src/program/control/own-limits.ts';
import { conductOf, deedsOf } from '../../../src/program/control/team-report.ts';
import { refund } from '../../../src/program/ledger/refund.ts';
import { undo } from '../../../src/program/ledger/undo.ts';
import { confirmPayment } from '../../../src/program/payments/answer-payment.ts';
import { askPayment } from '../../../src/program/payments/ask-payment.ts';
import { programAt } from '../../../src/program/settings/program.ts';
import { asOwner, newMember } from '../../support/ledger.ts';
import { limited, openCounter, outcome, timeZone } from './counter.ts';

let counter: Awaited<ReturnType<typeof openCounter>>;
beforeAll(async () => {
  counter = await openCounter();
});
afterAll(() => counter.db.close());

// Noon, a day later for every test: limits of a day begin anew.
let day = 0;
const nextNoon = () => new Date(Date.UTC(2026, 2, 1 + day++, 10));
const minutes = (from: Date, count: number) => new Date(from.getTime() + count * 60_000);

async function start(limits: Parameters<typeof limited>[0], more: Parameters<typeof limited>[1] = {}) {
  const noon = nextNoon();
  await counter.rules(limited(limits, more), new Date(noon.getTime() - 3_600_000));
  const [ben, olga] = [await counter.colleague('Ben', 'staff'), await counter.colleague('Olga', 'owner')];
  return { noon, ben, olga, anna: await newMember(counter.db) };
}

describe('a hard limit', () => {
  it('of a day holds for one member of staff over many members at once, whoever is first', async () => {
    const { noon, ben } = await start({ staffDay: { hard: 100 } });
    const members = await Promise.all(Array.from({ length: 5 }, () => newMember(counter.db)));
    const tries = Array.from({ length: 20 }, (_, at) =>
      outcome(counter.give(counter.context(ben.actor, noon), members[at % 5]?.code ?? '', 1_500)),
    );
    const ended = await Promise.all(tries);
    expect(ended.filter((one) => one === 'done')).toHaveLength(6);
    expect(ended.filter((one) => one === 'limit.staff_day')).toHaveLength(14);
    const { _sum: given } = await counter.db.prisma.sale.aggregate({ where: { actorId: ben.personId }, _sum: { points: true } });
    expect(given.points).toBe(90n);
    expect(await outcome(counter.give(counter.context(ben.actor, noon), members[0]?.code ?? '', 1_000))).toBe('done');
  });

  it('is refused with the numbers; nothing is written, and what was undone does not count', async () => {
    const { noon, ben, anna } = await start({ staffDay: { hard: 100 }, entryMinor: { hard: 9_000 } });
    const wrong = await counter.give(counter.context(ben.actor, noon), anna.code, 8_000);
    await expect(counter.give(counter.context(ben.actor, noon), anna.code, 3_000)).rejects.toMatchObject({
      code: 'limit.staff_day',
      params: { allowed: 100, used: 80, wanted: 30 },
    });
    await expect(counter.give(counter.context(ben.actor, noon), anna.code, 9_001)).rejects.toMatchObject({
      code: 'limit.entry',
      params: { allowed: 9_000, used: 0, wanted: 9_001 },
    });
    await undo(counter.context(ben.actor, noon), { saleId: wrong.saleId, timeZone });
    expect(await outcome(counter.give(counter.context(ben.actor, noon), anna.code, 9_000))).toBe('done');
    expect(await counter.db.prisma.sale.count({ where: { actorId: ben.personId } })).toBe(2);
  });

  it('of a member counts what all of staff gave, and never stands in the way of an owner who has none', async () => {
    const { noon, ben, olga, anna } = await start({ memberDay: { hard: 50 } });
    const eva = await counter.colleague('Eva', 'staff');
    await counter.give(counter.context(ben.actor, noon), anna.code, 3_000);
    await expect(counter.give(counter.context(eva.actor, noon), anna.code, 2_100)).rejects.toMatchObject({
      code: 'limit.member_day',
      params: { allowed: 50, used: 30, wanted: 21 },
    });
    expect(await outcome(counter.give(counter.context(olga.actor, noon), anna.code, 50_000))).toBe('done');
  });

  it('begins anew with the business day, in the program’s time zone, also on the night the clocks change', async () => {
    const { ben, anna } = await start({ staffDay: { hard: 10 } });
    // Helsinki, 29 March 2026: 03:00 becomes 04:00. The business day begins at 4.
    await counter.rules(limited({ staffDay: { hard: 10 } }, { dayStartsAt: 4 }), new Date('2026-03-27T00:00:00Z'));
    const at = (moment: string) => outcome(counter.give(counter.context(ben.actor, new Date(moment)), anna.code, 1_000));
    expect(await at('2026-03-28T02:00:00Z')).toBe('done');
    expect(await at('2026-03-29T00:59:00Z')).toBe('limit.staff_day');
    expect(await at('2026-03-29T01:00:00Z')).toBe('done');
    expect(await at('2026-03-30T00:59:00Z')).toBe('limit.staff_day');
    expect(await at('2026-03-30T01:00:00Z')).toBe('done');
    day = 32;
  });

  it('may be one’s own', async () => {
    const { noon, ben, olga, anna } = await start({ entryMinor: { hard: 1_000 } });
    const own = { personId: ben.personId, name: 'entryMinor' as const };
    expect(await outcome(counter.give(counter.context(ben.actor, noon), anna.code, 2_000))).toBe('limit.entry');
    await setOwnLimit(counter.context(olga.actor, noon), { ...own, limit: { hard: 2_000 } });
    expect(await outcome(counter.give(counter.context(ben.actor, noon), anna.code, 2_000))).toBe('done');
    await setOwnLimit(counter.context(olga.actor, noon), { ...own, limit: null });
    expect(await outcome(counter.give(counter.context(ben.actor, noon), anna.code, 2_000))).toBe('limit.entry');
    expect(await outcome(setOwnLimit(counter.context(ben.actor, noon), { ...own, limit: null }))).toBe('owner.only');
    const upside = { ...own, limit: { soft: 5, hard: 4 } };
    expect(await outcome(setOwnLimit(counter.context(olga.actor, noon), upside))).toBe('limit.order');
  });

  it('of refunds leaves one’s own mistakes of the last ten minutes alone', async () => {
    const { noon, ben, anna } = await start({ refundDayMinor: { hard: 1_000 } });
    const first = await counter.give(counter.context(ben.actor, noon), anna.code, 5_000);
    const back = (saleId: number, amountMinor: number, at: Date) =>
      outcome(refund(counter.context(ben.actor, at), { saleId, amountMinor, timeZone, reason: 'returned' }));
    expect(await back(first.saleId, 2_000, minutes(noon, 5))).toBe('done');
    expect(await back(first.saleId, 700, minutes(noon, 30))).toBe('done');
    expect(await back(first.saleId, 301, minutes(noon, 30))).toBe('limit.refund_day');
    const both = await Promise.all([back(first.saleId, 300, minutes(noon, 31)), back(first.saleId, 300, minutes(noon, 31))]);
    expect(both.toSorted()).toEqual(['done', 'limit.refund_day']);
  });
});

describe('a bill paid with points', () => {
  it('is held to the limits of who asked for it, and above the one that asks it is refused', async () => {
    const pay = { points: 10, worthMinor: 100, sharePercent: 5000, earnOn: 'paid' as const };
    const { noon, ben, anna } = await start({ entryMinor: { approval: 2_000 } }, { pay });
    const customer = await counter.colleague('Anna', 'staff');
    await counter.db.prisma.staff.delete({ where: { personId: customer.personId } });
    await counter.db.prisma.member.update({ where: { id: anna.id }, data: { personId: customer.personId } });
    await counter.give(counter.context(ben.actor, noon), anna.code, 2_000);
    const program = await programAt(counter.db, noon);
    const find = async () => ({ balance: 20 });
    const ask = async (amountMinor: number) => {
      const bill = { member: anna.code, amountMinor, currency: 'EUR' };
      const place = { program, timeZone, place: 'Liepa', find };
      const { paymentId } = await askPayment(counter.context(ben.actor, noon), bill, place);
      return outcome(confirmPayment(counter.context(customer.actor, noon), paymentId, timeZone));
    };
    expect(await ask(2_001)).toBe('payment.over_limit');
    expect(await ask(2_000)).toBe('done');
  });
});

describe('a soft limit', () => {
  it('allows, and tells every owner but the actor once per day and limit', async () => {
    const { noon, ben, olga, anna } = await start({ staffDay: { soft: 20 }, entryMinor: { soft: 1_000 } });
    for (const amount of [1_000, 1_500, 1_500]) await counter.give(counter.context(ben.actor, noon), anna.code, amount);
    expect(await counter.told(olga.personId, 'limit-passed')).toMatchObject([
      { person: ben.personId, limit: 'entryMinor', allowed: 1_000, reached: 1_500 },
      { person: ben.personId, limit: 'staffDay', allowed: 20, reached: 25 },
    ]);
    expect(await counter.told(ben.personId, 'limit-passed')).toEqual([]);
    const notes = await counter.db.prisma.limitNote.findMany({ where: { staffId: ben.personId } });
    expect(notes.map(({ limitName }) => limitName).toSorted()).toEqual(['entryMinor', 'entryMinor', 'staffDay']);
  });
});

describe('the log', () => {
  it('says who did what, newest first, with what an owner should look at', async () => {
    const { noon, ben, anna } = await start({ staffDay: { soft: 3 } });
    const sales = [];
    for (let count = 0; count < 4; count += 1)
      sales.push(await counter.give(counter.context(ben.actor, minutes(noon, count)), anna.code, 100, { shop: 'old-town' }));
    await refund(counter.context(ben.actor, minutes(noon, 60)), {
      saleId: sales[0]?.saleId ?? 0,
      amountMinor: 40,
      timeZone,
      reason: 'complaint',
    });
    const period = { from: noon, personId: ben.personId, timeZone, dayStartsAt: 0 };
    const [conduct] = (await conductOf({ db: counter.db }, period, 0, 5)).rows;
    expect(conduct).toMatchObject({ credits: 4, points: 4, amountMinor: 400, refunds: 1, refundedMinor: 40, over: 1, often: 1 });
    const page = await deedsOf({ db: counter.db }, period, 0, 3);
    expect(page.rows.map(({ kind }) => kind)).toEqual(['refund', 'credit', 'over_limit']);
    expect(page).toMatchObject({ more: true, rows: [{ detail: { reason: 'complaint' }, amountMinor: 40 }, {}, {}] });
    expect((await deedsOf({ db: counter.db }, { ...period, shop: 'new-town' }, 0, 3)).rows).toEqual([]);
    expect((await deedsOf({ db: counter.db }, { ...period, shop: 'old-town' }, 0, 9)).rows).toHaveLength(5);
  });

  it('is never changed, by nobody', async () => {
    await asOwner(counter.db.url, async (client) => {
      await expect(client.query('UPDATE limit_note SET reached = 1')).rejects.toThrow(/append-only/);
      await expect(client.query('DELETE FROM team_change')).rejects.toThrow(/append-only/);
    });
    await expect(counter.db.prisma.staffDay.updateMany({ data: { points: 0n } })).rejects.toThrow(/permission denied/);
  });
});
