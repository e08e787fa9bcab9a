import type { Update } from 'grammy/types';
import { describe, expect, test } from 'vitest';
import { read } from '../../src/channels/telegram/read.ts';

const me = { id: 110201543, username: 'regulars_test_bot' };
const anna = { id: 7_000_000_001, is_bot: false, first_name: 'Anna', last_name: '<b>K</b>', language_code: 'fi' };
const privateChat = { id: anna.id, type: 'private' as const, first_name: 'Anna' };
const group = { id: -42, type: 'group' as const, title: 'Café' };
const fetched: string[] = [];

const reading = (update: object) =>
  read({ update_id: 77, ...update } as Update, me, async (id) => {
    fetched.push(id);
    return new Uint8Array([1]);
  });
const message = (content: object, chat: object = privateChat) =>
  reading({ message: { message_id: 5, date: 1, chat, from: anna, ...content } });
const said = (update: ReturnType<typeof read>) => (update.kind === 'said' ? update.inbound.text : update.kind);

test('a message with everything that is known of its sender', () => {
  expect(message({ text: 'balance' })).toEqual({
    kind: 'said',
    chat: '7000000001',
    inbound: {
      id: 'telegram-77',
      from: { channel: 'telegram', user: '7000000001', chat: '7000000001' },
      name: 'Anna <b>K</b>',
      language: 'fi',
      place: 'direct',
      text: 'balance',
    },
  });
});

test('a client without a language', () => {
  const { language_code: _, ...from } = anna;
  const found = reading({ message: { message_id: 5, date: 1, chat: privateChat, from, text: 'balance' } });
  expect(found.kind === 'said' && 'language' in found.inbound).toBe(false);
});

describe('commands', () => {
  test.each([
    ['/balance', '/balance'],
    ['/balance@regulars_test_bot', '/balance'],
    ['/Credit@Regulars_Test_Bot K7Q2-9XMP-4 12,50', '/Credit K7Q2-9XMP-4 12,50'],
    ['/start c_K7Q29XMP5', '/start c_K7Q29XMP5'],
    ['/credit\nK7Q2', '/credit\nK7Q2'],
    ['12/50', '12/50'],
    ['/balance@other_bot', 'nothing'],
  ])('in a private chat %j is %j', (text, expected) => expect(said(message({ text }))).toBe(expected));

  test.each([
    ['/balance', '/balance'],
    ['/balance@regulars_test_bot now', '/balance now'],
    ['/balance@other_bot', 'nothing'],
    ['balance', 'nothing'],
    ['I like /balance', 'nothing'],
    ['/dev/null', 'nothing'],
  ])('in a group %j is %j', (text, expected) => expect(said(message({ text }, group))).toBe(expected));

  test('a group is a place where others read along, and not where messages to a person go', () => {
    expect(message({ text: '/balance' }, group)).toMatchObject({
      chat: '-42',
      inbound: { place: 'group', from: { user: '7000000001', chat: '7000000001' } },
    });
  });
});

describe('presses', () => {
  const press = (content: object) => reading({ callback_query: { id: 'q1', from: anna, chat_instance: '1', ...content } });
  const under = { message_id: 9, date: 1, chat: privateChat };

  test('the text that the button stands for', () => {
    expect(press({ message: under, data: '~abc yes' })).toMatchObject({
      kind: 'said',
      query: 'q1',
      inbound: { text: '~abc yes', pressed: { chat: '7000000001', id: '9' }, place: 'direct' },
    });
  });

  test('a message too old to be shown can still be pressed', () => {
    expect(press({ message: { ...under, date: 0 }, data: 'yes' })).toMatchObject({ kind: 'said', inbound: { text: 'yes' } });
  });

  test('in a group the presser is who counts', () => {
    expect(press({ message: { ...under, chat: group }, data: 'yes' })).toMatchObject({
      chat: '-42',
      inbound: { from: { user: '7000000001', chat: '7000000001' }, place: 'group' },
    });
  });

  test.each([{ message: under }, { data: 'yes', inline_message_id: 'x' }])(
    'what says nothing is still to be answered: %j',
    (content) => {
      expect(press(content)).toEqual({ kind: 'nothing', query: 'q1' });
    },
  );
});

