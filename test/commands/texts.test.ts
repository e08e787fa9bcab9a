import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sceneAt } from '../../src/chat/handle.ts';
import { plainText, type View } from '../../src/chat/view.ts';
import { completeness } from '../../src/commands/texts/languages.ts';
import { previewView } from '../../src/commands/texts/preview.ts';
import { messageFrom, typedMessage } from '../../src/commands/texts/read-message.ts';
import { type TextTask, textAsk } from '../../src/commands/texts/text-ask.ts';
import { changeDraft, changeTexts, createDraft } from '../../src/program/campaigns/draft.ts';
import { Refusal } from '../../src/program/refusal.ts';
import { everyone } from '../../src/program/templates/variables.ts';
import { contextOf } from '../support/ledger.ts';
import { openShop } from '../support/talk.ts';

let shop: Awaited<ReturnType<typeof openShop>>;
let scene: Awaited<ReturnType<typeof sceneAt>>;
const now = new Date('2026-11-21T10:00:00Z');

beforeAll(async () => {
  shop = await openShop();
  await shop.shop.person('anna', 'Anna', 'fi').says('join');
  await shop.shop.person('boris', 'Boris', 'ru', 'slack').says('join');
  scene = await sceneAt(shop.shop.kernel, { channel: 'telegram', user: 'owner', chat: 'owner' });
});
afterAll(() => shop.db.close());

const ctx = () => contextOf(shop.db, now, { actor: { kind: 'person', personId: scene.who.personId ?? 0 } });
const labels = (view?: View) => view?.facts?.map(([label, value]) => `${label}: ${value}`);

it('reads a short first line above an empty one as the title, and writes a message as it is read again', () => {
  expect(messageFrom('Hello\n\nCome by,\n\nall of you')).toEqual({ title: 'Hello', body: 'Come by,\n\nall of you' });
  expect(messageFrom('Hello\r\n \r\nCome by')).toEqual({ title: 'Hello', body: 'Come by' });
  expect(messageFrom('Hello\nCome by\n\nall')).toEqual({ body: 'Hello\nCome by\n\nall' });
  expect(messageFrom(`${'long '.repeat(30)}\n\nCome by`).title).toBeUndefined();
  expect(messageFrom(' just this ')).toEqual({ body: 'just this' });
  const line = fc.constantFrom('', ' ', 'a', 'Title', 'x'.repeat(101), '{name}', "it's");
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const message = messageFrom(lines.join('\n'));
      expect(messageFrom(typedMessage(message))).toEqual(message);
    }),
  );
});

it('asks for a text with its variables and lengths on the messengers that people use, and refuses it with the question open', async () => {
  const task: TextTask = { language: 'fi', allowed: everyone, picture: false, current: { title: 'Hei', body: 'Tule {name}' } };
  const ask = textAsk('text', () => task);
  const view = await ask.question(ctx(), {}, scene, (value) => value);
  expect(view.title).toContain('Suomi');
  expect(view.body).toContain('{points} – their points: 120 points');
  expect(view.body).toContain('Hei\n\nTule {name}');
  expect(labels(view)).toEqual([
    'Telegram: 74 of 4096 characters',
    'Slack, title: 3 of 150 characters',
    'Slack: 69 of 3000 characters',
  ]);
  const fresh = await textAsk('text', () => ({ language: 'fi', allowed: [], picture: true })).question(
    ctx(),
    {},
    scene,
    (value) => value,
  );
  expect(labels(fresh)).toEqual(['Telegram: 0 of 1024 characters', 'Slack: 0 of 3000 characters']);
  expect(await ask.read(' Hei\n\nTule  \n', ctx(), scene, {})).toBe('Hei\n\nTule');
  const said = async (typed: string) => {
    const error = await Promise.resolve(ask.read(typed, ctx(), scene, {})).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof Refusal)) throw new Error('not refused');
    return scene.say(`refusals:${error.code}`, error.params);
  };
  expect(await said('Hei {nmae}')).toMatch(/^I don't know \{nmae\}\. Did you mean \{name\}\? You can use: \{name\}, \{shop\}/);
  expect(await said('Hei {name, kello')).toContain('“{name, kello”');
  expect(await said('x'.repeat(3010))).toMatch(/^Slack takes 3000 characters here, and this can become 3010: 10 too many/);
  expect(await said(' ')).toMatch(/nothing to say/);
});

it('shows a message as a real member will see it, on their messenger and on others, and who reads which language', async () => {
  const { id, version } = await createDraft(ctx(), { name: 'Spring' });
  const offer = { offer: { kind: 'points', points: 50 }, button: { kind: 'claim' } } as const;
  const draft = await changeDraft(ctx(), { id, version, patch: offer }, 'UTC');
  expect(await previewView(ctx(), { campaign: id, language: 'fi' }, scene)).toBeUndefined();
  const texts = { texts: { fi: { title: 'Hei {name}', body: 'Sinulle: {offer}' } }, fallback: 'fi' };
  await changeTexts(ctx(), { id, version: draft.version, texts });
  const view = await previewView(ctx(), { campaign: id, language: 'fi' }, scene);
  expect(view).toMatchObject({ title: 'Hei Anna', footer: 'As Anna will see it (Suomi)', buttons: [] });
  expect(view?.body).toBe('Sinulle: 50 pistettä\n\n[ Ota tästä: 50 pistettä ]\n[ Ei enää tarjouksia ]');
  expect(labels(view)?.[0]).toBe('Telegram: 139 of 4096 characters');
  const slack = await previewView(ctx(), { campaign: id, language: 'fi', messenger: 'slack' }, scene);
  expect(slack).toMatchObject({ title: 'Slack' });
  expect(slack?.body).toBe('Hei Anna\n\nSinulle: 50 pistettä\n\n[ Ota tästä: 50 pistettä ]\n[ Ei enää tarjouksia ]');
  const found = await completeness(ctx(), texts, scene);
  expect(found.missing).toEqual(['ru']);
  expect(found.facts).toContainEqual(['Suomi', '1 reader · written']);
  expect(found.facts).toContainEqual(['Русский', '1 reader · missing, they read: Suomi']);
  expect(plainText(view ?? {})).not.toMatch(/texts:|templates:|undefined/);
});
