import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { shownMessage } from '../../src/channels/playground/messages.ts';
import { Unreachable } from '../../src/chat/channel.ts';
import { memoryMessages, testPlayground } from '../support/playground-double.ts';
import { channelContract, recordingHub, type Seen, smallPng } from './contract.ts';

const origin = 'http://localhost:3000';
type Fetch = (request: Request) => Promise<Response>;

const post = (fetch: Fetch, path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(
    new Request(origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );

const sendPicture = (fetch: Fetch, bytes: Uint8Array, about: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(
    new Request(`${origin}/playground/photos?${new URLSearchParams({ name: 'cake.png', ...about })}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', origin, ...headers },
      body: new Uint8Array(bytes),
    }),
  );

/** As the page does it: the same request again while the server can't. */
async function postUntilTaken(fetch: Fetch, body: object): Promise<void> {
  for (;;) {
    const response = await post(fetch, '/playground/events', body);
    if (response.status !== 503) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

channelContract(
  'playground',
  async () => {
    const messages = memoryMessages();
    const lost = { next: false };
    const { channel } = testPlayground({
      messages: {
        ...messages,
        async append(message) {
          const id = await messages.append(message);
          if (lost.next) throw new Error('the answer of the database was lost');
          return id;
        },
      },
    });
    let fetch: Fetch = () => Promise.reject(new Error('not connected'));

    async function shown() {
      const standing = new Map<number, ReturnType<typeof shownMessage>>();
      for (const one of await messages.since(0, 1000)) {
        const message = shownMessage(one);
        const old = standing.get(message.of);
        if (!('bare' in message)) standing.set(message.of, message);
        else if (old && 'view' in old && old.view) standing.set(message.of, { ...old, view: { ...old.view, buttons: [] } });
      }
      return [...standing.values()];
    }

    async function look(message: Awaited<ReturnType<typeof shown>>[number]): Promise<Seen[]> {
      if (!('view' in message) || !message.view) return [];
      const { title, body, facts, footer, buttons, image, file } = message.view;
      const bytes = async (path: string) => new Uint8Array(await (await fetch(new Request(origin + path))).arrayBuffer());
      return [
        {
          id: String(message.of),
          text: [title, body, ...(facts?.flat() ?? []), footer].filter(Boolean).join('\n'),
          buttons: buttons?.flat() ?? [],
          ...(image && { image: await bytes(image.src) }),
          ...(file && { file: { name: file.name, bytes: await bytes(file.href) } }),
        },
      ];
    }

    return {
      channel,
      address: { channel: 'playground', user: 'customer', chat: 'customer' },
      async connect({ webhook }) {
        if (webhook) fetch = webhook.fetch;
      },
      seen: async () => (await Promise.all((await shown()).map(look))).flat(),
      says: (text) => postUntilTaken(fetch, { id: randomUUID(), phone: 'customer', text }),
      async presses(label) {
        for (const message of (await shown()).reverse()) {
          const buttons = 'view' in message ? (message.view?.buttons?.flat() ?? []) : [];
          const button = buttons.find((one) => one.label === label);
          if (button && 'does' in button) {
            return await postUntilTaken(fetch, {
              id: randomUUID(),
              phone: 'customer',
              text: button.does,
              pressed: String(message.of),
            });
          }
        }
        throw new Error(`no button says ${label}`);
      },
      sendsPicture: (png) => sendPicture(fetch, png, { id: randomUUID(), phone: 'customer' }),
      async fault() {
        lost.next = true;
        return async () => {
          lost.next = false;
        };
      },
      close: async () => undefined,
    };
  },
  // The messenger is this process: nobody blocks us, slows us down or refuses, and there is no line to be cut before the table.
  { cannot: ['unreachable', 'slow down', 'no connection', 'refused'] },
);

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function started(options: Parameters<typeof testPlayground>[0] = {}, reply?: Parameters<typeof recordingHub>[0]) {
  const { hub, handled } = recordingHub(reply ?? (({ text }) => ({ body: `heard ${text}` })));
  const playground = testPlayground(options);
  const listener = await playground.channel.listen(hub);
  const fetch = listener.webhook?.fetch;
  if (!fetch) throw new Error('the playground listens over HTTP');
  stops.push(() => listener.stop());
  return { ...playground, handled, listener, fetch };
}

const event = (over: object = {}) => ({ id: randomUUID(), phone: 'customer', text: 'balance', ...over });

describe('addresses and links', () => {
  test('nobody but the three phones is there', async () => {
    const { channel } = testPlayground();
    await expect(
      channel.send({ channel: 'playground', user: 'stranger', chat: 'stranger' }, { body: 'hi' }),
    ).rejects.toBeInstanceOf(Unreachable);
  });

  test.each([
    ['own_ABC', 'owner'],
    ['inv_ABC', 'staff'],
    ['c_K7Q29XMP5', 'staff'],
    ['r_ABC', 'customer'],
  ])('%s opens on the phone of the %s', (payload, phone) => {
    expect(testPlayground().channel.link?.(payload)).toBe(`${origin}/#${phone}=${payload}`);
  });

  test('a picture stays when its answer has none, without its buttons', async () => {
    const { channel, messages } = testPlayground();
    const to = { channel: 'playground', user: 'customer', chat: 'customer' };
    const card = await channel.send(to, {
      image: { png: smallPng(9), alt: 'card' },
      buttons: [[{ label: 'Balance', does: 'balance' }]],
    });
    const answer = await channel.send(to, { body: '10 points' }, card);
    expect(answer.id).not.toBe(card.id);
    const told = (await messages.since(0, 10)).map(shownMessage);
    expect(told.map(({ of }) => String(of))).toEqual([card.id, card.id, answer.id]);
    expect(told[1]).toMatchObject({ bare: true });
  });

  test('a picture stays that stands in place of a question, too', async () => {
    const { channel, messages } = testPlayground();
    const to = { channel: 'playground', user: 'customer', chat: 'customer' };
    const question = await channel.send(to, { body: 'Join?' });
    expect(await channel.send(to, { image: { png: smallPng(9), alt: 'card' } }, question)).toEqual(question);
    await channel.send(to, { body: '10 points' }, question);
    expect((await messages.since(0, 10)).map(shownMessage).map(({ id, of }) => [id, of])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 4],
    ]);
  });

  test('a message of another phone is never replaced', async () => {
    const { channel, messages } = testPlayground();
    const theirs = await channel.send({ channel: 'playground', user: 'owner', chat: 'owner' }, { body: 'secret' });
    await channel.send(
      { channel: 'playground', user: 'customer', chat: 'customer' },
      { body: 'mine' },
      { chat: 'customer', id: theirs.id },
    );
    expect((await messages.since(0, 10)).map(shownMessage).map(({ of, phone }) => [of, phone])).toEqual([
      [1, 'owner'],
      [2, 'customer'],
    ]);
  });
});

