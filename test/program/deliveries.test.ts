import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type Claimed, giveBack } from '../../src/program/deliveries/claim.ts';
import { markFailed, markRetry, markSent, markUntried } from '../../src/program/deliveries/outcome.ts';
import { nextDueInMs, pauseChannel } from '../../src/program/deliveries/pace.ts';
import { planDelivery } from '../../src/program/deliveries/plan.ts';
import { sweep } from '../../src/program/deliveries/sweep.ts';
import { freshDatabase } from '../support/database.ts';
import { createDesk, later, markSending, now } from './deliveries-desk.ts';

const db = await freshDatabase();
const { claim, one, person, plan, row, clear } = createDesk(db);

afterAll(() => db.close());
beforeEach(clear);

describe('planning', () => {
  test('goes to the living address used last, once per dedupe key, with the transaction it belongs to', async () => {
    const id = await person('mint', 'tea');
    await plan(id, 'a', { points: 1 });
    await plan(id, 'a', { points: 2 });
    expect(await row('a')).toMatchObject({
      channel: 'tea',
      lane: 'service',
      state: 'planned',
      params: { points: 1 },
      createdAt: now,
    });
    await db.prisma.address.updateMany({ where: { channel: 'tea' }, data: { deadAt: now } });
    await plan(id, 'b');
    expect(await row('b')).toMatchObject({ channel: 'mint' });
    const undone = db.prisma.$transaction(async (tx) => {
      await planDelivery(tx, { personId: id, notice: 'credited', params: {}, dedupe: 'c', now });
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await plan(await person(), 'd');
    expect(await db.prisma.delivery.count()).toBe(2);
  });
});

describe('claiming', () => {
  test('takes what is due, with all that is needed to send it', async () => {
    const other = await person();
    const id = await person('tea');
    await db.prisma.person.update({ where: { id }, data: { language: 'fi' } });
    await plan(id, 'due', { person: other, role: 'staff' });
    await plan(await person('tea'), 'later', {}, later(1));
    await plan(await person('mint'), 'elsewhere');
    const rows = await claim();
    expect(rows).toMatchObject([
      {
        notice: 'credited',
        place: 'chat',
        lane: 'service',
        attempt: 0,
        language: 'fi',
        name: (await db.prisma.person.findUniqueOrThrow({ where: { id: other } })).name,
        address: { user: `u${id}`, chat: `c${id}`, dead: false },
      },
    ]);
    expect(await claim()).toEqual([]);
    expect((await claim({ at: later(1) })).length).toBe(1);
  });

  test('names nobody for a person that is not one', async () => {
    await plan(await person('tea'), 'a', { person: "1'; drop" });
    await plan(await person('tea'), 'b', { person: 999_999_999 });
    expect((await claim()).map(({ name }) => name)).toEqual([null, null]);
  });

  test('one message per chat at a time, in order, the home apart', async () => {
    const id = await person('tea');
    await plan(id, 'a');
    await plan(id, 'b');
    await plan(id, 'home');
    await db.prisma.delivery.update({ where: { dedupe: 'home' }, data: { place: 'home' } });
    const rows = await claim();
    expect(rows.map(({ place }) => place)).toEqual(['chat', 'home']);
    expect(await claim({ worker: 'w2' })).toEqual([]);
    const first = rows[0] as Claimed;
    const begun = await markSending(db, first, 1_000);
    await markSent(db, [{ row: begun as Claimed, message: { chat: 'c', id: 'm' } }], 300);
    expect(await claim()).toEqual([]);
    await sleep(320);
    expect((await claim()).map(({ id: next }) => next)).toEqual([Number((await row('b')).id)]);
  });

  test('is given back only by who holds it', async () => {
    await plan(await person('tea'), 'a');
    const { id } = await one();
    await giveBack(db, 'w2', [id]);
    expect(await row('a')).toMatchObject({ state: 'claimed' });
    await giveBack(db, 'w1', [id]);
    expect(await row('a')).toMatchObject({ state: 'planned', leasedBy: null, leaseUntil: null });
  });

  test('workers that claim at once take each row once', async () => {
    for (let n = 0; n < 200; n++) await plan(await person('tea'), `r${n}`);
    const taken: number[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        for (
          let rows = await claim({ worker: `w${n}`, limit: 4 });
          rows.length > 0;
          rows = await claim({ worker: `w${n}`, limit: 4 })
        ) {
          taken.push(...rows.map(({ id }) => id));
        }
      }),
    );
    taken.push(...(await claim({ limit: 200 })).map(({ id }) => id));
    expect(taken).toHaveLength(200);
    expect(new Set(taken).size).toBe(200);
  });
});

