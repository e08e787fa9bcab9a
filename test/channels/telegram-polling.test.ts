import { expect, test, vi } from 'vitest';
import { createTelegram } from '../../src/channels/telegram/index.ts';
import { recordingHub, smallPng } from './contract.ts';
import { pause, printed, setup, untilReady } from './telegram-setup.ts';

const patience = { timeout: 10_000, interval: 10 };

test('asks only for what it understands, and confirms what is handled', async () => {
  const { fake, anna, listen } = await setup();
  const { handled } = await listen(({ text }) => ({ title: `answer ${text}` }));
  await anna.says('balance');
  await anna.gets('answer balance');
  await vi.waitFor(() => expect(fake.pending()).toEqual([]), patience);
  expect(handled).toHaveLength(1);
  expect(fake.calls('getUpdates')[0]?.params.allowed_updates).toEqual(['message', 'callback_query', 'my_chat_member']);
  expect(fake.mistakes).toEqual([]);
});

test('what waited before the start, also for a webhook, is handled', async () => {
  const { fake, anna, listen } = await setup();
  await fetch(`${fake.apiRoot}/bot${fake.token}/setWebhook?url=http://127.0.0.1:1/telegram`);
  await anna.says('early');
  await listen(() => ({ title: 'good morning' }));
  await anna.gets('good morning');
  expect(fake.calls('deleteWebhook')[0]?.params.drop_pending_updates).toBe(false);
});

test('chats are served side by side, each in its order, at most sixteen at a time', async () => {
  const { fake, listen } = await setup();
  const people = Array.from({ length: 24 }, (_, index) => fake.person({ id: 500 + index, name: `P${index}` }));
  for (const round of [1, 2, 3]) for (const person of people) await person.says(`${round}`);
  let now = 0;
  let most = 0;
  const { handled } = await listen(async () => {
    now++;
    most = Math.max(most, now);
    await pause(20);
    now--;
    return undefined;
  });
  await vi.waitFor(() => expect(handled).toHaveLength(72), patience);
  expect(most).toBe(16);
  for (const { id } of people)
    expect(handled.filter(({ from }) => from.user === String(id)).map(({ text }) => text)).toEqual(['1', '2', '3']);
});

test('one that can’t be handled holds up its own chat and nobody else', async () => {
  const { fake, anna, listen } = await setup();
  const boris = fake.person({ id: 8, name: 'Boris' });
  let away = true;
  const { handled } = await listen(({ text }) => {
    if (text === 'stuck' && away) throw new Error('the database is away');
    return { title: `answer ${text}` };
  });
  await anna.says('stuck');
  await anna.says('behind it');
  await boris.says('first');
  await boris.gets('answer first');
  await boris.says('second');
  await boris.gets('answer second');
  expect(handled.some(({ text }) => text === 'behind it')).toBe(false);
  expect(fake.pending()[0]?.message).toMatchObject({ text: 'stuck' });
  away = false;
  await vi.waitFor(() => expect(anna.messages().map(({ text }) => text)).toEqual(['answer stuck', 'answer behind it']), patience);
  expect(handled.filter(({ text }) => text === 'first')).toHaveLength(1);
  await vi.waitFor(() => expect(fake.pending()).toEqual([]), patience);
});

test('a process that ends in the middle loses nothing: the next one gets what was not handled, once', async () => {
  const { fake, anna, create } = await setup();
  let release: (() => void) | undefined;
  const first = recordingHub(({ text }) =>
    text === '2' ? new Promise((resolve) => (release = () => resolve(undefined))) : undefined,
  );
  // Stopped only at the end: until then it is like a process that was killed.
  const killed = await create().listen(first.hub);
  for (const text of ['0', '1', '2', '3']) await anna.says(text);
  await vi.waitFor(() => expect(first.handled.map(({ text }) => text)).toEqual(['0', '1', '2']), patience);
  await vi.waitFor(
    () => expect(fake.pending().map(({ message }) => (message as { text: string }).text)).toEqual(['2', '3']),
    patience,
  );
  const second = recordingHub(() => undefined);
  const listener = await create().listen(second.hub);
  await vi.waitFor(() => expect(second.handled.map(({ text }) => text)).toEqual(['2', '3']), patience);
  expect(second.handled[0]?.id).toBe(first.handled[2]?.id);
  release?.();
  await Promise.all([killed.stop(), listener.stop()]);
});

test('stopping confirms what was handled, and nothing else', async () => {
  const { fake, anna, listen } = await setup();
  const { listener, handled } = await listen(({ text }) => {
    if (text === 'unlucky') throw new Error('the database is away');
    return undefined;
  });
  await anna.says('done');
  await vi.waitFor(() => expect(handled).toHaveLength(1), patience);
  await anna.says('unlucky');
  await vi.waitFor(() => expect(handled).toHaveLength(2), patience);
  await listener.stop();
  expect(fake.pending().map(({ message }) => message)).toMatchObject([{ text: 'unlucky' }]);
  await anna.says('later');
  await pause(50);
  expect(handled.map(({ text }) => text)).not.toContain('later');
});

