import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/database/client.ts';
import { isDatabaseDown } from '../../src/database/errors.ts';
import { redisInstalled, startRedis } from '../jobs/redis-server.ts';
import { freshUrl } from '../support/database.ts';
import { type FakeSlack, type Person as SlackPerson, startFakeSlack } from '../support/fake-slack/index.ts';
import type { Person } from '../support/fake-telegram/index.ts';
import { freePort, onSlack, until } from '../support/program.ts';
import { type Cuttable, cuttableDatabase } from './cuttable.ts';
import { overHttp } from './slack-shop.ts';
import { joins, openTelegramShop, type TelegramShop } from './telegram-shop.ts';

const health = async (shop: TelegramShop) => {
  const alive = await fetch(`${shop.program.origin}/healthz`);
  const ready = await fetch(`${shop.program.origin}/readyz`);
  const { parts } = (await ready.json()) as { parts: Record<string, unknown> };
  return { alive: alive.status, ready: ready.status, parts };
};

describe.each(['polling and a socket', 'webhooks'] as const)('the database is away, events come by %s', (ways) => {
  let shop: TelegramShop;
  let slack: FakeSlack;
  let carl: SlackPerson;
  let cable: Cuttable & { url: string };
  let customers: { person: Person; code: string }[];

  beforeAll(async () => {
    const url = await freshUrl();
    cable = await cuttableDatabase(url);
    slack = await startFakeSlack();
    const port = await freePort();
    const byWebhook = { PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, TELEGRAM_WEBHOOK_SECRET: 'secret' };
    const variables = {
      DATABASE_URL: cable.url,
      ...onSlack(slack, ways === 'webhooks' ? 'http' : 'socket'),
      ...(ways === 'webhooks' ? byWebhook : {}),
    };
    shop = await openTelegramShop(variables, { secondMs: ways === 'webhooks' ? 100 : 1000, peekUrl: url });
    if (ways === 'webhooks') overHttp(slack, () => shop.program.origin);
    await shop.program.ready();
    carl = slack.person('Carl');
    customers = [];
    for (const id of [2001, 2002, 2003]) {
      const person = shop.telegram.person({ id, name: `Customer ${id}`, language_code: 'en' });
      customers.push({ person, code: await joins(person) });
    }
    await shop.ben.says(`credit ${customers[0]?.code} 7`);
    await shop.ben.gets('Give 7 points');
  });
  afterAll(async () => {
    await shop.program.stop();
    await Promise.all([shop.telegram.stop(), slack.close(), cable.close()]);
  });

  test('what people do meanwhile is not lost and happens once, in their order; health says what is wrong', async () => {
    const { program, telegram, ben } = shop;
    await cable.cut();
    const query = await ben.presses('Give 7 points');
    const newcomers = [3001, 3002].map((id) => telegram.person({ id, name: `New ${id}`, language_code: 'fi' }));
    for (const newcomer of newcomers) await newcomer.says('/join');
    await carl.says('join');
    await carl.says('balance');

    await until('readiness to end', async () => (await health(shop)).ready === 503);
    const { alive, parts } = await health(shop);
    expect(alive).toBe(200);
    expect(parts['database']).toBe('the database does not answer');
    expect((await fetch(`${program.origin}/metrics`)).status).toBe(200);
    expect(carl.sees()).toEqual([]);
    if (ways === 'webhooks') {
      const answer = await fetch(`${program.origin}/telegram`, {
        method: 'POST',
        headers: { 'x-telegram-bot-api-secret-token': 'secret' },
        body: JSON.stringify(telegram.pending()[0]),
      });
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    await sleep(700);

    await cable.mend();
    for (const newcomer of newcomers) await newcomer.gets('Kortillasi on jo 10 pistettä', { timeoutMs: 20_000 });
    await ben.gets('7 points for Customer 2001', { timeoutMs: 20_000 });
    expect((await customers[0]?.person.gets('+7 points', { timeoutMs: 20_000 }))?.text).toContain('17 points');
    await until('both replies to Carl', () => carl.sees().some(({ text }) => text.includes('You have 10 points.')));
    await until('the answer to the press', () => query.answers.length === 1);

    const { prisma } = program.peek;
    expect(await prisma.sale.count()).toBe(1);
    expect(await prisma.member.count()).toBe(6);
    expect(await prisma.entry.count()).toBe(7);
    expect(await prisma.delivery.count({ where: { notice: 'credited' } })).toBe(1);
    await until('readiness', async () => (await health(shop)).ready === 200);
    await until('everything confirmed', () => telegram.pending().length === 0);
    expect(program.errors()).toEqual([]);
    expect(await prisma.poison.count()).toBe(0);
    expect(telegram.mistakes).toEqual([]);
    expect(slack.refusals).toEqual([]);
  });

  test('a database that neither answers nor breaks is noticed too', async () => {
    cable.freeze();
    const begun = performance.now();
    const { alive, ready, parts } = await health(shop);
    cable.thaw();
    expect({ alive, ready, database: parts['database'] }).toEqual({
      alive: 200,
      ready: 503,
      database: 'the database does not answer',
    });
    expect(performance.now() - begun).toBeLessThan(8_000);
    await shop.program.ready();
  });
});

test('a statement that is never answered ends as "the database is away", and its connection with it', async () => {
  const cable = await cuttableDatabase(await freshUrl());
  const db = await openDatabase({ url: cable.url, max: 2, answerWithinMs: 300 });
  const ask = () => db.run<{ one: number }>({ name: 'one', text: 'SELECT 1 AS one' }, []);
  expect(await ask()).toEqual([{ one: 1 }]);
  cable.freeze();
  const failures = await Promise.all([ask(), db.prisma.setting.count()].map((asked) => asked.catch((error: unknown) => error)));
  cable.thaw();
  expect(failures.map(isDatabaseDown)).toEqual([true, true]);
  expect(await ask()).toEqual([{ one: 1 }]);
  expect(await db.prisma.setting.count()).toBe(0);
  await db.close();
  await cable.close();
});

describe.runIf(redisInstalled)('Redis is away', () => {
  test('credits and replies go on, messages wait and are sent when it is back', async () => {
    const redis = await startRedis();
    const shop = await openTelegramShop({ REDIS_URL: redis.freshUrl() });
    try {
      const { program, telegram, ben } = shop;
      await program.ready();
      const anna = telegram.person({ id: 2001, name: 'Anna', language_code: 'en' });
      const code = await joins(anna);
      await redis.kill();
      for (const amount of [5, 6, 7]) {
        await ben.says(`credit ${code} ${amount}`);
        await ben.gets(`Give ${amount} points`, { timeoutMs: 3_000 });
        await ben.presses(`Give ${amount} points`);
        await ben.gets(`${amount} points for Anna`, { timeoutMs: 3_000 });
      }
      expect(await health(shop)).toMatchObject({ alive: 200, ready: 503, parts: { database: true, queue: expect.any(String) } });
      await redis.start();
      for (const amount of [5, 6, 7]) await anna.gets(`+${amount} points`, { timeoutMs: 15_000 });
      await program.ready();
      expect(anna.messages().filter(({ text }) => text.includes('Thank you for your purchase'))).toHaveLength(3);
    } finally {
      await shop.close();
      await redis.remove();
    }
  });
});
