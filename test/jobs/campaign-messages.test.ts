import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderMessage } from '../../src/channels/slack/render.ts';
import { render } from '../../src/channels/telegram/render.ts';
import type { View } from '../../src/chat/view.ts';
import { createWords } from '../../src/chat/words.ts';
import { composeCampaign } from '../../src/jobs/compose-campaign.ts';
import { type DeliverTools, deliver } from '../../src/jobs/deliver.ts';
import { defaultTuning } from '../../src/jobs/tuning.ts';
import { changeTexts, type DraftPatch } from '../../src/program/campaigns/draft.ts';
import { planTest } from '../../src/program/campaigns/plan-test.ts';
import type { Database } from '../../src/program/context.ts';
import { type Claimed, claimDue } from '../../src/program/deliveries/claim.ts';
import { checkMessage } from '../../src/program/templates/check.ts';
import { completenessOf, readersByLanguage, sampleReader } from '../../src/program/templates/languages.ts';
import { messengersOf } from '../../src/program/templates/messengers-of.ts';
import { saveTexts, textsOf } from '../../src/program/templates/stored-texts.ts';
import type { MessageTexts } from '../../src/program/templates/texts.ts';
import { everyone } from '../../src/program/templates/variables.ts';
import { at, mugOffer, openStage } from '../program/campaigns/stage.ts';

const shop = { name: "Anna's", currency: 'EUR', timeZone: 'UTC', language: 'en' };
const words = await createWords(shop);
let stage: Awaited<ReturnType<typeof openStage>>;
let member: number;

beforeAll(async () => {
  stage = await openStage();
  [member = 0] = await stage.members(1, { language: 'fi' });
});
afterAll(() => stage.close());

const tools = () => ({
  ...{ db: stage.db, shop, clock: () => at('02') },
  wordsFor: (language: string | null) => words.say(words.pick(language)),
});

/** What the next message of a campaign looks like, claimed as a worker claims it. */
async function sent(more: Partial<Claimed> = {}, extra: { linkFor?(delivery: number): string } = {}): Promise<View> {
  const due = { db: stage.db, channel: 'telegram', worker: 'w', now: at('02'), limit: 1, leaseMs: 60_000 };
  const [row] = await claimDue(due);
  if (!row) throw new Error('nothing is due');
  await stage.db.prisma.delivery.update({ where: { id: row.id }, data: { state: 'sent', leaseUntil: null } });
  const view = await composeCampaign({ ...row, ...more }, { ...tools(), ...extra });
  if (!view) throw new Error('nothing to say');
  return { ...view, buttons: JSON.parse(JSON.stringify(view.buttons ?? []).replaceAll(` ${row.id}`, ' #')) };
}

async function broadcast(texts: MessageTexts, patch: DraftPatch = {}): Promise<number> {
  let draft = await stage.draft(patch);
  draft = await changeTexts(stage.ctx(), { id: draft.id, version: draft.version, texts });
  await stage.start(draft);
  await stage.plan(at('02'));
  return draft.id;
}

const both = {
  texts: { fi: { title: 'Hei {name}', body: 'Sinulla on {points}, {shop}: {offer}' }, en: { body: 'Take {offer}' } },
  fallback: 'en',
};

it('is written in the reader’s language with their own values, and gives its offer under it', async () => {
  await broadcast(both, { ...mugOffer, endsAt: at('20') });
  expect(await sent()).toEqual({
    title: 'Hei m',
    body: "Sinulla on 0 pistettä, Anna's: Muki",
    buttons: [
      [{ label: 'Ota tästä: Muki', does: 'offer take #', style: 'primary' }],
      [{ label: 'Ei enää tarjouksia', does: 'mute offers' }],
    ],
    footer: 'Voimassa 20. maaliskuuta 2026 asti',
  });
});