describe('events over HTTP', () => {
  test('a text arrives with its phone, name and language', async () => {
    const { fetch, handled } = await started();
    const id = randomUUID();
    expect((await post(fetch, '/playground/events', event({ id, language: 'bg' }))).status).toBe(204);
    expect(handled).toEqual([
      {
        id: `playground-${id}`,
        from: { channel: 'playground', user: 'customer', chat: 'customer' },
        name: 'Anna',
        place: 'direct',
        text: 'balance',
        language: 'bg',
      },
    ]);
  });

  test('a button that shares a number hands over the phone’s own, as the command that takes one', async () => {
    const { fetch, handled } = await started();
    await post(fetch, '/playground/events', event({ text: 'phone how', pressed: '1', shares: 'contact' }));
    expect(handled).toMatchObject([{ text: 'phone', contact: { phone: '+447700900001' } }]);
    await post(fetch, '/playground/events', event({ text: 'phone how', shares: 'contact' }));
    expect(handled[1]).not.toHaveProperty('contact');
  });

  test('a picture stands in the phone by its name; of one that is too large only the size is known', async () => {
    const { fetch, handled, messages } = await started();
    const png = smallPng(3);
    expect((await sendPicture(fetch, png, { id: randomUUID(), phone: 'owner', language: 'fi' })).status).toBe(204);
    expect((await messages.since(0, 1)).map(shownMessage)).toMatchObject([
      { phone: 'owner', mine: true, text: 'cake.png', file: true },
    ]);
    expect(handled).toMatchObject([{ text: '', language: 'fi', from: { user: 'owner' }, photo: { bytes: png.length } }]);
    expect(await handled[0]?.photo?.read()).toEqual(png);
    const large = new Uint8Array(30_000_000);
    await sendPicture(fetch, large, { id: randomUUID(), phone: 'owner' });
    expect(handled[1]?.photo?.bytes).toBe(large.length);
    await expect(handled[1]?.photo?.read()).rejects.toThrow('too large');
  });

  test('a picture is taken from the page alone, and only when it is one', async () => {
    const { fetch, handled } = await started();
    const about = { id: randomUUID(), phone: 'owner' };
    const form = { 'content-type': 'multipart/form-data; boundary=x' };
    expect((await sendPicture(fetch, smallPng(3), about, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await sendPicture(fetch, smallPng(3), about, form)).status).toBe(415);
    expect((await sendPicture(fetch, smallPng(3), { ...about, phone: 'robot' })).status).toBe(400);
    expect((await sendPicture(fetch, new Uint8Array(), about)).status).toBe(400);
    expect((await sendPicture(fetch, new Uint8Array(64 * 1024 * 1024 + 1), about)).status).toBe(413);
    expect(handled).toEqual([]);
  });

  test('a request that is sent again shows one message and one answer', async () => {
    const { fetch, messages } = await started();
    const same = event();
    await Promise.all([1, 2, 3].map(() => post(fetch, '/playground/events', same)));
    expect((await messages.since(0, 10)).map(({ mine }) => mine)).toEqual([true, false]);
  });

  test.each<[string, unknown, number, Record<string, string>?]>([
    ['another site', event(), 403, { origin: 'https://evil.example' }],
    ['another site that hides its name', event(), 403, { origin: 'null' }],
    ['another site, as the browser tells', event(), 403, { 'sec-fetch-site': 'cross-site' }],
    ['a name that was made to point here', event(), 403, { host: 'evil.example:3000', origin: 'http://evil.example:3000' }],
    ['a form', 'text=balance', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a text', JSON.stringify(event()), 415, { 'content-type': 'text/plain' }],
    ['broken JSON', '{"id":', 400],
    ['JSON that is no object', '[1]', 400],
    ['an unknown phone', event({ phone: 'robot' }), 400],
    ['no phone', event({ phone: undefined }), 400],
    ['a phone of the language itself', event({ phone: '__proto__' }), 400],
    ['no id', event({ id: undefined }), 400],
    ['a short id', event({ id: 'a' }), 400],
    ['an id with other characters', event({ id: 'x'.repeat(20).concat(' y') }), 400],
    ['no text', event({ text: undefined }), 400],
    ['an empty text', event({ text: '  ' }), 400],
    ['a language that is none', event({ language: '<b>' }), 400],
    ['a press on no message', event({ pressed: 'first' }), 400],
    ['a body of 70 kB', event({ text: 'x'.repeat(70_000) }), 413],
    ['a text of 40 kB', event({ text: 'x'.repeat(40_000) }), 413],
  ])('%s is refused', async (_what, body, status, headers) => {
    const { fetch, handled, messages } = await started();
    const response = await post(fetch, '/playground/events', body, headers);
    expect(response.status).toBe(status);
    expect(typeof ((await response.json()) as { error: string }).error).toBe('string');
    expect(handled).toEqual([]);
    expect(await messages.since(0, 10)).toEqual([]);
  });

  test('a body without a declared length is cut off, too', async () => {
    const { fetch, handled } = await started();
    let parts = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        parts++;
        controller.enqueue(new Uint8Array(10_000).fill(120));
      },
    });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' as const };
    expect((await fetch(new Request(`${origin}/playground/events`, init))).status).toBe(413);
    expect(parts).toBeLessThan(12);
    expect(handled).toEqual([]);
  });

  test('10 kB, NUL, half a character and markup are shown as they can be', async () => {
    const { fetch, messages } = await started();
    const text = `<b>\0 \uD83D ${'щ'.repeat(10_000)}`;
    expect((await post(fetch, '/playground/events', event({ text }))).status).toBe(204);
    const [said] = await messages.since(0, 1);
    expect(said?.content).toEqual({ text: `<b> \uFFFD ${'щ'.repeat(10_000)}` });
  });

  test('one phone waits for its own answers and not for those of others', async () => {
    const doors = new Map<string, () => void>();
    const { fetch, handled } = await started({}, async ({ text }) => {
      await new Promise<void>((resolve) => doors.set(text, resolve));
      return undefined;
    });
    const slow = post(fetch, '/playground/events', event({ text: 'one' }));
    const second = post(fetch, '/playground/events', event({ text: 'two' }));
    const other = post(fetch, '/playground/events', event({ phone: 'staff', text: 'three' }));
    await vi.waitFor(() => expect(handled.map(({ text }) => text).sort()).toEqual(['one', 'three']));
    doors.get('three')?.();
    await other;
    doors.get('one')?.();
    await slow;
    await vi.waitFor(() => expect(handled.map(({ text }) => text)).toContain('two'));
    doors.get('two')?.();
    await second;
  });

  test('the language switch speaks to the program once it knows the person', async () => {
    const { fetch, handled, people, messages } = await started();
    const wish = () => ({ id: randomUUID(), phone: 'customer', language: 'fi' });
    expect((await post(fetch, '/playground/language', wish())).status).toBe(204);
    expect(handled).toEqual([]);
    people.customer = { language: null, role: null, memberCode: null, credited: false, coupon: null };
    expect((await post(fetch, '/playground/language', wish())).status).toBe(204);
    expect(handled).toMatchObject([{ text: 'language fi', language: 'fi' }]);
    expect((await messages.since(0, 10)).map(({ mine }) => mine)).toEqual([false]);
    expect((await post(fetch, '/playground/language', { ...wish(), language: undefined })).status).toBe(400);
  });
});

