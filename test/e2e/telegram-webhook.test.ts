import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/program.ts';
import { joins, openTelegramShop, type TelegramShop } from './telegram-shop.ts';

const secret = 'a-secret_of-the-webhook';
let shop: TelegramShop;

beforeAll(async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  shop = await openTelegramShop({ TELEGRAM_WEBHOOK_SECRET: secret, PUBLIC_URL: publicUrl, PORT: String(port) }, { secondMs: 50 });
});

afterAll(() => shop.close());

const post = (body: string | ReadableStream, given = secret, more: RequestInit & { duplex?: 'half' } = {}) =>
  fetch(`${shop.program.origin}/telegram`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': given },
    body,
    ...more,
  });

/** An update as Telegram tells it, whatever its id. */
const update = (id: number, text: string, from: { id: number; first_name: string }) =>
  JSON.stringify({
    update_id: id,
    message: {
      message_id: id,
      date: 1,
      text,
      chat: { id: from.id, type: 'private', first_name: from.first_name },
      from: { ...from, is_bot: false, language_code: 'en' },
    },
  });

const countOf = async () => ({
  people: await shop.program.peek.prisma.person.count(),
  inbox: await shop.program.peek.prisma.inbox.count(),
  aside: await shop.program.peek.prisma.poison.count(),
});

describe('who may call', () => {
  const stranger = { id: 5001, first_name: 'Nobody' };

  test.each(['', 'wrong', `${secret}x`])('the secret %j is 401, and nothing is written', async (given) => {
    const before = await countOf();
    expect((await post(update(1, '/start', stranger), given)).status).toBe(401);
    expect(await countOf()).toEqual(before);
  });

  test('a body of over 1 MB is 413, whether its length is told or not, and nothing is written', async () => {
    const before = await countOf();
    const big = update(2, 'x'.repeat(1_100_000), stranger);
    expect((await post(big)).status).toBe(413);
    const inPieces = new ReadableStream({
      start(controller) {
        for (let at = 0; at < big.length; at += 65_536) controller.enqueue(new TextEncoder().encode(big.slice(at, at + 65_536)));
        controller.close();
      },
    });
    expect((await post(inPieces, secret, { duplex: 'half' })).status).toBe(413);
    expect(await countOf()).toEqual(before);
  });

  test('what is no update is 400, and what can’t be read is put aside and answered, so that it blocks nobody', async () => {
    expect((await post('{"hello"')).status).toBe(400);
    const before = await countOf();
    expect((await post(JSON.stringify({ update_id: 3, message: 'no message' }))).status).toBe(200);
    expect(await countOf()).toEqual({ ...before, aside: before.aside + 1 });
    expect(shop.program.errors().length).toBeGreaterThan(0);
    shop.program.logged.length = 0;
  });
});

test('from joining to credited, and the same update five times over has one effect', async () => {
  const { telegram, program, ben } = shop;
  const anna = telegram.person({ id: 2001, name: 'Anna', language_code: 'fi' });
  await anna.says('/start');
  await anna.gets('Tervetuloa, täällä Café Liepa!');
  const eva = telegram.person({ id: 2002, name: 'Eva', language_code: 'en' });
  const code = await joins(eva);

  const line = (id: number) => update(id, `/credit ${code} 12.50 R-${id}`, { id: ben.id, first_name: 'Ben' });
  const answers = await Promise.all(Array.from({ length: 5 }, () => post(line(900))));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  await ben.gets('Give 12 points to Eva?');
  const press = (id: number, data: string) =>
    JSON.stringify({
      update_id: id,
      callback_query: {
        id: `query-${id}`,
        chat_instance: '1',
        data,
        from: { id: ben.id, is_bot: false, first_name: 'Ben' },
        message: { ...ben.newestWith('Give 12 points') },
      },
    });
  const does = ben.sees()?.buttons.find(({ label }) => label === 'Give 12 points')?.does ?? '';
  const pressed = await Promise.all([901, 901, 901, 902, 902].map((id) => post(press(id, does))));
  expect(pressed.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  await eva.gets('+12 points');
  expect(await program.peek.prisma.sale.count()).toBe(1);
  expect(await program.peek.prisma.delivery.count({ where: { notice: 'credited' } })).toBe(1);
  await eva.says('balance');
  await eva.gets('You have 22 points.');
});

test('health is for everybody: alive, ready, and metrics without people in them', async () => {
  const { origin } = shop.program;
  await shop.program.ready();
  expect(await (await fetch(`${origin}/readyz`)).json()).toEqual({
    ready: true,
    parts: { database: true, queue: true, telegram: true },
  });
  expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  expect(metrics).toMatch(/regulars_event_seconds_count\{channel="telegram",outcome="answered"\} [1-9]/);
  expect(metrics).toMatch(/regulars_deliveries_total\{channel="telegram",outcome="sent"\} [1-9]/);
  expect(metrics).toContain('regulars_oldest_due_seconds');
  const ours = metrics
    .split('\n')
    .filter((line) => line.startsWith('regulars_'))
    .join('\n');
  for (const one of ['Eva', 'Anna', '2002', shop.telegram.token]) expect(ours).not.toContain(one);
  expect((await fetch(`${origin}/nothing-here`)).status).toBe(404);
  expect(shop.program.errors()).toEqual([]);
  expect(shop.telegram.mistakes).toEqual([]);
});