it('is tried again when it could not be read just then', async () => {
  await broadcast(both);
  const [row] = await claimDue({ db: stage.db, channel: 'telegram', worker: 'w', now: at('02'), limit: 1, leaseMs: 60_000 });
  if (!row) throw new Error('nothing is due');
  const run: Database['run'] = (statement, values) =>
    statement.name === 'message_reader' ? Promise.reject(new Error('Connection terminated')) : stage.db.run(statement, values);
  const unready = { ...tools(), db: { ...stage.db, run }, tuning: defaultTuning, notices: new Map() };
  expect(await deliver(row, unready as unknown as DeliverTools)).toBe('retry');
  expect(await stage.db.prisma.delivery.findUnique({ where: { id: row.id } })).toMatchObject({ state: 'retry', attempt: 1 });
  await stage.db.prisma.delivery.update({ where: { id: row.id }, data: { state: 'sent' } });
});

it('falls back to what the owner chose, while the program speaks the reader’s own language around it', async () => {
  await broadcast(
    { texts: { ru: { body: 'До {until}: {offer}' }, en: { body: 'no' } }, fallback: 'ru' },
    { ...mugOffer, endsAt: at('20') },
  );
  const view = await sent();
  expect(view.body).toMatch(/^До 20 марта 2026.г\.: A mug$/);
  expect(view.buttons?.[0]?.[0]?.label).toBe('Ota tästä: Muki');
});

it('carries a picture, a link that is counted, a question and a scale', async () => {
  const bytes = Buffer.from('png');
  const hash = createHash('sha256').update(bytes).digest('hex');
  await stage.db.prisma.media.create({ data: { hash, bytes, createdAt: at('01') } });
  const link = { kind: 'link', url: 'https://example.com/menu', label: { fi: 'Lista', en: 'Menu' } } as const;
  await broadcast(both, { picture: hash, button: link });
  await broadcast(both, { button: link });
  await broadcast(both, { button: { kind: 'question', answers: [{ fi: 'Joo', en: 'Yes' }, { en: 'No' }] } });
  await broadcast(both, { button: { kind: 'scale' } });
  const first = await sent();
  expect(Buffer.from(first.image?.png ?? []).toString()).toBe('png');
  expect(first.image?.alt).toBe('Hei m');
  expect(first.buttons?.[0]).toEqual([{ label: 'Lista', does: 'offer open #' }]);
  const counted = await sent({}, { linkFor: () => 'https://shop.example/o/token' });
  expect(counted.buttons?.[0]).toEqual([{ label: 'Lista', url: 'https://shop.example/o/token' }]);
  expect((await sent()).buttons?.slice(0, 2)).toEqual([
    [{ label: 'Joo', does: 'offer answer # 0' }],
    [{ label: 'No', does: 'offer answer # 1' }],
  ]);
  const scale = await sent();
  expect(scale.buttons?.map((row) => row.length)).toEqual([6, 5, 1]);
  expect(scale.buttons?.[1]?.at(-1)).toEqual({ label: '10', does: 'offer answer # 10' });
});

it('of a journey speaks the program’s words until the owner writes some, and theirs at once from then on', async () => {
  const { id } = await stage.db.prisma.campaign.create({
    data: {
      kind: 'journey',
      key: 'comeback-30',
      name: 'c',
      state: 'running',
      topic: 'comeback',
      createdAt: at('01'),
      button: { kind: 'command', does: 'card' },
    },
  });
  const params = { campaign: id, variant: 'a', language: 'fi' };
  const row = { id: 7, notice: 'campaign-test', params, personId: 0, memberId: member, language: 'en' } as unknown as Claimed;
  const seen = async (language: string) => composeCampaign({ ...row, params: { ...params, language } }, tools());
  expect(await seen('fi')).toMatchObject({
    title: 'Sinua on ikävä, m',
    buttons: [[{ label: words.say('fi')('commands:card.title'), does: 'card' }], [{ does: 'mute comeback' }]],
    footer: words.say('fi')('templates:test'),
  });
  const save = (texts: MessageTexts) =>
    stage.db.prisma.$transaction((tx) => saveTexts(tx, 'journey:comeback-30', texts, null, at('02')));
  expect(await save({ texts: { pl: { body: 'Hej {name}' } }, fallback: 'pl' })).toBe(1);
  expect((await seen('fi'))?.body).toBe('Hej m');
  await save({ texts: { pl: { body: 'Hej' }, fi: { body: 'Moi' } }, fallback: 'pl' });
  expect((await seen('fi'))?.body).toBe('Moi');
  await save({ texts: {}, fallback: '' });
  expect((await seen('fi'))?.title).toBe('Sinua on ikävä, m');
});

