import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainText, type View } from '../../src/chat/view.ts';
import { commandKey, createWords } from '../../src/chat/words.ts';
import { composeCampaign } from '../../src/jobs/compose-campaign.ts';
import { ensureJourneys } from '../../src/program/journeys/ensure-journeys.ts';
import { journeys } from '../../src/program/journeys/index.ts';
import { planJourneys } from '../../src/program/journeys/plan-journeys.ts';
import { storedRules } from '../../src/program/settings/program.ts';
import { mug } from '../support/rewards.ts';
import { openShop } from '../support/talk.ts';

const { db, shop, olga, ben } = await openShop();
afterAll(() => db.close());
const timeZone = 'Europe/Helsinki';
const anna = shop.person('anna', 'Anna');
const plan = () => planJourneys({ db, now: shop.clock.now, timeZone });
const campaign = (key: string) => db.prisma.campaign.findUniqueOrThrow({ where: { key } });
const at = (moment: string) => {
  shop.clock.now = new Date(moment);
};

beforeAll(async () => {
  await ensureJourneys(db, new Date('2026-01-01T00:00:00Z'));
  const { rules } = await db.prisma.programVersion.findFirstOrThrow();
  const more = { ...(rules as object), rewards: [mug({ cost: 10 })] };
  await db.prisma.programVersion.create({
    data: { rules: storedRules(more as never), startsAt: new Date(1), createdAt: new Date(1) },
  });
  await anna.says('join');
  await db.prisma.person.updateMany({ data: { marketing: true } });
});

