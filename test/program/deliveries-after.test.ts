import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { markMoved, markUnreachable } from '../../src/program/deliveries/addresses.ts';
import { deliveryBacklog } from '../../src/program/deliveries/backlog.ts';
import type { Claimed } from '../../src/program/deliveries/claim.ts';
import { afterDoubt } from '../../src/program/deliveries/lane.ts';
import { markRetry } from '../../src/program/deliveries/outcome.ts';
import { type Spread, takeSlots } from '../../src/program/deliveries/pace.ts';
import { sweep } from '../../src/program/deliveries/sweep.ts';
import { freshDatabase } from '../support/database.ts';
import { createDesk, later, markSending, now } from './deliveries-desk.ts';

const db = await freshDatabase();
const { claim, one, person, plan, row, clear } = createDesk(db);

afterAll(() => db.close());
beforeEach(clear);

describe('the sweep', () => {
  test('leaves living leases alone; doubtful offers stay unknown, service is sent again at most twice more', async () => {
    const ways = [
      { campaignId: null, lane: 'service', resend: false },
      { campaignId: null, lane: 'campaign', resend: false },
      { campaignId: 1, lane: 'campaign', resend: true },
      { campaignId: 1, lane: 'service', resend: false },
    ] as const;
    expect(ways.map(afterDoubt)).toEqual(['again', 'leave', 'again', 'leave']);
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
  const spread: Spread = { tracks: 4, size: 2, perMs: 1_000, spacingMs: 200, lateMs: 10, travelMs: 15 };
  const take = (name: string, count: number, longer: readonly number[] = []) => takeSlots(db, name, spread, { count, longer });

  test('are given out once, whoever asks: no more than the pace in any period, and a little apart', async () => {
    const taken = await Promise.all([3, 5, 1, 4, 3, 8].map((count) => take('tea', count)));
    const moments = taken.flatMap(({ slots }) => slots.map(([at]) => at)).sort((a, b) => a - b);
    expect(moments).toHaveLength(24);
    for (const [n, at] of moments.slice(8).entries()) expect(at - (moments[n] ?? 0)).toBeGreaterThanOrEqual(1_025 - 0.01);
    for (const [n, at] of moments.slice(2).entries()) expect(at - (moments[n] ?? 0)).toBeGreaterThanOrEqual(200 - 0.01);
    expect(taken.every(({ slots, now: at }) => slots.every(([moment]) => moment >= at))).toBe(true);
  });

  test('that were missed are given longer, and push what comes a period later', async () => {
    const { slots } = await take('mint', 8);
    await sleep(120);
    const { now: at, longer } = await take('mint', 0, [slots[0]?.[1] ?? 0, 99]);
    expect(longer).toEqual([at, null]);
    const next = await take('mint', 2);
    expect((next.slots[0]?.[0] ?? 0) - at).toBeGreaterThanOrEqual(1_025 - 0.01);
    // Its track is somebody else's now.
    expect((await take('mint', 0, [slots[0]?.[1] ?? 0])).longer).toEqual([null]);
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