it('is tried by an owner in each language on themselves, and a campaign that is gone says nothing', async () => {
  const draft = await stage.draft(mugOffer);
  await changeTexts(stage.ctx(), { id: draft.id, version: draft.version, texts: both });
  await stage.db.prisma.address.create({
    data: { personId: stage.owner.personId, channel: 'telegram', user: 'o', chat: 'o', usedAt: at('01') },
  });
  await planTest(stage.ctx(), { id: draft.id, languages: ['fi', 'en'] });
  const seen = [(await sent()).body, (await sent()).body];
  expect(seen.sort()).toEqual(["Sinulla on 0 pistettä, Anna's: Muki", 'Take A mug']);
  const gone = {
    id: 1,
    notice: 'campaign',
    campaignId: 999,
    variant: 'a',
    params: {},
    personId: 0,
    memberId: member,
    language: 'en',
  };
  expect(await composeCampaign(gone as unknown as Claimed, tools())).toBeUndefined();
});

it('keeps every version of an owner’s words: two who write at once write two, the same words none', async () => {
  const save = (body: string) =>
    stage.db.prisma.$transaction((tx) =>
      saveTexts(tx, 'journey:reach', { texts: { en: { body } }, fallback: 'en' }, null, at('02')),
    );
  expect((await Promise.all(['one', 'two', 'three'].map(save))).sort()).toEqual([1, 2, 3]);
  const last = (await textsOf(stage.db, 'journey:reach'))?.texts['en']?.body ?? '';
  expect(await save(last)).toBe(3);
  expect(await save('four')).toBe(4);
  expect((await textsOf(stage.db, 'journey:reach', 3))?.texts['en']?.body).toBe(last);
  expect(await textsOf(stage.db, 'journey:nothing')).toBeNull();
});

it('fits both messengers to the last letter when it was let through', async () => {
  const title = 'T'.repeat(150);
  const body = `${'b'.repeat(2936)}{name}`;
  expect(checkMessage({ title, body }, 'en', { allowed: everyone, picture: false, ends: true })).toEqual([]);
  const caption = { title, body: `${'c'.repeat(1024 - 150 - 4 - 40 - 64)}{name}` };
  const room = { allowed: everyone, picture: true, ends: true, messengers: ['telegram'] } as const;
  expect(checkMessage(caption, 'en', room)).toEqual([]);
  expect(checkMessage({ title, body: `${caption.body}!` }, 'en', room)).toHaveLength(1);
  await stage.db.prisma.person.updateMany({ data: { name: 'n'.repeat(64) } });
  await broadcast({ texts: { en: { title, body } }, fallback: 'en' }, { ...mugOffer, endsAt: at('20') });
  const view = await sent();
  expect(render(view).text).toContain('n'.repeat(64));
  expect(render(view).text).not.toContain('…');
  expect(JSON.stringify(renderMessage(view).blocks)).not.toContain('…');
  const under = { ...view, body: caption.body.replace('{name}', 'n'.repeat(64)), image: { png: new Uint8Array(), alt: 'x' } };
  expect(render(under).text).not.toContain('…');
});

it('knows who reads what, where people are, and somebody to look through the eyes of', async () => {
  const [polish = 0] = await stage.members(2, { language: 'pl' });
  const readers = await readersByLanguage(stage.db);
  expect(readers).toEqual([
    { language: 'pl', members: 2 },
    { language: 'fi', members: 1 },
  ]);
  expect(completenessOf({ fi: { body: '' } }, readers, 'en').map(({ language, written }) => [language, written])).toEqual([
    ['pl', false],
    ['fi', true],
  ]);
  expect(await sampleReader(stage.db, 'pl', 'en')).toBe(polish);
  expect(await sampleReader(stage.db, 'ru', 'en')).toBeNull();
  expect(await messengersOf(stage.db)).toEqual(['telegram']);
});
