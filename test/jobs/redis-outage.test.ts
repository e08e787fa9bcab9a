import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createBell } from '../../src/jobs/bell.ts';
import { checkQueue, QueueUnfit } from '../../src/jobs/queue-backend.ts';
import { type RedisServer, redisInstalled, startRedis } from './redis-server.ts';
import { createScriptedChannel } from './scripted-channel.ts';
import { openStage } from './stage.ts';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe.skipIf(!redisInstalled)('when Redis is away', () => {
  const endings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });
  const redisServer = async (policy?: string): Promise<RedisServer> => {
    const redis = await startRedis(policy);
    endings.push(() => redis.remove());
    return redis;
  };

  test('rows wait, and draining resumes within 10 s of its return, though it has forgotten everything', async () => {
    const redis = await redisServer();
    // The second message is under way when Redis dies: the job that sends it is active and will be forgotten.
    const tea = createScriptedChannel('tea', async ({ text }) =>
      text.includes('under way') ? sleep(2_000, undefined) : undefined,
    );
    const stage = await openStage(() => ({ redisUrl: redis.freshUrl() }), [tea]);
    endings.push(() => stage.close());
    const { id, addresses } = await stage.person('ann', 'tea');
    const row = { personId: id, addressId: addresses[0] as number, channel: 'tea' };
    await stage.start({ sweepEveryMs: 1_000 });
    await stage.plan([{ ...row, receipt: 'before' }]);
    stage.bell.ring('tea');
    await vi.waitFor(async () => expect(await stage.states()).toEqual(['sent']), { timeout: 5_000 });

    await stage.plan([{ ...row, receipt: 'under way' }]);
    stage.bell.ring('tea');
    await vi.waitFor(async () => expect(await stage.states()).toEqual(['sent', 'sending']), { timeout: 5_000 });
    await redis.kill();
    await sleep(4_000);
    await stage.plan([{ ...row, receipt: 'rung' }]);
    const begun = performance.now();
    for (let n = 0; n < 10_000; n++) stage.bell.ring('tea');
    expect(performance.now() - begun).toBeLessThan(200);
    expect(await stage.bell.ready()).toBe('the queue does not answer');
    expect(await stage.states()).toEqual(['sent', 'sent', 'planned']);

    await redis.start();
    const back = performance.now();
    await vi.waitFor(async () => expect(await stage.states()).toEqual(['sent', 'sent', 'sent']), { timeout: 12_000 });
    expect(performance.now() - back).toBeLessThan(10_000);
    // Nobody rings for this one: the schedule of the sweep must have come back too.
    await stage.plan([{ ...row, receipt: 'not rung' }]);
    await vi.waitFor(async () => expect(await stage.states()).toEqual(['sent', 'sent', 'sent', 'sent']), { timeout: 10_000 });
    expect(await stage.bell.ready()).toBe(true);
    expect(tea.sends).toHaveLength(4);
    const warnings = stage.lines.filter(({ sentence }) => sentence.includes('does not answer'));
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings.length).toBeLessThan(10);
  });

  test('workers and bell stop in time while it is away', async () => {
    const redis = await redisServer();
    const stage = await openStage(() => ({ redisUrl: redis.freshUrl() }), [createScriptedChannel('tea')]);
    endings.push(() => stage.close());
    const workers = await stage.start();
    await vi.waitFor(async () => expect(await stage.bell.ready()).toBe(true));
    await redis.kill();
    await sleep(300);
    stage.bell.ring('tea');
    const begun = performance.now();
    await Promise.all([workers.close(), stage.bell.close()]);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('a bell whose Redis was never there rings all the same, and closes', async () => {
    const bell = createBell({ queue: { redisUrl: 'redis://127.0.0.1:1/0' }, channels: ['tea'], log: quiet });
    for (let n = 0; n < 1_000; n++) bell.ring('tea');
    await sleep(200);
    await bell.close();
    bell.ring('tea');
    expect(await bell.ready()).not.toBe(true);
  });

  test('one that throws keys away is refused with what to do', async () => {
    const redis = await redisServer('allkeys-lru');
    const location = { redisUrl: redis.freshUrl() };
    await expect(checkQueue(location)).rejects.toThrow(QueueUnfit);
    await expect(checkQueue(location)).rejects.toThrow(/allkeys-lru.*set maxmemory-policy to noeviction/);
    await expect(openStage(() => location, []).then((stage) => stage.start().finally(() => stage.close()))).rejects.toThrow(
      QueueUnfit,
    );
  });
});

describe('checking Redis', () => {
  test('one that is too old is refused, one that is not there may still come', async () => {
    const info = 'redis_version:6.0.16\r\nmaxmemory_policy:noeviction\r\nloading:0\r\n';
    const server = createServer((socket) => {
      socket.on('data', (data) => {
        for (const _command of data.toString().matchAll(/\*\d+\r\n/g)) socket.write(`$${info.length}\r\n${info}\r\n`);
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      await expect(checkQueue({ redisUrl: `redis://127.0.0.1:${port}` })).rejects.toThrow(/version 6\.0\.16: upgrade it to 6\.2/);
    } finally {
      server.close();
    }
    await expect(checkQueue({ redisUrl: 'redis://127.0.0.1:1' })).resolves.toBeUndefined();
    await expect(checkQueue({ pgUrl: 'postgresql://nowhere' })).resolves.toBeUndefined();
  });
});
