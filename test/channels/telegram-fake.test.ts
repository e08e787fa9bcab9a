import { describe, expect, onTestFinished, test } from 'vitest';
import { fractionOf } from '../support/fake-telegram/faults.ts';
import { startFakeTelegram } from '../support/fake-telegram/index.ts';
import { smallPng } from './contract.ts';

// The double itself: that it is as strict as the official specification, and that its faults are what they say.

async function setup(options: Parameters<typeof startFakeTelegram>[0] = {}) {
  const fake = await startFakeTelegram({ secondMs: 50, ...options });
  onTestFinished(() => fake.stop());
  const anna = fake.person({ id: 7, name: 'Anna' });
  const call = async (method: string, params: object = {}) => {
    const response = await fetch(`${fake.apiRoot}/bot${fake.token}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    });
    return (await response.json()) as {
      ok: boolean;
      error_code?: number;
      description?: string;
      result?: unknown;
      parameters?: object;
    };
  };
  const upload = async (method: string, fields: Record<string, string>, bytes: Uint8Array<ArrayBuffer>) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    body.set('upload', new Blob([bytes]), 'card.png');
    const response = await fetch(`${fake.apiRoot}/bot${fake.token}/${method}`, { method: 'POST', body });
    return (await response.json()) as {
      ok: boolean;
      description?: string;
      result: { message_id: number; photo: { file_id: string }[] };
    };
  };
  return { fake, anna, call, upload };
}

const text = { chat_id: 7, text: 'hello' };
const keyboard = (button: object, rest: object = {}) => ({ ...text, reply_markup: { inline_keyboard: [[button]], ...rest } });
const entity = (offset: number, length: number, type = 'bold') => ({
  ...text,
  text: 'a🙂b',
  entities: [{ type, offset, length }],
});
const overlapping = {
  ...text,
  entities: [
    { type: 'bold', offset: 0, length: 3 },
    { type: 'italic', offset: 2, length: 3 },
  ],
};
const coded = {
  ...text,
  entities: [
    { type: 'bold', offset: 0, length: 5 },
    { type: 'code', offset: 1, length: 2 },
  ],
};
const command = (name: string, description = 'x') => ({ commands: [{ command: name, description }] });

describe('refuses', () => {
  test.each<[string, string, object]>([
    ['an unknown method', 'sendHologram', text],
    ['a method it does not carry out', 'sendDice', { chat_id: 7 }],
    ['an unknown field', 'sendMessage', { ...text, colour: 'red' }],
    ['a missing field', 'sendMessage', { chat_id: 7 }],
    ['a number as text', 'sendMessage', { ...text, text: 5 }],
    ['a fraction as id', 'sendMessage', { ...text, chat_id: 7.5 }],
    ['a text as flag', 'sendMessage', { ...text, disable_notification: 'yes' }],
    ['markup', 'sendMessage', { ...text, parse_mode: 'HTML' }],
    ['an empty text', 'sendMessage', { ...text, text: ' \n' }],
    ['a long text', 'sendMessage', { ...text, text: 'x'.repeat(4097) }],
    ['an unknown field inside', 'sendMessage', keyboard({ text: 'Go', callback_data: 'go' }, { color: 1 })],
    ['an unknown field deep inside', 'sendMessage', keyboard({ text: 'Go', callback: 'go' })],
    ['a button without a deed', 'sendMessage', keyboard({ text: 'Go' })],
    ['a button with two deeds', 'sendMessage', keyboard({ text: 'Go', callback_data: 'go', url: 'https://example.org' })],
    ['a button without a label', 'sendMessage', keyboard({ text: '', callback_data: 'go' })],
    ['65 bytes behind a button', 'sendMessage', keyboard({ text: 'Go', callback_data: `${'я'.repeat(32)}!` })],
    ['a long text to copy', 'sendMessage', keyboard({ text: 'Go', copy_text: { text: 'x'.repeat(257) } })],
    ['an odd style', 'sendMessage', keyboard({ text: 'Go', callback_data: 'go', style: 'pink' })],
    ['a broken link', 'sendMessage', keyboard({ text: 'Go', url: 'example' })],
    [
      'a keyboard that is no list of rows',
      'sendMessage',
      { ...text, reply_markup: { inline_keyboard: [{ text: 'Go', callback_data: 'go' }] } },
    ],
    ['an entity beyond the text', 'sendMessage', entity(0, 5)],
    ['an entity in the middle of a character', 'sendMessage', entity(0, 2)],
    ['an empty entity', 'sendMessage', entity(0, 0)],
    ['an unknown entity', 'sendMessage', entity(0, 1, 'huge')],
    ['a link entity without a link', 'sendMessage', entity(0, 1, 'text_link')],
    ['entities across each other', 'sendMessage', overlapping],
    ['code inside bold', 'sendMessage', coded],
    ['an unknown scope', 'setMyCommands', { ...command('a'), scope: { type: 'galaxy' } }],
    ['a scope without its chat', 'setMyCommands', { ...command('a'), scope: { type: 'chat' } }],
    ['an odd command', 'setMyCommands', command('Balance')],
    ['a command without a description', 'setMyCommands', command('a', '')],
    ['a long description of a command', 'setMyCommands', command('a', 'x'.repeat(257))],
    ['101 commands', 'setMyCommands', { commands: Array.from({ length: 101 }, () => ({ command: 'a', description: 'x' })) }],
    ['a language that is a locale', 'setMyName', { name: 'x', language_code: 'en-US' }],
    ['a long name', 'setMyName', { name: 'x'.repeat(65) }],
    ['a long description', 'setMyDescription', { description: 'x'.repeat(513) }],
    ['a long short description', 'setMyShortDescription', { short_description: 'x'.repeat(121) }],
    ['a long alert', 'answerCallbackQuery', { callback_query_id: 'x', text: 'x'.repeat(201) }],
    ['a webhook without TLS', 'setWebhook', { url: 'http://example.org/telegram' }],
    ['a secret with a space', 'setWebhook', { url: 'https://example.org', secret_token: 'a b' }],
    ['an unknown kind of update', 'getUpdates', { allowed_updates: ['telepathy'] }],
    ['a huge page of updates', 'getUpdates', { limit: 101 }],
    ['a media of no kind', 'editMessageMedia', { chat_id: 7, message_id: 1, media: { type: 'smell', media: 'x' } }],
    ['an upload that is not there', 'sendPhoto', { chat_id: 7, photo: 'attach://nothing' }],
    ['a long caption', 'sendPhoto', { chat_id: 7, photo: 'attach://nothing', caption: 'x'.repeat(1025) }],
  ])('%s, as a mistake', async (_, method, params) => {
    const { fake, call } = await setup();
    expect(await call(method, params)).toMatchObject({ ok: false });
    expect(fake.mistakes).toHaveLength(1);
    expect(fake.accepted).toEqual([]);
  });

  test('what happens to correct bots is no mistake', async () => {
    const { fake, anna, call } = await setup();
    const stranger = fake.person({ id: 8, name: 'Stranger' }, { started: false });
    expect(await call('sendMessage', { ...text, chat_id: 9 })).toMatchObject({
      error_code: 400,
      description: 'Bad Request: chat not found',
    });
    expect(await call('sendMessage', { ...text, chat_id: stranger.id })).toMatchObject({ error_code: 403 });
    await anna.blocks();
    expect(await call('sendMessage', text)).toMatchObject({
      error_code: 403,
      description: 'Forbidden: bot was blocked by the user',
    });
    await anna.returns();
    await anna.deactivates();
    expect(await call('sendMessage', text)).toMatchObject({ error_code: 403, description: 'Forbidden: user is deactivated' });
    expect(await call('sendPhoto', { chat_id: 9, photo: 'AgAC-unknown' })).toMatchObject({
      description: expect.stringContaining('wrong file identifier'),
    });
    expect(fake.mistakes).toEqual([]);
  });

  test('a wrong token, and what is no picture', async () => {
    const { fake, upload } = await setup();
    expect((await fetch(`${fake.apiRoot}/bot1:wrong/getMe`)).status).toBe(401);
    expect(await upload('sendPhoto', { chat_id: '7', photo: 'attach://upload' }, new Uint8Array([1, 2, 3]))).toMatchObject({
      ok: false,
    });
    expect(fake.mistakes).toEqual(['sendPhoto: Bad Request: IMAGE_PROCESS_FAILED']);
  });
});

describe('messages', () => {
  test('numbered in the order of acceptance; forms and JSON alike', async () => {
    const { fake, call, upload } = await setup();
    await call('sendMessage', text);
    await call('sendMessage', { chat_id: 7 });
    const { result } = await upload(
      'sendPhoto',
      { chat_id: '7', photo: 'attach://upload', caption: 'card' },
      new Uint8Array(smallPng(1)),
    );
    await call('sendPhoto', { chat_id: 7, photo: result.photo[0]?.file_id });
    expect(fake.accepted.map(({ number, method }) => `${number} ${method}`)).toEqual([
      '1 sendMessage',
      '2 sendPhoto',
      '3 sendPhoto',
    ]);
    expect(fake.accepted[1]?.params).toEqual({ chat_id: 7, photo: 'attach://upload', caption: 'card' });
  });

  test('editing: the same is refused, the other kind too, a missing keyboard goes', async () => {
    const { fake, anna, call, upload } = await setup();
    await call('sendMessage', keyboard({ text: 'Go', callback_data: 'go' }));
    const id = Number(anna.sees()?.id);
    const edit = { chat_id: 7, message_id: id, text: 'hello' };
    expect(
      await call('editMessageText', { ...edit, reply_markup: keyboard({ text: 'Go', callback_data: 'go' }).reply_markup }),
    ).toMatchObject({
      description: expect.stringContaining('message is not modified'),
    });
    expect(await call('editMessageText', edit)).toMatchObject({ ok: true });
    expect(anna.sees()?.buttons).toEqual([]);
    expect(await call('editMessageCaption', { chat_id: 7, message_id: id, caption: 'x' })).toMatchObject({
      description: expect.stringContaining('no caption'),
    });
    const { result } = await upload('sendPhoto', { chat_id: '7', photo: 'attach://upload' }, new Uint8Array(smallPng(1)));
    expect(await call('editMessageText', { ...edit, message_id: result.message_id })).toMatchObject({
      description: expect.stringContaining('no text'),
    });
    const theirs = await anna.says('mine');
    expect(await call('editMessageText', { ...edit, message_id: theirs.message_id })).toMatchObject({
      description: expect.stringContaining("can't be edited"),
    });
    expect(await call('editMessageText', { ...edit, message_id: 999 })).toMatchObject({
      description: expect.stringContaining('not found'),
    });
    expect(fake.mistakes).toEqual([]);
  });

  test('a press is answered once, and only one that was', async () => {
    const { anna, call } = await setup();
    await call('sendMessage', keyboard({ text: 'Go', callback_data: 'go' }));
    const query = await anna.presses('Go');
    expect(await call('answerCallbackQuery', { callback_query_id: query.id, text: 'ok' })).toMatchObject({ ok: true });
    expect(query.answers).toEqual([{ text: 'ok' }]);
    expect(await call('answerCallbackQuery', { callback_query_id: query.id })).toMatchObject({
      description: expect.stringContaining('query is too old'),
    });
    expect(await call('answerCallbackQuery', { callback_query_id: 'other' })).toMatchObject({ ok: false });
    await expect(anna.presses('Nothing')).rejects.toThrow(/no message/);
  });

  test('a language without texts of its own shows those for everybody', async () => {
    const { call } = await setup();
    await call('setMyDescription', { description: 'for all' });
    await call('setMyDescription', { description: 'kaikille', language_code: 'fi' });
    const description = async (language_code: string) => (await call('getMyDescription', { language_code })).result;
    expect([await description('fi'), await description('ru'), await description('')]).toEqual(
      ['kaikille', 'for all', 'for all'].map((text) => ({ description: text })),
    );
    await call('setMyCommands', { ...command('a'), language_code: 'fi' });
    expect((await call('getMyCommands', { language_code: 'ru' })).result).toEqual([]);
  });
});

describe('updates', () => {
  const ids = (answer: { result?: unknown }) => (answer.result as { update_id: number }[]).map(({ update_id }) => update_id);

  test('come again until a later offset confirms them', async () => {
    const { anna, call } = await setup();
    for (const said of ['1', '2', '3']) await anna.says(said);
    const [first = 0, second = 0, third = 0] = ids(await call('getUpdates'));
    expect(ids(await call('getUpdates', { limit: 2 }))).toEqual([first, second]);
    expect(ids(await call('getUpdates', { offset: third }))).toEqual([third]);
    expect(ids(await call('getUpdates', { offset: first }))).toEqual([third]);
    expect(ids(await call('getUpdates', { offset: -1 }))).toEqual([third]);
    expect(ids(await call('getUpdates', { offset: third + 1 }))).toEqual([]);
  });

  test('a long poll ends when something comes, or with its time', async () => {
    const { anna, call } = await setup();
    const startedMs = Date.now();
    expect(ids(await call('getUpdates', { timeout: 2 }))).toEqual([]);
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(95);
    const waiting = call('getUpdates', { timeout: 600 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await anna.says('hi');
    expect(ids(await waiting)).toHaveLength(1);
  });

  test('two pollers: the earlier is refused; with a webhook nobody polls', async () => {
    const { call } = await setup();
    const earlier = call('getUpdates', { timeout: 600 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const later = call('getUpdates', { timeout: 1 });
    expect(await earlier).toMatchObject({
      error_code: 409,
      description: expect.stringContaining('terminated by other getUpdates'),
    });
    expect(await later).toMatchObject({ ok: true });
    await call('setWebhook', { url: 'https://127.0.0.1:1/telegram' });
    expect(await call('getUpdates')).toMatchObject({
      error_code: 409,
      description: expect.stringContaining('webhook is active'),
    });
  });

  test('only the kinds that were asked for; in groups only commands', async () => {
    const { fake, anna, call } = await setup();
    const group = fake.group({ id: -5, title: 'Café' });
    await call('getUpdates', { allowed_updates: ['message'] });
    await anna.blocks();
    await anna.returns();
    await anna.says('talk', { in: group });
    await anna.says('/balance', { in: group });
    const { result } = await call('getUpdates');
    expect(result).toMatchObject([
      { message: { text: '/balance', chat: { id: -5 }, entities: [{ type: 'bot_command', offset: 0, length: 8 }] } },
    ]);
  });
});

describe('faults', () => {
  test('exactly the next calls of a method', async () => {
    const { fake, call } = await setup();
    fake.next('sendMessage', { status: 429, retryAfter: 3 }, 2);
    for (const _ of [1, 2])
      expect(await call('sendMessage', text)).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } });
    expect(await call('getMe')).toMatchObject({ ok: true });
    expect(await call('sendMessage', text)).toMatchObject({ ok: true });
    fake.next('sendMessage', { migrateTo: -100 });
    expect(await call('sendMessage', text)).toMatchObject({ error_code: 400, parameters: { migrate_to_chat_id: -100 } });
  });

  test('a dropped reply was accepted, a cut connection was not', async () => {
    const { fake, anna, call } = await setup();
    fake.next('sendMessage', { dropReply: true });
    await expect(call('sendMessage', text)).rejects.toThrow();
    expect(anna.messages()).toHaveLength(1);
    fake.next('sendMessage', { cut: true });
    await expect(call('sendMessage', text)).rejects.toThrow();
    expect(anna.messages()).toHaveLength(1);
    expect(fake.accepted).toHaveLength(1);
  });

  test('random ones are the same for the same seed, about as many as asked for, and none after the end', async () => {
    const run = async (seed: number) => {
      const { fake, call } = await setup();
      fake.faults({ seed, tooMany: 0.2, serverError: 0.1, dropReply: 0.1 });
      const outcomes: unknown[] = [];
      for (let index = 0; index < 60; index++)
        outcomes.push(
          await call('sendMessage', text).then(
            ({ error_code }) => error_code ?? 'ok',
            () => 'dropped',
          ),
        );
      fake.faults();
      expect(await call('sendMessage', text)).toMatchObject({ ok: true });
      return outcomes;
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
    for (const outcome of [429, 500, 'dropped', 'ok']) expect(first).toContain(outcome);
    const draws = Array.from({ length: 5000 }, (_, index) => fractionOf(`9/sendMessage/${index}`));
    expect(draws.filter((draw) => draw < 0.1).length / draws.length).toBeCloseTo(0.1, 1);
  });
});