it('are an owner’s: listed in a line each, one with everything that can be done with it', async () => {
  expect((await ben.says('journeys')).body).toMatch(/owner/i);
  const list = await olga.says('journeys');
  // What is on and had nothing to say has a button and no line.
  expect(list.buttons?.flat().filter((one) => 'does' in one && /^\/journeys \S/.test(one.does))).toHaveLength(journeys.length);
  expect([list.facts, list.body]).toEqual([[], expect.stringContaining('All of them are on')]);
  const one = await olga.presses(list, 'We miss you, 90 days');
  expect(one.title).toBe('We miss you, 90 days');
  expect(one.facts).toContainEqual(['Offer', 'nothing']);
  expect((await olga.says('journeys nonsense')).body).toMatch(/don't know that message/);
  await olga.says('cancel');
});

it('switch off and on by a press that may be delivered twice', async () => {
  const one = await olga.says('journeys welcome-1');
  const off = await olga.presses(one, 'Switch off', { id: 'twice' });
  expect(off.facts?.[0]).toEqual(['Now', 'off']);
  await olga.presses(one, 'Switch off', { id: 'twice' });
  expect((await campaign('welcome-1')).state).toBe('paused');
  expect((await olga.says('journeys')).facts).toEqual([['Welcome', 'off']]);
  const on = await olga.presses(off, 'Switch on');
  expect(on.facts?.[0]).toEqual(['Now', 'on']);
  expect(await db.prisma.campaignEvent.count({ where: { campaign: { key: 'welcome-1' } } })).toBe(2);
});

it('take an offer, a budget, a limit, readers and a control group, and say what can not be', async () => {
  const one = await olga.says('journeys comeback-60');
  expect(plainText(await olga.presses(one, 'Budget'))).toMatch(/Choose first what comes with it/);
  const asked = await olga.presses(one, 'Offer');
  expect((await olga.presses(asked, 'A mug')).facts).toContainEqual(['Offer', 'A mug']);
  expect(await campaign('comeback-60')).toMatchObject({ offer: { kind: 'reward', reward: 'mug' }, button: { kind: 'claim' } });
  expect((await olga.says('journeys set comeback-60 budget 100')).facts).toContainEqual(['Budget', '100 coupons']);
  expect((await olga.says('journeys set comeback-60 offer 50')).facts).toContainEqual(['Offer', '50 points']);
  expect((await campaign('comeback-60')).budget).toEqual({});
  expect((await olga.says('journeys set comeback-60 limit 20')).facts).toContainEqual(['Daily limit', '20 a day']);
  expect((await olga.says('journeys set comeback-60 control 10')).facts).toContainEqual(['Control group', '10%']);
  expect((await olga.says('journeys set comeback-60 whom language:fi')).facts).toContainEqual(['For whom', 'language:fi']);
  expect((await olga.says('journeys set comeback-60 control 95')).body).toMatch(/from 0 to 90/);
  await olga.says('cancel');
  const odd = await olga.says('journeys set comeback-60 whom nonsense:1');
  expect(odd.body).toMatch(/nonsense/);
  await olga.says('cancel');
  expect((await olga.says('journeys set comeback-60 offer -')).facts).toContainEqual(['Offer', 'nothing']);
  expect(await campaign('comeback-60')).toMatchObject({
    offer: null,
    button: { kind: 'command' },
    segment: 'language:fi',
    perDay: 20,
  });
  // Reminders of what is one's own give nothing and leave nobody out.
  expect((await olga.says('journeys set expiring control 10')).body).toMatch(/can't be set here/);
  await olga.says('cancel');
});

it('speak in an owner’s words, in one language and then again in the program’s', async () => {
  const words = await olga.presses(await olga.says('journeys welcome-1'), 'Words');
  expect(words.body).toContain('How your card works');
  const asked = await olga.presses(words, '+ English');
  expect(asked.body).toContain('{code}');
  expect((await olga.says('Dear {nmae}!')).body).toMatch(/name/);
  const written = await olga.says('Welcome\n\nGood to have you, {name}.');
  expect(written.facts).toContainEqual(['Words', 'yours: English']);
  const look = await olga.presses(written, 'How it looks');
  expect(look.body).toContain('Good to have you, ');
  expect((await olga.presses(look, 'Send it to me')).body).toMatch(/on its way/);
  expect(await db.prisma.delivery.count({ where: { notice: 'campaign-test' } })).toBe(1);
  const back = await olga.presses(await olga.says('journeys words welcome-1'), "Back to the program's words");
  expect(back.facts).toContainEqual(['Words', "the program's own"]);
  expect((await olga.says('journeys look welcome-1 fi')).body).toContain('Näytä korttisi kassalla');
});

it('can be seen before they go, and one left out, planned or only foreseen', async () => {
  at('2026-11-23T05:00:00Z');
  const [bea, cem] = [shop.person('bea', 'Bea'), shop.person('cem', 'Cem')];
  for (const one of [bea, cem]) await one.says('join');
  await db.prisma.person.updateMany({ data: { marketing: true } });
  const coming = await olga.says('report upcoming');
  expect(coming.facts?.find(([name]) => name === 'Welcome')?.[1]).toMatch(/^2 messages · from /);
  expect(coming.facts?.find(([name]) => name === 'First visit')?.[1]).toMatch(/^\d messages? · /);
  let welcome = await olga.presses(coming, 'Welcome');
  expect(welcome.facts?.map(([name, when]) => [name, when.split(' for')[0]])).toEqual([
    ['Bea', 'foreseen'],
    ['Cem', 'foreseen'],
  ]);
  at('2026-11-23T12:00:00Z');
  await plan();
  welcome = await olga.says('report upcoming welcome-1');
  expect(welcome.facts?.map(([, when]) => when.split(' for')[0])).toEqual(['planned', 'planned']);
  expect((await olga.presses(welcome, /Bea/, { id: 'skip' })).body).toBe('Left out: Bea will not get it.');
  expect((await olga.presses(welcome, /Bea/, { id: 'skip' })).body).toBe('Left out: Bea will not get it.');
  expect((await olga.presses(welcome, /Bea/)).body).toMatch(/too late/);
  const visit = await olga.says('report upcoming welcome-7');
  expect((await olga.presses(visit, /Cem/)).body).toBe('Left out: Cem will not get it.');
  at('2026-11-30T06:00:00Z');
  await plan();
  const rows = await db.prisma.delivery.findMany({ where: { notice: 'campaign' }, orderBy: { id: 'asc' } });
  const people = await db.prisma.person.findMany();
  const told = rows
    .filter(({ state }) => state === 'planned')
    .map(({ personId }) => people.find(({ id }) => id === personId)?.name);
  expect(told.filter((name) => name === 'Bea' || name === 'Cem').toSorted()).toEqual(['Bea', 'Cem']);
  expect((await olga.says('journeys effect welcome-1')).body).toMatch(/nobody can say without a control group/);
});

it('have an opening that can be set, moved and taken back', async () => {
  expect((await olga.says('journeys launch 1.11.2026')).body).toMatch(/must be after today/);
  await olga.says('cancel');
  expect((await olga.says('launch tomorrow')).body).toMatch(/can't read that day/);
  expect((await olga.says('2026-12-20')).body).toMatch(/The opening is on December 20, 2026/);
  at('2026-12-12T08:00:00Z');
  await plan();
  const period = async (key: string) =>
    (await db.prisma.delivery.findMany({ where: { campaignId: (await campaign(key)).id } })).map((row) => [
      row.period,
      row.notBefore.toISOString().slice(0, 16),
    ]);
  const before = await period('launch-before');
  expect(new Set(before.map(String))).toEqual(new Set(['2026-12-20,2026-12-13T08:00']));
  expect((await olga.says('journeys launch 2026-12-27')).body).toMatch(/December 27/);
  at('2026-12-26T09:00:00Z');
  await plan();
  const opening = await period('launch-open');
  expect(opening).toHaveLength(before.length);
  expect(opening[0]).toEqual(['2026-12-27', '2026-12-27T08:00']);
  at('2027-01-09T12:00:00Z');
  await plan();
  expect((await period('launch-after-14'))[0]).toEqual(['2026-12-27', '2027-01-10T08:00']);
  const asked = await olga.says('journeys launch');
  expect((await olga.presses(asked, 'No opening')).body).toMatch(/no opening any more/);
});

it('are written for each reader as things are when they go', async () => {
  const words = await createWords({ currency: 'EUR', timeZone, language: 'en' });
  const { id: memberId, personId } = await db.prisma.member.findFirstOrThrow({ where: { person: { name: 'Anna' } } });
  const coupon = { reward: { en: 'Tea', fi: 'Tee' }, coupon: 'K7Q29XMP5AB', until: '2026-12-05T21:59:59.999Z', days: 7 };
  const row = { id: 1, notice: 'campaign', personId: personId ?? 0, memberId, variant: 'a', language: 'fi' };
  const write = async (key: string, period: string, params: object): Promise<View | undefined> => {
    const { id: campaignId } = await campaign(key);
    const tools = {
      db,
      clock: () => shop.clock.now,
      shop: { name: 'Liepa', language: 'en', timeZone },
      wordsFor: (one: string | null) => words.say(words.pick(one)),
    };
    return composeCampaign({ ...row, campaignId, period, params } as never, tools);
  };
  // There is no such coupon any more.
  expect(await write('coupon-ending', '1:7', coupon)).toBeUndefined();
  at('2026-11-22T08:00:00Z');
  const welcome = await write('welcome-1', '', {});
  expect(welcome?.title).toBe(words.say('fi')('templates:welcome_1.title'));
  expect(welcome?.buttons?.[0]?.[0]).toMatchObject({ does: 'rewards', label: words.say('fi')(commandKey('rewards', 'title')) });
});