describe('the clock', () => {
  test.each([
    ['1 day', '2026-11-23T12:05:00.000Z'],
    ['1 week', '2026-11-29T12:05:00.000Z'],
    ['1 month', '2026-12-22T12:05:00.000Z'],
    ['1 year', '2027-11-22T12:05:00.000Z'],
    [90_000, '2026-11-22T12:06:30.000Z'],
  ])('goes forward by %s', async (advance, now) => {
    const { fetch, clock } = await started();
    expect((await post(fetch, '/playground/clock', { advance })).status).toBe(204);
    expect(clock.now().toISOString()).toBe(now);
  });

  test('31 January and a month is the end of February', async () => {
    const { fetch, clock } = await started();
    await clock.advance(new Date('2027-01-31T12:05:00Z').getTime() - clock.now().getTime());
    await post(fetch, '/playground/clock', { advance: '1 month' });
    expect(clock.now().toISOString()).toBe('2027-02-28T12:05:00.000Z');
  });

  test.each([-1, 0, 1.5, '1 hour', 'constructor', null, {}, 1e15])('does not take %s', async (advance) => {
    const { fetch, clock } = await started();
    expect((await post(fetch, '/playground/clock', { advance })).status).toBe(400);
    expect(clock.offsetMs()).toBe(0);
  });
});