describe('sending', () => {
  test('may not begin without the lease, nor while the channel pauses', async () => {
    await plan(await person('tea'), 'a');
    const late = await one({ leaseMs: 1 });
    await sleep(20);
    expect(await markSending(db, late, 1_000)).toBeUndefined();
    await sweep(db, 'tea');
    const held = await one({ worker: 'w2' });
    expect(await markSending(db, late, 1_000)).toBeUndefined();
    await pauseChannel(db, 'tea', 300);
    expect(await markSending(db, held, 1_000)).toBeUndefined();
    await sleep(320);
    expect(await markSending(db, held, 1_000)).toMatchObject({ attempt: 1 });
    expect(await markSending(db, held, 1_000)).toBeUndefined();
  });

  test('a pause is for its channel, and a shorter one does not end it', async () => {
    await plan(await person('tea'), 'a');
    await plan(await person('mint'), 'b');
    await pauseChannel(db, 'tea', 60_000);
    await pauseChannel(db, 'tea', 1);
    await sleep(20);
    expect(await claim()).toEqual([]);
    expect((await claim({ channel: 'mint' })).length).toBe(1);
    const soon = await nextDueInMs(db, { channel: 'tea', now, horizonMs: 1_000 });
    expect(soon).toBeGreaterThan(50_000);
    expect(soon).toBeLessThanOrEqual(60_000);
  });

  test('a message that was refused for everyone is as if untried', async () => {
    await plan(await person('tea'), 'a');
    const begun = (await markSending(db, await one(), 1_000)) as Claimed;
    await markUntried(db, begun);
    expect(await row('a')).toMatchObject({ state: 'planned', attempt: 0, leasedBy: null });
  });

  test('retry waits in program time, failure is final', async () => {
    await plan(await person('tea'), 'a');
    const begun = (await markSending(db, await one(), 1_000)) as Claimed;
    await markRetry(db, begun, later(5_000), 'NotSent');
    expect(await claim()).toEqual([]);
    expect(await nextDueInMs(db, { channel: 'tea', now, horizonMs: 10_000 })).toBe(5_000);
    expect(await nextDueInMs(db, { channel: 'tea', now, horizonMs: 1_000 })).toBeNull();
    const again = (await markSending(db, await one({ at: later(5_000) }), 1_000)) as Claimed;
    expect(again.attempt).toBe(2);
    await markFailed(db, again, 'refused', 'NotSent');
    expect(await row('a')).toMatchObject({ state: 'failed', result: { code: 'refused', error: 'NotSent' } });
    expect(await claim({ at: later(99_999) })).toEqual([]);
  });

  test('a late report of an arrival counts until the next send has begun', async () => {
    await plan(await person('tea'), 'a');
    const begun = (await markSending(db, await one(), 1)) as Claimed;
    await sleep(20);
    expect(await sweep(db, 'tea')).toEqual({ claimed: 0, sending: 1 });
    expect(await row('a')).toMatchObject({ state: 'retry', result: { doubts: 1 } });
    await markSent(db, [{ row: begun, message: { chat: 'c', id: 'm1' } }], 0);
    expect(await row('a')).toMatchObject({ state: 'sent', result: { message: 'm1' } });

    await plan(await person('tea'), 'b');
    const first = (await markSending(db, await one(), 1)) as Claimed;
    await sleep(20);
    await sweep(db, 'tea');
    const second = (await markSending(db, await one(), 10_000)) as Claimed;
    await markSent(db, [{ row: first, message: { chat: 'c', id: 'm1' } }], 0);
    await markFailed(db, first, 'refused');
    expect(await row('b')).toMatchObject({ state: 'sending', attempt: 2 });
    await markSent(db, [{ row: second, message: { chat: 'c', id: 'm2' } }], 0);
    expect(await row('b')).toMatchObject({ state: 'sent', result: { message: 'm2' } });
  });
});