describe('photos and contacts', () => {
  const photo = [
    { file_id: 'small', file_unique_id: 's', width: 90, height: 90, file_size: 900 },
    { file_id: 'large', file_unique_id: 'l', width: 900, height: 900, file_size: 90_000 },
  ];

  test('the largest size, fetched only when it is read', async () => {
    const found = message({ photo, caption: 'the bill' });
    expect(found).toMatchObject({ inbound: { text: 'the bill', photo: { id: 'large', bytes: 90_000 } } });
    expect(fetched).toEqual([]);
    await (found.kind === 'said' ? found.inbound.photo : undefined)?.read();
    expect(fetched).toEqual(['large']);
  });

  test('a picture sent as a file counts as well, whatever it says it is', async () => {
    const document = { file_id: 'scan', file_unique_id: 'd', file_name: 'cake.heic', file_size: 30_000_000 };
    expect(message({ document })).toMatchObject({ inbound: { text: '', photo: { id: 'scan', bytes: 30_000_000 } } });
    expect(message({ document }, group)).toEqual({ kind: 'nothing' });
  });

  test('a photo without words is something, in a group it is talk', () => {
    expect(said(message({ photo }))).toBe('');
    expect(message({ photo }, group)).toEqual({ kind: 'nothing' });
  });

  test('their own contact counts, somebody else’s does not', () => {
    const contact = { phone_number: '+358501234567', first_name: 'Anna' };
    expect(message({ contact: { ...contact, user_id: anna.id } })).toMatchObject({
      inbound: { contact: { phone: '+358501234567' }, text: 'phone' },
    });
    expect(message({ contact: { ...contact, user_id: 5 } })).toEqual({ kind: 'nothing' });
    expect(message({ contact })).toEqual({ kind: 'nothing' });
  });
});

describe('coming and going', () => {
  const membership = (status: string, chat: object = privateChat) =>
    reading({
      my_chat_member: {
        chat,
        from: anna,
        date: 1,
        old_chat_member: { status: 'member', user: me },
        new_chat_member: { status, user: me },
      },
    });

  test.each([
    ['kicked', false],
    ['left', false],
    ['member', true],
  ])('%s: reachable is %s', (status, yes) => {
    expect(membership(status)).toEqual({
      kind: 'reachable',
      address: { channel: 'telegram', user: '7000000001', chat: '7000000001' },
      yes,
    });
  });

  test('who puts the bot out of a group can still be reached', () =>
    expect(membership('kicked', group)).toEqual({ kind: 'nothing' }));
  test('other states say nothing', () => expect(membership('administrator')).toEqual({ kind: 'nothing' }));
});

describe('not for us', () => {
  test.each([
    ['an edited message', { edited_message: { message_id: 5, date: 1, chat: privateChat, from: anna, text: 'balance' } }],
    [
      'a channel post',
      { channel_post: { message_id: 5, date: 1, chat: { id: -100, type: 'channel', title: 'News' }, text: '/balance' } },
    ],
    ['a kind that is not invented yet', { telepathy: { thought: 'balance' } }],
  ])('%s', (_, update) => expect(reading(update)).toEqual({ kind: 'nothing' }));

  test.each([
    ['a bot', { from: { ...anna, is_bot: true }, text: '/balance' }],
    ['nobody', { from: undefined, text: '/balance' }],
    ['a service message', { new_chat_title: 'New' }],
    ['a sticker', { sticker: { file_id: 'x' } }],
  ])('%s', (_, content) => expect(message(content)).toEqual({ kind: 'nothing' }));

  test('what is no update throws, so that it can be put aside', () => {
    expect(() => reading({ message: { message_id: 1, date: 1, chat: null, from: anna } })).toThrow(TypeError);
    expect(() => reading({ callback_query: { id: 'q', message: { chat: privateChat }, data: 'x' } })).toThrow(TypeError);
  });
});
