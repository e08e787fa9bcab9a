import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Listener } from '../../src/chat/channel.ts';
import type { Reply } from './contract/setup.ts';
import { pause, setup, untilReady } from './telegram-setup.ts';

const patience = { timeout: 10_000, interval: 10 };
const secret = 'a-secret_of-the-webhook';

/** A web server as `web.ts` mounts the channel; returns its address. */
async function serve(listenerOf: () => Listener | undefined): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const headers = new Headers(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const body = incoming.method === 'GET' ? null : Buffer.concat(chunks);
    const request = new Request(`http://127.0.0.1${incoming.url}`, { method: incoming.method ?? 'GET', headers, body });
    const response = (await listenerOf()?.webhook?.fetch(request)) ?? new Response(null, { status: 404 });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(Buffer.from(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function hooked(reply?: Reply, options = {}) {
  const it = await setup({ secondMs: 20, ...options });
  let listener: Listener | undefined;
  const publicUrl = await serve(() => listener);
  const listening = await it.listen(reply, { webhook: { secret, publicUrl } });
  listener = listening.listener;
  const post = (body: string, headers: Record<string, string> = { 'x-telegram-bot-api-secret-token': secret }) =>
    fetch(`${publicUrl}/telegram`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  return { ...it, ...listening, publicUrl, post };
}

const update = (id: number, text = 'balance', chat = 5) => ({
  update_id: id,
  message: {
    message_id: id,
    date: 1,
    text,
    chat: { id: chat, type: 'private', first_name: 'A' },
    from: { id: chat, is_bot: false, first_name: 'A' },
  },
});

test('set with its secret, then what people do arrives and is answered', async () => {
  const { fake, anna, listener, publicUrl, handled } = await hooked(({ text }) => ({ title: `answer ${text}` }));
  expect(listener.webhook?.path).toBe('/telegram');
  await untilReady(listener);
  expect(fake.calls('setWebhook').map(({ params }) => params)).toEqual([
    {
      url: `${publicUrl}/telegram`,
      secret_token: secret,
      allowed_updates: ['message', 'callback_query', 'my_chat_member'],
      max_connections: 40,
    },
  ]);
  await anna.says('balance');
  await anna.gets('answer balance');
  await vi.waitFor(() => expect(fake.pending()).toEqual([]), patience);
  expect(handled).toHaveLength(1);
  expect(fake.mistakes).toEqual([]);
});

test('set again only when it differs, or when Telegram was refused', async () => {
  const { fake, anna, listener, create, publicUrl } = await hooked();
  await untilReady(listener);
  const again = async (settings: { secret: string; publicUrl: string }) => {
    const next = await create({ webhook: settings }).listen({ handle: async () => undefined, reachable: async () => undefined });
    await untilReady(next);
    await next.stop();
    return fake.calls('setWebhook').length;
  };
  expect(await again({ secret, publicUrl: `${publicUrl}/` })).toBe(1);
  expect(await again({ secret, publicUrl: publicUrl.replace('127.0.0.1', 'localhost') })).toBe(2);
  expect(await again({ secret, publicUrl })).toBe(3);
  expect(await again({ secret: 'changed', publicUrl })).toBe(3);
  await fetch(`${fake.apiRoot}/bot${fake.token}/setWebhook?url=${publicUrl}/telegram&secret_token=old&max_connections=40`);
  await anna.says('refused');
  await vi.waitFor(async () => {
    const info = await fetch(`${fake.apiRoot}/bot${fake.token}/getWebhookInfo`).then((response) => response.json());
    expect(info).toMatchObject({ result: { last_error_message: expect.stringContaining('401') } });
  }, patience);
  expect(await again({ secret: 'changed', publicUrl })).toBe(5);
});

test('who does not know the secret is refused before anything is read', async () => {
  const { post, handled } = await hooked();
  const body = JSON.stringify(update(1));
  expect((await post(body, {})).status).toBe(401);
  expect((await post(body, { 'x-telegram-bot-api-secret-token': `${secret}x` })).status).toBe(401);
  expect((await post('x'.repeat(2_000_000), { 'x-telegram-bot-api-secret-token': '' })).status).toBe(401);
  expect(handled).toEqual([]);
});

test('too much, and what is no update', async () => {
  const { post, listener, handled, publicUrl } = await hooked();
  expect((await post(`{"x":"${'x'.repeat(1_000_001)}"}`)).status).toBe(413);
  for (const body of ['', 'nonsense', '[]', 'null', '{"message":{}}', '{"update_id":"7"}'])
    expect((await post(body)).status).toBe(400);
  expect((await fetch(`${publicUrl}/telegram`)).status).toBe(405);
  const chunk = new Uint8Array(100_000);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent++;
      controller.enqueue(chunk);
    },
  });
  const request = new Request('http://x/telegram', {
    method: 'POST',
    headers: { 'x-telegram-bot-api-secret-token': secret },
    body: endless,
    duplex: 'half',
  } as RequestInit);
  expect((await listener.webhook?.fetch(request))?.status).toBe(413);
  expect(sent).toBeLessThan(20);
  expect(handled).toEqual([]);
});

test('with the database away: 503 and when to come again; Telegram does, in order, and nothing is lost', async () => {
  let away = true;
  const { anna, post, handled } = await hooked(({ text }) => {
    if (away) throw new Error('the database is away');
    return { title: `answer ${text}` };
  });
  const response = await post(JSON.stringify(update(1)));
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  await anna.says('one');
  await anna.says('two');
  await vi.waitFor(() => expect(handled.filter(({ text }) => text === 'one').length).toBeGreaterThan(1), patience);
  away = false;
  await vi.waitFor(() => expect(anna.messages().map(({ text }) => text)).toEqual(['answer one', 'answer two']), patience);
  expect(new Set(handled.filter(({ text }) => text === 'one').map(({ id }) => id)).size).toBe(1);
});

test('answers only when the event is handled; one chat in order, others beside it', async () => {
  const { post, handled } = await hooked(async ({ text }) => {
    if (text === 'slow') await pause(200);
    return undefined;
  });
  const order: string[] = [];
  const send = async (id: number, text: string, chat: number) => {
    expect((await post(JSON.stringify(update(id, text, chat)))).status).toBe(200);
    order.push(`${chat} ${text}`);
  };
  const first = send(1, 'slow', 5);
  await vi.waitFor(() => expect(handled).toHaveLength(1), patience);
  await Promise.all([first, send(2, 'quick', 5), send(3, 'quick', 6)]);
  expect(order).toEqual(['6 quick', '5 slow', '5 quick']);
});

test('what can’t be read is put aside and answered, so that it does not come again', async () => {
  const { post, aside, handled } = await hooked();
  expect((await post('{"update_id":7,"message":{"chat":null}}')).status).toBe(200);
  expect(aside.map(({ id }) => id)).toEqual(['telegram-7']);
  expect(handled).toEqual([]);
});

test('an event that fails again and again while others work is put aside at last', async () => {
  const { post, aside } = await hooked(() => {
    throw new Error('a fault of the program');
  });
  const states: number[] = [];
  for (let tries = 0; tries < 10; tries++) states.push((await post(JSON.stringify(update(9)))).status);
  expect(states).toEqual([...Array.from({ length: 9 }, () => 503), 200]);
  expect(aside.map(({ id }) => id)).toEqual(['telegram-9']);
});

test('stopping finishes what has begun and sends the rest away', async () => {
  const { post, listener, handled } = await hooked(() => pause(150).then(() => undefined));
  const begun = post(JSON.stringify(update(1)));
  await vi.waitFor(() => expect(handled).toHaveLength(1), patience);
  const stopping = listener.stop();
  expect((await post(JSON.stringify(update(2)))).status).toBe(503);
  await stopping;
  expect((await begun).status).toBe(200);
  expect(handled).toHaveLength(1);
});

test('while Telegram can’t be told where to call, it says so and goes on trying', async () => {
  const it = await setup({ secondMs: 20 });
  it.fake.next('setWebhook', { status: 500 });
  const { listener } = await it.listen(() => undefined, { webhook: { secret, publicUrl: 'http://127.0.0.1:9' } });
  await vi.waitFor(() => expect(listener.ready()).toMatch(/could not be set/), patience);
  await untilReady(listener);
  expect(it.fake.calls('setWebhook')).toHaveLength(1);
});
