import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainText, type View } from '../../src/chat/view.ts';
import { createWords } from '../../src/chat/words.ts';
import { composeCampaign } from '../../src/jobs/compose-campaign.ts';
import { notices } from '../../src/notices/index.ts';
import type { Claimed } from '../../src/program/deliveries/claim.ts';
import { ensureJourneys } from '../../src/program/journeys/ensure-journeys.ts';
import { plainRules, type Rules } from '../../src/program/rules/rules.ts';
import { storedRules } from '../../src/program/settings/program.ts';
import { evaluateTiers } from '../../src/program/tiers/evaluate-tiers.ts';
import { codeOn, openShop } from '../support/talk.ts';

const rules: Rules = {
  ...plainRules(100),
  welcome: 0,
  tiers: {
    by: 'money',
    windowMonths: 12,
    graceDays: 0,
    warnDays: 14,
    levels: [
      { id: 'silver', name: 'Silver', from: 10_000 },
      { id: 'gold', name: 'Gold', from: 50_000, bonusPercent: 1_000, discountPercent: 500, earlyAccessDays: 3 },
    ],
  },
  rewards: [{ id: 'tasting', name: { en: 'Wine tasting' }, cost: 100, validDays: 30, kind: 'privilege', tiers: ['gold'] }],
};

let open: Awaited<ReturnType<typeof openShop>>;
let ann: ReturnType<(typeof open)['shop']['person']>;
let code = '';
const timeZone = 'Europe/Helsinki';
const start = new Date('2026-11-21T10:00:00Z');
const at = (date: string): void => {
  open.shop.clock.now = new Date(date);
};

beforeAll(async () => {
  open = await openShop();
  await open.db.prisma.programVersion.create({ data: { rules: storedRules(rules), startsAt: start, createdAt: start } });
  await ensureJourneys(open.db, start);
  ann = open.shop.person('ann', 'Ann');
  code = codeOn(await ann.says('join'));
});
afterAll(() => open.db.close());

/** Ben credits a purchase, question by question. */
async function buys(amount: string): Promise<View> {
  const sure = await open.ben.says(`credit ${code} ${amount}`);
  return open.ben.presses(sure, /Give|Yes|points/i);
}

/** The last thing Ann was told about her level, as she reads it in a language. */
async function told(language = 'en'): Promise<string> {
  const words = await createWords({ currency: 'EUR', timeZone, language: 'en' });
  const aboutLevels = [{ notice: { startsWith: 'tier-' } }, { notice: 'campaign' }];
  const row = await open.db.prisma.delivery.findFirst({ where: { OR: aboutLevels }, orderBy: { id: 'desc' } });
  if (row?.notice === 'campaign') {
    const shop = { name: 'Liepa', language: 'en', timeZone };
    const tools = { db: open.db, clock: () => open.shop.clock.now, shop, wordsFor: () => words.say(language) };
    const view = await composeCampaign({ ...row, id: Number(row.id), language } as unknown as Claimed, tools);
    return plainText(view ?? {});
  }
  const notice = notices.get(row?.notice ?? '');
  if (!row || !notice) throw new Error('nothing was told');
  return plainText(notice.render(row.params as Record<string, unknown>, words.say(language)));
}