describe('the page', () => {
  test('comes with all its files, each of its type, and nothing from elsewhere may run', async () => {
    const { fetch } = await started();
    const page = await fetch(new Request(`${origin}/`));
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*src=)|style=|https?:|\son\w+=/);
    const seen = new Set<string>();
    const queue = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    for (let path = queue.shift(); path; path = queue.shift()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const response = await fetch(new Request(origin + path));
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get('content-type')).toMatch(
        path.endsWith('.js') ? /javascript/ : path.endsWith('.css') ? /css/ : /svg/,
      );
      const text = await response.text();
      const base = path.slice(0, path.lastIndexOf('/') + 1);
      for (const [, name] of text.matchAll(/from '(\.[^']+)'/g)) queue.push(new URL(`${base}${name}`, origin).pathname);
    }
    expect(seen.size).toBeGreaterThan(20);
  });

  test('is not sent again while it is the same', async () => {
    const { fetch } = await started();
    const tag = (await fetch(new Request(`${origin}/`))).headers.get('etag') ?? '';
    expect((await fetch(new Request(`${origin}/`, { headers: { 'if-none-match': tag } }))).status).toBe(304);
  });

  test.each([
    '/playground/',
    '/playground/../package.json',
    '/playground/%2e%2e/index.ts',
    '/playground/index.ts',
    '/somewhere',
    '/index.html',
    '/playground/pictures/1/0123456789abcdef.png',
    '/playground/files/1',
  ])('%s is not there', async (path) => {
    const { fetch } = await started();
    expect((await fetch(new Request(origin + path))).status).toBe(404);
  });

  test('other methods are refused', async () => {
    const { fetch } = await started();
    expect((await fetch(new Request(`${origin}/`, { method: 'DELETE' }))).status).toBe(405);
    expect((await fetch(new Request(`${origin}/playground/stream`, { method: 'HEAD' }))).status).toBe(404);
  });

  test('a file is saved and never shown', async () => {
    const { channel, fetch } = await started();
    const bytes = new TextEncoder().encode('<script>');
    const { id } = await channel.send(
      { channel: 'playground', user: 'customer', chat: 'customer' },
      { file: { name: 'дані "1".html', bytes } },
    );
    const response = await fetch(new Request(`${origin}/playground/files/${id}`));
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename*=UTF-8''${encodeURIComponent('дані "1".html')}`,
    );
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(await response.text()).toBe('<script>');
  });

  test.each(['192.168.1.20:3000', '[::1]:3000', 'till:3000', 'till.local:3000', 'localhost:3000'])(
    'answers to %s',
    async (host) => {
      const { fetch } = await started();
      const headers = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
      expect((await post(fetch, '/playground/events', event(), headers)).status).toBe(204);
    },
  );

  test('answers to its public name behind a proxy', async () => {
    const { fetch } = await started({ origin: 'https://shop.example' });
    const headers = { host: 'localhost:3000', origin: 'https://shop.example' };
    expect((await post(fetch, '/playground/events', event(), headers)).status).toBe(204);
  });
});

/** Reads events of a stream until `enough` says so. */
async function readStream(
  response: Response,
  enough: (events: { event: string; id: string | undefined; data: string }[]) => boolean,
) {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const events: { event: string; id: string | undefined; data: string }[] = [];
  const decoder = new TextDecoder();
  let text = '';
  while (!enough(events)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, at)
          .split('\n')
          .map((line) => line.split(/: (.*)/s)),
      );
      text = text.slice(at + 2);
      if (fields.event) events.push({ event: fields.event, id: fields.id, data: fields.data });
    }
  }
  await reader.cancel();
  return events;
}

describe('the stream', () => {
  const stream = (fetch: Fetch, headers: Record<string, string> = {}, query = '') =>
    fetch(new Request(`${origin}/playground/stream${query}`, { headers }));
  const messagesOf = (events: Awaited<ReturnType<typeof readStream>>) => events.filter(({ event: kind }) => kind === 'message');

  test('tells what stands there, what comes, and how things are', async () => {
    const { fetch, channel } = await started({ ownerCode: 'ABC123' });
    const to = { channel: 'playground', user: 'staff', chat: 'staff' };
    await channel.send(to, { title: 'before' });
    const reading = readStream(await stream(fetch), (events) => messagesOf(events).length === 2);
    setTimeout(() => void channel.send(to, { title: 'after' }), 50);
    const events = await reading;
    expect(messagesOf(events).map(({ id, data }) => [id, JSON.parse(data).view.title])).toEqual([
      ['1', 'before'],
      ['2', 'after'],
    ]);
    const state = events.find(({ event: kind }) => kind === 'state');
    expect(state?.id).toBeUndefined();
    expect(JSON.parse(state?.data ?? '')).toMatchObject({
      shop: { name: 'Café Aurora' },
      names: { customer: 'Anna', staff: 'Ben', owner: 'Olga' },
      people: {},
      now: '2026-11-22T12:05:00.000Z',
      offsetMs: 0,
      ownerCode: 'ABC123',
    });
  });

  test('goes on after the last message that was seen', async () => {
    const { fetch, channel } = await started();
    for (const title of ['a', 'b', 'c']) await channel.send({ channel: 'playground', user: 'owner', chat: 'owner' }, { title });
    for (const response of [await stream(fetch, { 'last-event-id': '2' }), await stream(fetch, {}, '?after=2')]) {
      const events = await readStream(response, (all) => messagesOf(all).length === 1);
      expect(messagesOf(events).map(({ id }) => id)).toEqual(['3']);
    }
  });

  test('starts anew when what was seen is gone', async () => {
    const { fetch, channel } = await started();
    await channel.send({ channel: 'playground', user: 'owner', chat: 'owner' }, { title: 'a' });
    const events = await readStream(await stream(fetch, { 'last-event-id': '77' }), (all) => messagesOf(all).length === 1);
    expect(events.map(({ event: kind }) => kind)).toEqual(['reset', 'message']);
  });

  test('sees what another process wrote', async () => {
    const messages = memoryMessages();
    const { fetch } = await started({ messages });
    const worker = testPlayground({ messages }).channel;
    const reading = readStream(await stream(fetch), (events) => messagesOf(events).length === 1);
    setTimeout(
      () => void worker.send({ channel: 'playground', user: 'customer', chat: 'customer' }, { title: 'from elsewhere' }),
      50,
    );
    expect(JSON.parse(messagesOf(await reading)[0]?.data ?? '')).toMatchObject({ view: { title: 'from elsewhere' } });
  });

  test('offers the owner’s code only until there is an owner', async () => {
    const people = { owner: { language: null, role: 'owner', memberCode: null, credited: false, coupon: null } } as const;
    const { fetch } = await started({ ownerCode: 'ABC123', people });
    const events = await readStream(await stream(fetch), (all) => all.length === 1);
    expect(JSON.parse(events[0]?.data ?? '').ownerCode).toBeUndefined();
  });

  test('ends when the listener stops, and when the messages can’t be read', async () => {
    const { fetch, listener } = await started();
    const reading = readStream(await stream(fetch), () => false);
    await listener.stop();
    await reading;
    expect((await post(fetch, '/playground/events', event())).status).toBe(503);
    const broken = { ...memoryMessages(), since: () => Promise.reject(new Error('the database is away')) };
    const other = await started({ messages: broken });
    expect(await readStream(await stream(other.fetch), () => false)).toEqual([]);
  });

  test('has room for a hundred pages, and for another one when one goes', async () => {
    const { fetch } = await started();
    const open = await Promise.all(Array.from({ length: 100 }, () => stream(fetch)));
    expect(open.map(({ status }) => status)).toEqual(open.map(() => 200));
    expect((await stream(fetch)).status).toBe(503);
    await open[0]?.body?.cancel();
    expect((await stream(fetch)).status).toBe(200);
  });

  test('another site can’t listen through a name that points here', async () => {
    const { fetch } = await started();
    expect((await stream(fetch, { host: 'evil.example:3000' })).status).toBe(403);
    expect((await stream(fetch, {}, '?after=-1')).status).toBe(400);
  });
});

describe('what the page suggests', async () => {
  type Chip = { word: string; say?: string; open?: object; go?: string };
  type Person = { role: string | null; memberCode: string | null };
  const module = async (name: string): Promise<unknown> =>
    await import(new URL(`../../src/channels/playground/page/${name}`, import.meta.url).href);
  const { chipsFor, tour } = (await module('steps.js')) as {
    chipsFor(phone: string, state: object, invitation: object | undefined, begun: boolean): Chip[];
    tour(state: object, invitation: object | undefined): { word: string; phone?: string; done: boolean }[];
  };
  const languages = ['en', 'ru', 'bg', 'fi', 'pl'];
  const words = new Map<string, Record<string, string>>();
  for (const language of languages) {
    words.set(language, ((await module(`words/${language}.js`)) as { default: Record<string, string> }).default);
  }
  const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');

  test('is said in all languages, and names no more than can be filled in', () => {
    const keys = Object.keys(words.get('en') ?? {}).sort();
    expect(keys.length).toBeGreaterThan(50);
    for (const language of languages) {
      expect([language, Object.keys(words.get(language) ?? {}).sort()]).toEqual([language, keys]);
      for (const [key, text] of Object.entries(words.get(language) ?? {})) {
        expect(text.trim(), `${language} ${key}`).not.toBe('');
        const known = [...placeholders(words.get('en')?.[key] ?? ''), 'customer', 'staff', 'owner'];
        expect(known, `${language} ${key}`).toEqual(expect.arrayContaining(placeholders(text)));
      }
    }
  });

  const roles: (Person | undefined)[] = [
    undefined,
    { role: null, memberCode: null },
    { role: null, memberCode: 'K7Q29XMP5' },
    { role: 'staff', memberCode: null },
    { role: 'owner', memberCode: 'K7Q29XMP5' },
  ];
  const situations = roles.flatMap((customer) =>
    roles.flatMap((staff) =>
      roles.map((owner) => ({ people: { customer, staff, owner }, offsetMs: 0, ownerCode: owner ? undefined : 'ABC' })),
    ),
  );

  test('always does something, on every phone, whoever has it', () => {
    for (const state of situations) {
      for (const invitation of [undefined, { phone: 'staff', payload: 'inv_ABC' }]) {
        for (const phone of ['customer', 'staff', 'owner']) {
          const chips = chipsFor(phone, state, invitation, true);
          expect(chips.length).toBeGreaterThan(0);
          for (const chip of chips) {
            expect(words.get('en')).toHaveProperty(chip.word);
            expect(Boolean(chip.say) || Boolean(chip.open) || ['customer', 'owner'].includes(chip.go ?? '')).toBe(true);
          }
        }
        for (const { word } of tour(state, invitation)) expect(words.get('en')).toHaveProperty(word);
      }
    }
  });

  test('follows what has happened', () => {
    const member = { role: null, memberCode: 'K7Q29XMP5' };
    const first = (phone: string, people: object, invitation?: object, begun = false) =>
      chipsFor(phone, { people, ownerCode: 'ABC' }, invitation, begun)[0];
    expect(first('customer', {})).toMatchObject({ say: 'start' });
    expect(first('customer', {}, undefined, true)).toMatchObject({ say: 'join' });
    expect(first('customer', { customer: member })).toMatchObject({ say: 'balance' });
    expect(first('staff', {})).toMatchObject({ go: 'owner' });
    expect(first('staff', {}, { phone: 'staff', payload: 'inv_A' })).toMatchObject({ open: { payload: 'inv_A' } });
    expect(first('staff', { staff: { role: 'staff' } })).toMatchObject({ go: 'customer' });
    expect(first('staff', { staff: { role: 'staff' }, customer: member })).toMatchObject({ open: { payload: 'c_K7Q29XMP5' } });
    expect(first('owner', {})).toMatchObject({ open: { payload: 'own_ABC' } });
    expect(first('owner', { owner: { role: 'owner' } })).toMatchObject({ say: 'team invite staff' });
    expect(first('owner', { owner: { role: 'owner' }, staff: { role: 'staff' } })).toMatchObject({ say: 'team' });
  });
});
