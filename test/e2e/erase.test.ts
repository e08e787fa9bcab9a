import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refund } from '../../src/program/ledger/refund.ts';
import { verify } from '../../src/program/ledger/verify.ts';
import { smallPng } from '../channels/contract/small-png.ts';
import { type RedisServer, redisInstalled, startRedis } from '../jobs/redis-server.ts';
import { type FakeTelegram, type Person, startFakeTelegram } from '../support/fake-telegram/index.ts';
import { asOwner, contextOf } from '../support/ledger.ts';
import { dataFolder, onTelegram, until } from '../support/program.ts';
import { openSlackShop, type SlackShop } from './slack-shop.ts';

const data = dataFolder();
let telegram: FakeTelegram;
let shop: SlackShop;
let redis: RedisServer | undefined;
let redisUrl: string | undefined;
let anna: Person;
let twin: SlackShop['olga'];
let code: string;

/** Everything by which somebody could be found again. */
const canaries = () => ['zyzzyva', '987650017', '358509876543', twin.id, twin.chat];

beforeAll(async () => {
  telegram = await startFakeTelegram();
  redis = redisInstalled ? await startRedis() : undefined;
  redisUrl = redis?.freshUrl();
  const queue: Record<string, string> = redisUrl ? { REDIS_URL: redisUrl } : {};
  shop = await openSlackShop('socket', { ...onTelegram(telegram), ...queue, DATA_DIR: data.path });
  anna = telegram.person({ id: 987_650_017, name: 'Anna Zyzzyva', language_code: 'en' });
  twin = shop.slack.person('Twin Zyzzyva');
});
afterAll(async () => {
  await shop.close();
  await telegram.stop();
  await redis?.remove();
  data.remove();
});

const database = () => shop.program.peek;

