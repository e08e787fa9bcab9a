import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Content, keptText, keptView, type Messages } from '../../src/channels/playground/messages.ts';
import type { OpenDatabase } from '../../src/database/client.ts';
import { openDatabase } from '../../src/database/client.ts';
import { playgroundMessages } from '../../src/program/playground/messages.ts';
import { playgroundPeople } from '../../src/program/playground/people.ts';
import { freshDatabase } from '../support/database.ts';
import { smallPng } from './contract.ts';

let db: OpenDatabase & { url: string };
let messages: Messages;
const at = new Date('2026-11-22T12:05:00Z');
const said = (text: string, key?: string) => ({
  phone: 'customer' as const,
  mine: true,
  at,
  content: keptText(text),
  ...(key && { key }),
});

beforeAll(async () => {
  db = await freshDatabase();
  messages = playgroundMessages(db);
});
afterAll(() => db.close());

describe('messages in the database', () => {
  test('are there after a restart, in their order', async () => {
    const first = await messages.append(said('one'));
    const second = await messages.append({
      ...said('two'),
      phone: 'owner',
      mine: false,
      content: keptView({ title: 'Hello', facts: [['a', 'b']] }, first),
    });
    const again = await openDatabase({ url: db.url, max: 2 });
    expect(await playgroundMessages(again).since(first - 1, 10)).toEqual([
      { id: first, phone: 'customer', mine: true, at, content: { text: 'one' } },
      {
        id: second,
        phone: 'owner',
        mine: false,
        at,
        content: { view: { title: 'Hello', facts: [['a', 'b']] }, replaces: first },
      },
    ]);
    await again.close();
  });

  test('one key adds one, however many try at once', async () => {
    const before = await messages.append(said('before'));
    const ids = await Promise.all(Array.from({ length: 8 }, () => messages.append(said('same', 'key-1'))));
    expect(new Set(ids).size).toBe(1);
    expect(await messages.since(before, 10)).toHaveLength(1);
    expect(await messages.append({ ...said('same', 'key-1'), phone: 'staff' })).not.toBe(ids[0]);
  });

  test('what was typed is kept as far as the database can', async () => {
    const id = await messages.append(said('a\0b \uD83D <b> 🙂'));
    expect((await messages.find(id))?.content).toEqual({ text: 'ab \uFFFD <b> 🙂' });
    const view: Content = keptView({ body: '\uDC00\0', buttons: [[{ label: '\0', does: 'x' }]] });
    await expect(messages.append({ ...said(''), content: view })).resolves.toBeGreaterThan(id);
  });

  test('pictures and files are left out of lists and found by id', async () => {
    const content = keptView({
      image: { png: smallPng(5), alt: 'card' },
      file: { name: 'a.json', bytes: new Uint8Array([1, 2, 3]) },
    });
    const id = await messages.append({ ...said(''), mine: false, content });
    const [listed] = await messages.since(id - 1, 1);
    expect(listed?.content).toEqual({
      view: { image: { alt: 'card', hash: expect.any(String), width: 64, height: 64 }, file: { name: 'a.json' } },
    });
    expect((await messages.find(id))?.content).toEqual(content);
    expect(await messages.find(999_999)).toBeUndefined();
  });

  test('what stands under an id is the newest view that replaces it, on the same phone', async () => {
    const id = await messages.append({ ...said(''), mine: false, content: keptView({ title: 'question' }) });
    expect((await messages.standing('customer', id))?.id).toBe(id);
    const card = keptView({ image: { png: smallPng(5), alt: 'card' } }, id);
    const next = await messages.append({ ...said(''), mine: false, content: card });
    await messages.append({ ...said(''), mine: false, content: { bare: id } });
    await messages.append({ ...said(''), phone: 'staff', mine: false, content: keptView({ title: 'other' }, id) });
    const standing = await messages.standing('customer', id);
    expect(standing?.id).toBe(next);
    expect(standing?.content).toMatchObject({ view: { image: { alt: 'card' } }, replaces: id });
    expect(JSON.stringify(standing)).not.toContain('png');
    expect(await messages.standing('staff', next)).toBeUndefined();
    expect(await messages.standing('customer', 999_999)).toBeUndefined();
    expect(await messages.standing('customer', await messages.append(said('typed')))).toBeUndefined();
  });

  test('a phone keeps its newest 200', async () => {
    const mine = { ...said('x'), phone: 'staff' as const };
    for (let index = 0; index < 205; index++) await messages.append({ ...mine, content: keptText(`message ${index}`) });
    const kept = (await messages.since(0, 1000)).filter(({ phone }) => phone === 'staff');
    expect(kept).toHaveLength(200);
    expect(kept.at(-1)?.content).toEqual({ text: 'message 204' });
    expect(kept[0]?.content).toEqual({ text: 'message 5' });
  });

  test('a reader never passes one that is not yet committed', async () => {
    const start = await messages.append(said('start'));
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let index = 0; index < 10; index++) await messages.append(said(`${writer}.${index}`));
    });
    const read: number[] = [];
    let last = start;
    const deadline = Date.now() + 20_000;
    while (read.length < 60 && Date.now() < deadline) {
      for (const { id } of await messages.since(last, 100)) {
        read.push(id);
        last = id;
      }
    }
    await Promise.all(writers);
    expect(read).toHaveLength(60);
  });
});

describe('the people behind the phones', () => {
  test('are nobody at first, and then what the program knows', async () => {
    expect(await playgroundPeople(db, at)).toEqual({});
    const person = (name: string, user: string, language?: string) =>
      db.prisma.person.create({
        data: {
          name,
          language: language ?? null,
          createdAt: at,
          addresses: { create: { channel: 'playground', user, chat: user, usedAt: at } },
        },
      });
    const anna = await person('Anna', 'customer', 'bg');
    const ben = await person('Ben', 'staff');
    await db.prisma.person.create({
      data: { name: 'Eve', createdAt: at, addresses: { create: { channel: 'telegram', user: 'owner', chat: '1', usedAt: at } } },
    });
    await db.prisma.member.create({ data: { personId: anna.id, code: 'K7Q29XMP5', joinedAt: at } });
    await db.prisma.staff.create({ data: { personId: ben.id, role: 'staff', since: at } });
    expect(await playgroundPeople(db, at)).toEqual({
      customer: { language: 'bg', role: null, memberCode: 'K7Q29XMP5', credited: false, coupon: null },
      staff: { language: null, role: 'staff', memberCode: null, credited: false, coupon: null },
    });
  });
});
