import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { markMoved, markUnreachable } from '../../src/program/deliveries/addresses.ts';
import { deliveryBacklog } from '../../src/program/deliveries/backlog.ts';
import type { Claimed } from '../../src/program/deliveries/claim.ts';
import { afterDoubt } from '../../src/program/deliveries/lane.ts';
import { markRetry, markSending } from '../../src/program/deliveries/outcome.ts';
import { reserveSlot } from '../../src/program/deliveries/pace.ts';
import { sweep } from '../../src/program/deliveries/sweep.ts';
import { freshDatabase } from '../support/database.ts';
import { createDesk, later, now } from './deliveries-desk.ts';

const db = await freshDatabase();
const { claim, one, person, plan, row, clear } = createDesk(db);

afterAll(() => db.close());
beforeEach(clear);

describe('the sweep', () => {
  test('leaves living leases alone; doubtful offers stay unknown, service is sent again at most twice more', async () => {
    expect([afterDoubt('service'), afterDoubt('campaign')]).toEqual(['again', 'leave']);
    await plan(await person('tea'), 'service');
    await plan(await person('tea'), 'offer');
    await plan(await person('tea'), 'alive');
    await db.prisma.delivery.update({ where: { dedupe: 'offer' }, data: { lane: 'campaign' } });
    const held = await claim({ limit: 2 });
    for (const it of held) await markSending(db, it, it.id === Number((await row('alive')).id) ? 60_000 : 1);
    for (const it of await claim()) await markSending(db, it, 1);
    await sleep(20);
    await sweep(db, 'tea');
    const states = async () => [(await row('service')).state, (await row('offer')).state, (await row('alive')).state];
    expect(await states()).toEqual(['retry', 'unknown', 'sending']);
    for (const expected of ['retry', 'unknown']) {
      await markSending(db, await one(), 1);
      await sleep(20);
      await sweep(db, 'tea');
      expect((await row('service')).state).toBe(expected);
    }
    expect(await row('service')).toMatchObject({ attempt: 3, result: { doubts: 3 } });
    expect(await claim({ at: later(1e9) })).toEqual([]);
  });
});

describe('addresses', () => {
  test('the next one is the living one used last, on a channel that is there', async () => {
    const id = await person('gone', 'mint', 'sage', 'tea');
    await plan(id, 'a');
    expect(await markUnreachable(db, await one(), now, ['tea', 'mint', 'sage'])).toBe('sage');
    expect(await markUnreachable(db, await one({ channel: 'sage' }), now, ['tea', 'mint', 'sage'])).toBe('mint');
    expect(await markUnreachable(db, await one({ channel: 'mint' }), now, ['tea', 'mint', 'sage'])).toBeNull();
    expect(await row('a')).toMatchObject({ state: 'failed', result: { code: 'unreachable' } });
    const dead = await db.prisma.address.findMany({ where: { personId: id, deadAt: now }, orderBy: { id: 'asc' } });
    expect(dead.map(({ channel }) => channel)).toEqual(['mint', 'sage', 'tea']);
  });

  test('the place of the card does not move to a chat', async () => {
    const id = await person('mint', 'tea');
    await plan(id, 'a');
    await db.prisma.delivery.updateMany({ data: { place: 'home' } });
    expect(await markUnreachable(db, await one(), now, ['tea', 'mint'])).toBeNull();
    expect(await row('a')).toMatchObject({ state: 'failed' });
  });

  test('a moved chat is noted unless the person has told us better', async () => {
    const id = await person('tea');
    await plan(id, 'a');
    const held = await one();
    await markMoved(db, held, 'new');
    const chat = async () => (await db.prisma.address.findFirstOrThrow({ where: { personId: id } })).chat;
    expect(await chat()).toBe('new');
    await markMoved(db, held, 'newer');
    expect(await chat()).toBe('new');
  });
});

describe('slots', () => {
  test('are handed out evenly, whoever asks, and do not pile up in quiet times', async () => {
    const waits = (await Promise.all(Array.from({ length: 10 }, () => reserveSlot(db, 'tea', 100)))).sort((a, b) => a - b);
    expect(waits[0]).toBeLessThan(1);
    expect(waits[9]).toBeGreaterThan(700);
    expect(waits[9]).toBeLessThanOrEqual(900);
    expect(await reserveSlot(db, 'mint', 100)).toBe(0);
    await sleep(350);
    await reserveSlot(db, 'mint', 100);
    expect(await reserveSlot(db, 'mint', 100)).toBeGreaterThan(50);
  });
});

describe('the backlog', () => {
  test('tells what waits where, and since when', async () => {
    for (const dedupe of ['a', 'b', 'c', 'd']) await plan(await person('tea'), dedupe);
    await plan(await person('mint'), 'e', {}, later(60_000));
    const [first, second, third] = await claim({ limit: 3 });
    await markSending(db, first as Claimed, 1_000);
    const retry = (await markSending(db, second as Claimed, 1_000)) as Claimed;
    await markRetry(db, retry, later(120_000), 'NotSent');
    expect(third).toBeDefined();
    expect(await deliveryBacklog(db, later(30_000))).toEqual([
      { channel: 'mint', planned: 1, retry: 0, claimed: 0, sending: 0, oldestDueMs: null },
      { channel: 'tea', planned: 1, retry: 1, claimed: 1, sending: 1, oldestDueMs: 30_000 },
    ]);
  });
});