/** Where in the database something is written, in whatever schema, also the queue's. */
async function placesOf(words: readonly string[]): Promise<string[]> {
  return asOwner(shop.program.databaseUrl, async (client: pg.Client) => {
    const { rows } = await client.query<{ place: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS place FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const found: string[] = [];
    for (const { place } of rows)
      for (const word of words) {
        const { rowCount } = await client.query(`SELECT 1 FROM ${place} t WHERE position($1 IN lower(t::text)) > 0 LIMIT 1`, [
          word,
        ]);
        if (rowCount) found.push(`${place}: ${word}`);
      }
    return found;
  });
}

async function keysWith(words: readonly string[]): Promise<string[]> {
  if (redisUrl === undefined) return [];
  const client = new Redis(redisUrl);
  const keys = await client.keys('*');
  const dumps = await Promise.all(
    keys.map(async (key) => [key, (await client.dumpBuffer(key))?.toString('latin1') ?? ''] as const),
  );
  client.disconnect();
  return dumps.filter((one) => words.some((word) => one.join().toLowerCase().includes(word))).map(([key]) => key);
}

/** The program's own files: what came and was not treated yet. */
const filesWith = (words: readonly string[]): string[] =>
  readdirSync(data.path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(data.path, name))
    .filter((path) => statSync(path).isFile())
    .filter((path) => words.some((word) => readFileSync(path, 'latin1').toLowerCase().includes(word)));

/** Anna lives her life with the shop, on both messengers, and leaves her name everywhere it can be left. */
async function lives(): Promise<void> {
  await anna.says('join');
  code = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/.exec((await anna.gets(/Your code/)).text)?.[0] ?? '';
  await anna.sharesContact('+358509876543');
  await anna.gets(/358509876543/);
  for (const text of ['tell me about zyzzyva1', 'birthday zyzzyva2', 'claim zyzzyva3', 'link zyzzyva4', 'consent yes']) {
    await anna.says(text);
    await anna.gets();
  }
  await anna.sendsPhoto(smallPng(40), 'zyzzyva5 in a caption');
  await anna.gets();
  const from = { ...anna.user, is_bot: undefined, first_name: null };
  telegram.pushes(anna.id, 'callback_query', {
    id: 5,
    data: 'zyzzyva6',
    message: { message_id: 1, from, chat: { id: anna.id, type: 'private' } },
  });
  await anna.says('link');
  const link = /link ([0-9A-Z]{4}-[0-9A-Z]{4})/.exec((await anna.gets(/link ([0-9A-Z]{4}-[0-9A-Z]{4})/)).text)?.[1] ?? '';
  await twin.says(`link ${link}`);
  await shop.sees(twin, /now|one|linked/i);
  await twin.opensHome();
  await until('the card on her home', () => JSON.stringify(twin.seesHome() ?? '').includes(code));
}

/** Staff credit her, write about her, and an event of hers can't be read. */
async function isServed(): Promise<void> {
  const { ben } = shop;
  await ben.says(`credit ${code} 12.50`);
  const asked = await shop.sees(ben, /Anna Zyzzyva/);
  await ben.presses(asked, asked.buttons.find(({ label }) => label.startsWith('Give '))?.label ?? '');
  await shop.sees(ben, /12 points for Anna/);
  await ben.says('member +358509876543');
  await shop.sees(ben, /Anna Zyzzyva[\s\S]*purchase/);
  await ben.says('credit +358509876543');
  const sale = await database().prisma.sale.findFirstOrThrow();
  const staff = await database().prisma.staff.findFirstOrThrow({ where: { role: 'staff' } });
  const ctx = contextOf(database(), new Date(), { actor: { kind: 'person', personId: staff.personId } });
  await refund(ctx, { saleId: Number(sale.id), amountMinor: 250, reason: 'zyzzyva7 did not like it', timeZone: 'UTC' });
  await asOwner(shop.program.databaseUrl, (client) =>
    client.query("INSERT INTO member_tag (member_id, tag, at) SELECT id, 'zyzzyva8', now() FROM member"),
  );
  await until('the event that can’t be read', async () => (await database().prisma.poison.count()) > 0);
}

const settled = () =>
  until('an empty queue', async () => {
    const states = ['planned', 'claimed', 'sending', 'retry'];
    return (await database().prisma.delivery.count({ where: { state: { in: states } } })) === 0;
  });

test('somebody with two messengers is exported whole, and erased everywhere', { timeout: 60_000 }, async () => {
  await lives();
  await isServed();
  await settled();
  const before = await placesOf(canaries());
  expect(before.length).toBeGreaterThan(10);

  await anna.says('export json');
  const file = await anna.gets((seen) => seen.file !== undefined);
  const all = new TextDecoder().decode(file.file?.bytes);
  for (const word of ['Anna Zyzzyva', '987650017', '+358509876543', twin.id, twin.chat, 'zyzzyva6', 'zyzzyva7', 'zyzzyva8'])
    expect(all).toContain(word);

  await twin.says('export csv');
  const table = await until('a table on Slack', () => twin.sees().findLast((seen) => seen.file !== undefined)?.file);
  expect(new TextDecoder().decode(table.bytes)).toMatch(/purchase €12\.50,12,22/);

  await anna.says('erase');
  await anna.gets(/Shall we forget you/);
  await anna.presses('Erase everything');
  await anna.gets(/no way back/);
  const pressed = await anna.presses('Yes, erase for good');
  const last = await anna.gets(/You are forgotten/);
  expect(last.text).toContain('Points lost: 20 points');
  await settled();

  expect(await placesOf(canaries())).toEqual([]);
  expect(await keysWith(canaries())).toEqual([]);
  expect(filesWith(canaries())).toEqual([]);
  const logged = JSON.stringify(shop.program.logged).toLowerCase();
  for (const word of ['zyzzyva', '358509876543']) expect(logged).not.toContain(word);
  expect((await verify(database())).problems).toEqual([]);

  // Her card opens nothing any more, and nothing of it stands anywhere.
  await until('a home without a card', () => !JSON.stringify(twin.seesHome() ?? '').includes(code));
  await shop.ben.says('cancel');
  await shop.ben.says(`member ${code}`);
  await shop.sees(shop.ben, /No member has this code/);
  expect([...telegram.menus.keys()].filter((key) => key.includes(String(anna.id)))).toEqual([]);
  expect(pressed.answers.length).toBeGreaterThan(0);
  expect(telegram.mistakes).toEqual([]);
  expect(shop.slack.refusals).toEqual([]);
});