test('what is finished while stopping is confirmed too', async () => {
  const { fake, anna, listen } = await setup();
  const { listener, handled } = await listen(() => pause(150).then(() => undefined));
  await anna.says('slow');
  await vi.waitFor(() => expect(handled).toHaveLength(1), patience);
  await listener.stop();
  expect(fake.pending()).toEqual([]);
});

test('another poller: waits, says so, and goes on when it is gone', async () => {
  const { fake, anna, listen, lines } = await setup();
  const { listener } = await listen(() => ({ title: 'here again' }));
  await untilReady(listener);
  fake.rivals(true);
  await vi.waitFor(() => expect(listener.ready()).toMatch(/another program polls/), patience);
  await vi.waitFor(
    () => expect(lines.filter(({ sentence }) => sentence.includes('409')).map(({ facts }) => facts.waitMs)).toEqual([1000, 2000]),
    patience,
  );
  fake.rivals(false);
  await anna.says('hello');
  await anna.gets('here again');
  expect(listener.ready()).toBe(true);
});

test('a wrong token: says so, without a crash and without the token', async () => {
  const { fake, lines, tools } = await setup();
  const token = '110201543:WRONG-TOKEN-OF-SOMEBODY-ELSE-123456';
  const channel = createTelegram({ token, apiRoot: fake.apiRoot, tools });
  const listener = await channel.listen(recordingHub(() => undefined).hub);
  await vi.waitFor(() => expect(listener.ready()).toMatch(/does not know the bot token/), patience);
  await listener.stop();
  expect(lines.length).toBeGreaterThan(0);
  expect(printed(lines)).not.toContain('WRONG-TOKEN');
});

test('no Telegram at the start, and none for a while: comes back by itself; the token is in no line', async () => {
  const { fake, anna, listen, lines, create, address } = await setup();
  await fake.goesAway();
  const { listener } = await listen(() => ({ title: 'hello' }));
  await vi.waitFor(() => expect(lines.length).toBeGreaterThan(1), patience);
  expect(listener.ready()).toMatch(/ECONNREFUSED/);
  const failure = await create()
    .send(address, { title: 'x' })
    .catch((error: unknown) => error);
  expect(printed([lines, failure])).not.toContain(fake.token);
  await fake.comesBack();
  await anna.says('hi');
  await anna.gets('hello');
  expect(listener.ready()).toBe(true);
});

test('cut connections, errors and garbage do not lose an update', async () => {
  const { fake, anna, listen } = await setup();
  fake.next('getUpdates', { cut: true });
  fake.next('getUpdates', { status: 502 });
  fake.next('getUpdates', { dropReply: true });
  const { handled } = await listen(() => ({ title: 'got it' }));
  await anna.says('hi');
  await anna.gets('got it');
  expect(handled).toHaveLength(1);
});

test('what can’t be read is put aside and blocks nobody', async () => {
  const { fake, anna, listen, aside } = await setup();
  const { handled } = await listen(() => undefined);
  fake.pushes(anna.id, 'message', { message_id: 1, date: 1, from: null, chat: null });
  fake.pushes(anna.id, 'callback_query', {
    id: 'q',
    data: 'x',
    message: { message_id: 1, chat: { id: anna.id, type: 'private' } },
  });
  await anna.says('after');
  await vi.waitFor(() => expect(handled.map(({ text }) => text)).toEqual(['after']), patience);
  await vi.waitFor(() => expect(fake.pending()).toEqual([]), patience);
  expect(aside.map(({ id }) => id)).toEqual([expect.stringMatching(/^telegram-\d+$/), expect.stringMatching(/^telegram-\d+$/)]);
});

test('blocking and coming back reach the hub', async () => {
  const { anna, listen, address } = await setup();
  const { reached } = await listen();
  await anna.blocks();
  await anna.returns();
  await vi.waitFor(
    () =>
      expect(reached).toEqual([
        { address, yes: false },
        { address, yes: true },
      ]),
    patience,
  );
});

test('a person’s photo is fetched when it is read, and a failure does not tell the token', async () => {
  const { fake, anna, listen } = await setup();
  const { handled } = await listen(() => undefined);
  const bytes = smallPng(9);
  await anna.sendsPhoto(bytes, 'the bill');
  await vi.waitFor(() => expect(handled).toHaveLength(1), patience);
  const photo = handled[0]?.photo;
  expect(photo?.bytes).toBe(bytes.length);
  expect(await photo?.read()).toEqual(bytes);
  await fake.goesAway();
  const failure = await photo?.read().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(printed(failure)).not.toContain(fake.token);
  await fake.comesBack();
});