it('shows a member how far the next level is, by when, and what it brings', async () => {
  const none = await ann.says('level');
  expect(plainText(none)).toBe(
    'Your level\n\n▱▱▱▱▱▱▱▱▱▱ 0%\n€100.00 more and Silver is yours.\n\nBought in the last 12 months: €0.00',
  );
  await buys('80.00');
  expect(plainText(await ann.says('tier'))).toContain('▰▰▰▰▰▰▰▰▱▱ 80%\n€20.00 more by November 21, 2027 and Silver is yours.');
  await buys('40.00');
  expect(await told()).toBe('You have reached Silver!');
  const silver = plainText(await ann.says('/tier'));
  expect(silver).toContain(
    'Your level: Silver\n\n▰▰▱▱▱▱▱▱▱▱ 24%\n€380.00 more by November 21, 2027 and Gold is yours.\nSilver is yours until November 21, 2027. €100.00 more by then and you keep it.',
  );
  expect(silver).toMatch(/Since November 21, 2026, by your purchase #\d+\./);
  await buys('380.00');
  expect(await told()).toBe(
    'You have reached Gold!\n\n10% more points on every purchase\n5% off every purchase\nYou see rewards and offers 3 days before everybody else',
  );
  const gold = plainText(await ann.says('my level'));
  expect(gold).toContain('Only for your level: Wine tasting');
  expect(gold).toContain('This is our highest level. Thank you!');
});

it('says it in every language', async () => {
  for (const [language, word, title] of [
    ['ru', 'мой уровень', 'Ваш уровень: Gold'],
    ['bg', 'ниво', 'Вашето ниво: Gold'],
    ['fi', 'oma taso', 'Tasosi: Gold'],
    ['pl', 'mój poziom', 'Twój poziom: Gold'],
  ] as const) {
    await ann.says(`language ${language}`);
    expect((await ann.says(word)).title).toBe(title);
    expect(await told(language)).toContain('Gold');
  }
  await ann.says('language en');
});

it('lets an owner give a level until a day, and take it back', async () => {
  const { olga } = open;
  const sure = await olga.says(`tier ${code} silver until 2026-12-31`);
  expect(plainText(sure)).toContain('Silver for Ann?');
  expect(plainText(sure)).toContain('Until: December 31, 2026');
  const done = await olga.presses(sure, 'Yes, set it');
  expect(plainText(done)).toContain('Ann: Silver');
  expect(await told()).toBe('We have given you Silver\n\nIt is yours until December 31, 2026.');
  expect(plainText(await ann.says('tier'))).toContain('We gave you this level, until December 31, 2026.');
  const overview = plainText(await olga.says('tiers'));
  expect(overview).toContain('Silver: 1 member, 1 by hand');
  expect(overview).toContain('Gold: 0 members');

  const which = await olga.says(`tier ${code}`);
  const back = await olga.presses(await olga.presses(which, 'By purchases'), 'Yes, set it');
  expect(plainText(back)).toContain('Ann: Gold');
  expect(plainText(await ann.says('tier'))).toContain('Since November 21, 2026 your purchases count again.');
});

it('refuses what it cannot do, and asks on', async () => {
  const { olga, ben } = open;
  expect(plainText(await olga.says(`tier ${code} platinum`))).toContain('There is no such level.');
  await olga.says('cancel');
  expect(plainText(await olga.says(`tier ${code} gold 31/12`))).toContain("I can't read that day.");
  expect(plainText(await olga.says(`tier ${code} gold 2026-11-20`))).toContain('That day is over.');
  expect(plainText(await ben.says(`tier set ${code} gold`))).not.toContain('?');
  // Somebody who is no owner asks about their own level, whatever stands behind the word.
  expect((await ann.says(`tier ${code} gold`)).title).toBe('Your level: Gold');
});

it('warns before a level ends, and says what happened when it has', async () => {
  at('2027-11-08T12:00:00Z');
  await evaluateTiers({ db: open.db, now: open.shop.clock.now, timeZone });
  expect(await told()).toBe(
    'Keep your level: Gold\n\nYou need €500.00 more by November 21, 2027 to stay at Gold, Ann. Otherwise your level will be Silver. We would love to keep you there.',
  );
  at('2027-11-22T12:00:00Z');
  await evaluateTiers({ db: open.db, now: open.shop.clock.now, timeZone });
  expect(await told()).toBe(
    'Keep your level: Silver\n\nYou need €100.00 more by November 22, 2027 to stay at Silver, Ann. We would love to keep you there.',
  );
  const silver = plainText(await ann.says('tier'));
  expect(silver).toContain('Your level: Silver');
  expect(silver).toContain('Counted: €0.00. Gold takes €500.00.');
  at('2027-11-23T12:00:00Z');
  await evaluateTiers({ db: open.db, now: open.shop.clock.now, timeZone });
  expect(await told()).toBe('Silver has ended\n\nOlder purchases no longer count. Your next ones bring you back up.');
});
