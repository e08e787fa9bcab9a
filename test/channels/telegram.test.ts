import { describe, expect, test, vi } from 'vitest';
import type { View } from '../../src/chat/view.ts';
import { smallPng } from './contract.ts';
import { setup, untilReady } from './telegram-setup.ts';

const patience = { timeout: 10_000, interval: 10 };
const card = (shade: number, more: View = {}): View => ({ title: 'Card', image: { png: smallPng(shade), alt: 'card' }, ...more });
const sure: View = {
  title: 'Sure?',
  buttons: [
    [
      { label: 'Yes', does: 'yes' },
      { label: 'No', does: 'no' },
    ],
  ],
};

describe('presses', () => {
  test('text is edited in place, and the press is answered once', async () => {
    const { fake, anna, listen, address } = await setup();
    const { channel } = await listen(() => ({ title: 'Done' }));
    const ref = await channel.send(address, sure);
    const query = await anna.presses('Yes');
    expect((await anna.gets('Done')).id).toBe(ref.id);
    expect(anna.messages()).toHaveLength(1);
    expect(anna.sees()?.buttons).toEqual([]);
    await vi.waitFor(() => expect(query.answers).toEqual([{}]), patience);
    expect(fake.mistakes).toEqual([]);
  });

  test('a picture is edited in place, its buttons with it', async () => {
    const { fake, anna, listen, address } = await setup();
    const { channel } = await listen(() => card(2, { body: 'newer', buttons: [[{ label: 'Again', does: 'card' }]] }));
    const ref = await channel.send(address, card(1, { buttons: [[{ label: 'Again', does: 'card' }]] }));
    await anna.presses('Again');
    const seen = await anna.gets('newer');
    expect(seen.id).toBe(ref.id);
    expect(seen.image).toEqual(smallPng(2));
    expect(seen.buttons.map(({ label }) => label)).toEqual(['Again']);
    expect(fake.calls('sendPhoto')).toHaveLength(1);
  });

  test('a picture can’t become text: the answer stands below, and the old buttons go', async () => {
    const { fake, anna, listen, address } = await setup();
    const { channel } = await listen(() => ({ title: 'History' }));
    const ref = await channel.send(address, card(1, { buttons: [[{ label: 'History', does: 'history' }]] }));
    await anna.presses('History');
    await anna.gets('History');
    await vi.waitFor(() => expect(anna.messages().map(({ buttons }) => buttons.length)).toEqual([0, 0]), patience);
    expect(anna.messages()[0]?.id).toBe(ref.id);
    expect(fake.mistakes).toEqual([]);
  });

  test('the same again is no error, and a second press of the same button is answered too', async () => {
    const { anna, listen, address, lines } = await setup();
    const { channel, handled } = await listen(() => sure);
    await channel.send(address, sure);
    const queries = [await anna.presses('Yes'), await anna.presses('Yes')];
    await vi.waitFor(() => expect(queries.map(({ answers }) => answers.length)).toEqual([1, 1]), patience);
    expect(handled).toHaveLength(2);
    expect(anna.messages()).toHaveLength(1);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('a person is asked for their number by a keyboard of its own, below; what they share is theirs', async () => {
    const { fake, anna, listen, address } = await setup();
    const share: View = { body: 'Your number?', buttons: [[{ label: 'Share my number', does: 'phone how', shares: 'contact' }]] };
    const { channel, handled } = await listen(({ contact }) => (contact ? { title: contact.phone } : share));
    await channel.send(address, sure);
    await anna.presses('Yes');
    await anna.gets('Your number?');
    expect(anna.messages()).toHaveLength(2);
    const asked = {
      keyboard: [[{ text: 'Share my number', request_contact: true }]],
      resize_keyboard: true,
      one_time_keyboard: true,
    };
    await vi.waitFor(() => expect(fake.calls('sendMessage').at(-1)?.params['reply_markup']).toEqual(asked), patience);
    await anna.sharesContact('358501234567');
    await anna.gets('358501234567');
    expect(handled.at(-1)).toMatchObject({ text: 'phone', contact: { phone: '358501234567' } });
    expect(fake.mistakes).toEqual([]);
  });

  test('a file is sent below', async () => {
    const { anna, listen, address } = await setup();
    const { channel } = await listen(() => ({
      body: 'Your data',
      file: { name: 'data.json', bytes: new TextEncoder().encode('{}') },
    }));
    await channel.send(address, sure);
    await anna.presses('Yes');
    const seen = await anna.gets('Your data');
    expect(seen.file?.name).toBe('data.json');
    expect(anna.messages()).toHaveLength(2);
  });

  test('a message that was deleted meanwhile: the answer stands alone', async () => {
    const { fake, anna, listen, address } = await setup();
    const { channel } = await listen(() => ({ title: 'Done' }));
    const ref = await channel.send(address, sure);
    const message = anna.sees();
    await fetch(`${fake.apiRoot}/bot${fake.token}/deleteMessage?chat_id=${anna.id}&message_id=${ref.id}`);
    if (message) await anna.presses(message, 'Yes');
    await anna.gets('Done');
    expect(anna.messages()).toHaveLength(1);
  });

  test('with nothing to say, with a view that can’t be shown, with the database away: answered all the same', async () => {
    const { anna, listen, address, lines } = await setup();
    let away = true;
    const { channel } = await listen(({ text }) => {
      if (text === 'silence') return undefined;
      if (text === 'bad view') return { buttons: [[{ label: '', does: '' }]] };
      if (away) throw new Error('the database is away');
      return { title: 'back' };
    });
    await channel.send(address, {
      title: 'x',
      buttons: [['silence', 'bad view', 'away'].map((does) => ({ label: does, does }))],
    });
    for (const label of ['silence', 'bad view', 'away']) {
      const query = await anna.presses(label);
      await vi.waitFor(() => expect(query.answers).toHaveLength(1), patience);
    }
    expect(lines.filter(({ level }) => level === 'error').map(({ sentence }) => sentence)).toEqual(['Telegram refused a reply']);
    away = false;
    await anna.gets('back');
    expect(lines.filter(({ sentence }) => sentence === 'a press was not answered')).toEqual([]);
  });
});

describe('replies in bad weather', () => {
  test('429 and no connection: told once, after the wait', async () => {
    const { fake, anna, listen } = await setup();
    await listen(() => ({ title: 'Here' }));
    fake.next('sendMessage', { status: 429, retryAfter: 1 });
    const startedMs = Date.now();
    await anna.says('balance');
    await anna.gets('Here');
    expect(Date.now() - startedMs).toBeGreaterThan(950);
    expect(anna.messages()).toHaveLength(1);
  });

  test('a server error is tried again, three times at most', async () => {
    const { fake, anna, listen, lines } = await setup();
    const { handled } = await listen(({ text }) => ({ title: text }));
    fake.next('sendMessage', { status: 500 });
    await anna.says('one');
    await anna.gets('one');
    fake.next('sendMessage', { status: 500 }, 3);
    await anna.says('two');
    await vi.waitFor(
      () => expect(lines.map(({ sentence }) => sentence)).toContain('nobody knows whether a reply arrived'),
      patience,
    );
    await anna.says('three');
    await anna.gets('three');
    expect(handled.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  });

  test('somebody who blocks before the answer is no trouble', async () => {
    const { anna, listen, lines } = await setup();
    const { reached } = await listen(async () => {
      await anna.blocks();
      return { title: 'too late' };
    });
    await anna.says('hi');
    await vi.waitFor(() => expect(reached).toMatchObject([{ yes: false }]), patience);
    expect(lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });
});

describe('pictures', () => {
  test('the same bytes travel once; a file that Telegram forgot travels again', async () => {
    const { fake, anna, create, address, kept } = await setup();
    const channel = create();
    await channel.send(address, card(1));
    await channel.send(address, card(1, { body: 'again' }));
    const sources = () => fake.calls('sendPhoto').map(({ params }) => String(params.photo).startsWith('attach://'));
    expect(sources()).toEqual([true, false]);
    expect(kept.size).toBe(1);
    const [hash] = kept.keys();
    kept.set(hash as string, 'AgAC-of-another-bot');
    await channel.send(address, card(1, { body: 'once more' }));
    expect(sources()).toEqual([true, false, true]);
    expect(kept.get(hash as string)).not.toBe('AgAC-of-another-bot');
    expect(anna.messages().map(({ image }) => image)).toEqual([smallPng(1), smallPng(1), smallPng(1)]);
  });

  test('without its cache it sends all the same', async () => {
    const { anna, create, address, tools, lines } = await setup();
    const away = async () => {
      throw new Error('the database is away');
    };
    await create({ tools: { ...tools, uploads: { find: away, keep: away, forget: away } } }).send(address, card(5));
    expect(anna.sees()?.image).toEqual(smallPng(5));
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn']);
  });
});

describe('groups', () => {
  const group = { id: -42, title: 'Café' };

  test('a command is answered there; talk is not heard, even when Telegram delivers it', async () => {
    const { fake, anna, listen } = await setup({ readsAll: true });
    const cafe = fake.group(group);
    const { handled } = await listen(({ text }) => ({ title: `answer ${text}` }));
    await anna.says('we should go for a coffee', { in: cafe });
    await anna.says('/balance@other_bot', { in: cafe });
    await anna.says('/program@regulars_test_bot', { in: cafe });
    await anna.gets('answer /program', { in: cafe });
    expect(handled.map(({ text }) => text)).toEqual(['/program']);
  });

  test('a private answer goes to the own chat; who has none is shown the way', async () => {
    const { fake, anna, listen } = await setup();
    const cafe = fake.group(group);
    const shy = fake.person({ id: 99, name: 'Shy' }, { started: false });
    await listen(() => ({ title: 'You have 12 points', show: 'privately' }));
    await anna.says('/balance', { in: cafe });
    await anna.gets('12 points');
    expect(anna.sees({ in: cafe })).toBeUndefined();
    await shy.says('/balance', { in: cafe });
    const way = await shy.gets('@regulars_test_bot', { in: cafe });
    expect(way.buttons[0]?.url).toBe('https://t.me/regulars_test_bot');
    expect(way.text).not.toContain('12');
  });

  test('a private answer to a press is shown over the chat, to the presser only', async () => {
    const { fake, anna, listen } = await setup();
    const cafe = fake.group(group);
    const boris = fake.person({ id: 8, name: 'Boris' });
    const { channel } = await listen(({ from }) =>
      from.user === '8' ? { body: 'This is not your button.', show: 'privately' } : { title: 'Done' },
    );
    await channel.send({ channel: 'telegram', user: String(anna.id), chat: '-42' }, sure);
    const query = await boris.presses('Yes', { in: cafe });
    await vi.waitFor(() => expect(query.answers).toEqual([{ text: 'This is not your button.', show_alert: true }]), patience);
    expect(boris.sees({ in: cafe })?.text).toBe('Sure?');
  });

  test('a group that became a supergroup is written to under its new id', async () => {
    const { fake, anna, create } = await setup();
    const cafe = fake.group(group);
    const moved = fake.migrates(cafe);
    const ref = await create().send({ channel: 'telegram', user: String(anna.id), chat: '-42' }, { title: 'News' });
    expect(ref.chat).toBe(String(moved.id));
    expect(anna.sees({ in: moved })?.text).toBe('News');
  });
});

describe('introduction', () => {
  const introductions = [
    {
      language: 'en',
      name: 'Regulars',
      about: 'Points',
      description: 'Collect points',
      menu: [{ name: 'balance', about: 'Your points' }],
    },
    {
      language: 'fi',
      name: 'Kanta-asiakkaat',
      about: 'Pisteet',
      description: 'Kerää pisteitä',
      menu: [{ name: 'balance', about: 'Pisteesi' }],
    },
  ];
  const settings = ['setMyCommands', 'setMyName', 'setMyDescription', 'setMyShortDescription'];

  test('applied in every language, and a second time only where it differs', async () => {
    const { fake, create } = await setup({ introductions });
    const start = async (count: number) => {
      const listener = await create().listen({ handle: async () => undefined, reachable: async () => undefined });
      await untilReady(listener);
      await vi.waitFor(() => expect(fake.calls('getMyShortDescription')).toHaveLength(count * introductions.length), patience);
      await listener.stop();
    };
    await start(1);
    expect(fake.menus.get('default/')).toEqual([{ command: 'balance', description: 'Your points' }]);
    expect(fake.menus.get('default/fi')).toEqual([{ command: 'balance', description: 'Pisteesi' }]);
    expect(Object.fromEntries(fake.texts)).toMatchObject({
      'name/fi': 'Kanta-asiakkaat',
      'description/': 'Collect points',
      'short_description/fi': 'Pisteet',
    });
    const before = settings.map((method) => fake.calls(method).length);
    // The English name is the one the bot has already.
    expect(before).toEqual([2, 1, 2, 2]);
    await start(2);
    expect(settings.map((method) => fake.calls(method).length)).toEqual(before);
    fake.menus.delete('default/fi');
    await start(3);
    expect(settings.map((method) => fake.calls(method).length)).toEqual([3, 1, 2, 2]);
    expect(fake.mistakes).toEqual([]);
  });

  test('a refusal is logged and hinders nothing, least of all the first answer', async () => {
    const { fake, anna, listen, lines } = await setup({ introductions });
    fake.next('setMyName', { status: 429, retryAfter: 80_000 });
    fake.next('getMyCommands', { delayMs: 1500 });
    const startedMs = Date.now();
    await listen(() => ({ title: 'hello' }));
    await anna.says('hi');
    await anna.gets('hello');
    expect(Date.now() - startedMs).toBeLessThan(1000);
    await vi.waitFor(() => expect(fake.texts.get('short_description/fi')).toBe('Pisteet'), patience);
    expect(lines.filter(({ level }) => level === 'warn').map(({ sentence }) => sentence)).toEqual([
      "the bot's name stays as it was",
    ]);
  });

  test('a home is the menu of that chat', async () => {
    const { fake, anna, create, address } = await setup();
    const channel = create();
    await channel.send({ ...address, home: true }, { title: 'Staff', menu: [{ name: 'credit', about: 'Give points' }] });
    expect(fake.menus.get(`chat:${anna.id}/`)).toEqual([{ command: 'credit', description: 'Give points' }]);
    await channel.send({ ...address, home: true }, { title: 'Member' });
    expect(fake.menus.has(`chat:${anna.id}/`)).toBe(false);
    const nameless = channel.send({ ...address, home: true }, { menu: [{ name: 'Not A Name', about: 'x' }] });
    await expect(nameless).rejects.toMatchObject({ name: 'NotSent', again: false });
    const nobody = channel.send(
      { channel: 'telegram', user: '1', chat: '1', home: true },
      { menu: [{ name: 'credit', about: 'x' }] },
    );
    await expect(nobody).rejects.toMatchObject({ name: 'Unreachable' });
  });
});

test('links open the bot with a payload, as soon as its name is known', async () => {
  const { create } = await setup();
  const channel = create();
  expect(channel.link?.('c_K7Q29XMP5')).toBeUndefined();
  const listener = await channel.listen({ handle: async () => undefined, reachable: async () => undefined });
  await untilReady(listener);
  expect(channel.link?.('c_K7Q29XMP5')).toBe('https://t.me/regulars_test_bot?start=c_K7Q29XMP5');
  for (const payload of ['', 'a b', 'x'.repeat(65)]) expect(() => channel.link?.(payload)).toThrow(RangeError);
  await listener.stop();
});

test.each([
  ['a deleted account', { status: 403, description: 'Forbidden: user is deactivated' }, { name: 'Unreachable' }],
  ['a chat that is gone', { status: 400, description: 'Bad Request: chat not found' }, { name: 'Unreachable' }],
  ['a wrong token', { status: 401 }, { name: 'NotSent', again: true }],
  ['too large', { status: 413, description: 'Request Entity Too Large' }, { name: 'NotSent', again: false }],
  ['a server error', { status: 502 }, { name: 'Refused' }],
  ['a cut connection', { cut: true as const }, { name: 'Lost' }],
])('sending, %s', async (_, fault, expected) => {
  const { fake, create, address } = await setup();
  fake.next('sendMessage', fault);
  await expect(create().send(address, { title: 'News' })).rejects.toMatchObject(expected);
});

test('beyond the free limit only what was asked to be, pictures too', async () => {
  const { fake, listen, address } = await setup();
  const { channel } = await listen(() => undefined);
  await channel.send(address, sure);
  await channel.send({ ...address, paid: true }, sure);
  await channel.send({ ...address, paid: true }, card(7));
  const asked = [...fake.calls('sendMessage'), ...fake.calls('sendPhoto')].map(({ params }) => params['allow_paid_broadcast']);
  expect(asked.map(String)).toEqual(['undefined', 'true', 'true']);
  expect(channel.paidPace).toEqual({ max: 1_000, perMs: 1_000, milliPrice: 100, unit: 'stars' });
  expect(fake.mistakes).toEqual([]);
});
