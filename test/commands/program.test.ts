import { afterAll, describe, expect, it } from 'vitest';
import { plainText, type View } from '../../src/chat/view.ts';
import { commands } from '../../src/commands/index.ts';
import { pagesOf, partsText } from '../../src/commands/rules/rules-text.ts';
import { presetNames, presetRules } from '../../src/program/rules/presets.ts';
import { programAt, scheduledPrograms } from '../../src/program/settings/program.ts';
import { codeOn, openShop, type Talker } from '../support/talk.ts';

const { db, shop, ben, olga } = await openShop();
afterAll(() => db.close());

const start = shop.clock.now;
const rulesNow = async () => (await programAt(db, shop.clock.now)).rules;

/** From the preview to the version: a day's button, then the button that does it. */
async function puts(view: View, day: string | RegExp = 'Now', by: Talker = olga): Promise<View> {
  const sure = await by.presses(view, day);
  expect(sure.title).toBe('Is this right?');
  return by.presses(sure, /^(Put in force|Plan it)$/);
}

async function sells(user: string, name: string, ...amounts: string[]): Promise<Talker> {
  const anna = shop.person(user, name);
  await anna.says('join');
  const code = codeOn(await anna.says('card'));
  for (const amount of amounts) await ben.presses(await ben.says(`credit ${code} ${amount}`), /^Give/);
  return anna;
}

describe('the rules', () => {
  it('stand there in plain sentences with a worked example, for anybody', async () => {
    const program = await olga.says('program');
    expect(program.body).toContain('1 point for every €1.00.');
    expect(program.body).toContain('Example: a purchase of €18.40 gives 18 points, €0.40 is carried over.');
    expect(program.body).toContain('New members start with 10 points.');
    expect((await shop.person('stranger', 'Sam').says('rules')).body).toContain('gives 18 points');
    expect((await shop.person('chuzhoj', 'Саша', 'ru').says('правила')).body).toContain('даёт 18 баллов');
    expect((await ben.says('program')).body).toBe('Only an owner can do this.');
  });

  it('of every ready-made program are said in every language, without a key in sight, on pages that messengers take', () => {
    for (const language of shop.kernel.words.languages) {
      const reader = { say: shop.kernel.words.say(language), shop: shop.kernel.shop, language };
      for (const name of presetNames) {
        const rules = presetRules(name, { currency: 'EUR', language });
        const told = partsText(rules, reader, start, 'owner');
        expect(told.join('\n')).not.toMatch(/rules:|program:|\{\{|undefined|NaN|\[object/);
        for (const reward of rules.rewards) expect(told.join('\n')).toContain(reward.name[language]);
        for (const page of pagesOf(told)) expect(page.length).toBeLessThan(3_000);
      }
    }
  });

  it('count a cap in the example too', () => {
    const reader = { say: shop.kernel.words.say('en'), shop: shop.kernel.shop, language: 'en' };
    const capped = { ...presetRules('cafe', { currency: 'EUR', language: 'en' }), bonuses: [], caps: { purchase: 30, day: 15 } };
    expect(partsText(capped, reader, start, 'anyone').join('\n')).toContain('a purchase of €18.40 gives 15 points.');
  });

  it('too long for one message are turned page by page', () => {
    const reader = { say: shop.kernel.words.say('en'), shop: shop.kernel.shop, language: 'en' };
    const cafe = presetRules('cafe', { currency: 'EUR', language: 'en' });
    const rewards = Array.from({ length: 120 }, (_, at) => ({
      ...cafe.rewards[0],
      id: `r${at}`,
      name: { en: `Reward number ${at}` },
    }));
    const pages = pagesOf(partsText({ ...cafe, rewards } as typeof cafe, reader, start, 'owner'));
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.join('\n').match(/Reward number \d+/g)).toHaveLength(120);
  });
});

describe('an owner', () => {
  it('changes a rule by pressing it and answering, sees what it would have done, and puts it in force', async () => {
    await sells('gains', 'Gina', '10.00', '30.00');
    await sells('little', 'Lars', '1.00');
    const parts = await olga.presses(await olga.says('program'), 'Change a rule');
    const earning = await olga.presses(parts, 'Earning points');
    const question = await olga.presses(earning, /^For how much money: €1\.00/);
    expect(question.body).toMatch(/Now: €1\.00\. Write an amount/);
    expect((await olga.says('nothing')).body).toMatch(/can't read/);
    const preview = await olga.says('0.50');
    expect(preview.body).toContain('− 1 point for every €1.00.');
    expect(preview.body).toContain('+ 1 point for every €0.50.');
    expect(preview.body).toContain('(purchases: 3, members: 2)');
    expect(preview.body).toContain('Points: 41 → 82');
    expect(preview.body).toContain('2 members gain, +41 in all: Gina +40, Lars +1');
    expect((await rulesNow()).earn[0]).toMatchObject({ perMinor: 100 });
    const done = await puts(preview);
    expect(done.title).toBe('The new rules are in force');
    expect((await rulesNow()).earn[0]).toMatchObject({ perMinor: 50 });
    expect((await olga.says('program')).body).toContain('1 point for every €0.50.');
    await puts(await olga.says('program set earn.base.per 1.00'));
  });

  it('is told what is wrong with a change, above the question, and nothing is changed', async () => {
    const { version } = await programAt(db, shop.clock.now);
    expect((await olga.says('program set welcome many')).body).toMatch(/whole number from 0/);
    await olga.says('cancel');
    await puts(await olga.says('program set pending 60'));
    const wrong = await olga.says('program set expiry 1');
    expect(wrong.body).toMatch(/That would not work:/);
    expect(wrong.body).toMatch(/What|Now:|months/);
    await olga.says('cancel');
    expect((await olga.says('program set welcome 10')).body).toMatch(/already/);
    await olga.says('cancel');
    expect((await olga.says('program set nothing 10')).body).toMatch(/press one of the buttons/);
    await olga.says('cancel');
    await puts(await olga.says('program set pending 0'));
    expect((await programAt(db, shop.clock.now)).version).toBe(version + 2);
    expect((await rulesNow()).expiry).toEqual({ policy: 'never' });
  });

  it('sets every value there is with the answer its button gives, or with one that is typed', async () => {
    await puts(await olga.says('program preset shop'));
    for (const [path, answer, found] of [
      ['expiry', '24', { expiry: { policy: 'months', months: 24, end: 'month' } }],
      ['expiry.end', 'year', { expiry: { policy: 'months', months: 24, end: 'year' } }],
      ['expiry.policy', 'inactivity', { expiry: { policy: 'inactivity', months: 24 } }],
      ['warn', '1, 30', { warnDays: [30, 1] }],
      ['caps.day', '500', { caps: { day: 500 } }],
      ['caps.day', 'None', { caps: {} }],
      ['debt', '100', { debtLimit: 100 }],
      ['pay', '2.00', { pay: { worthMinor: 200 } }],
      ['pay.share', '25', { pay: { sharePercent: 2500 } }],
      ['joining', 'With an invitation', { joining: 'invited' }],
      ['joining', 'open', { joining: 'open' }],
      ['tiers.window', '6', { tiers: { windowMonths: 6 } }],
    ] as const) {
      await puts(await olga.says(`program set ${path} ${answer}`));
      expect(await rulesNow(), path).toMatchObject(found);
    }
    await puts(await olga.says('program set tiers.silver.from 250'));
    expect((await rulesNow()).tiers?.levels.map(({ from }) => from)).toEqual([0, 25_000, 100_000]);
    expect((await olga.says('program set tiers.silver.from 1500')).title).toBe('What would change');
    await olga.says('cancel');
    await puts(await olga.says('program set rewards.gift-card.stock 20'));
    expect((await rulesNow()).rewards[0]).toMatchObject({ stock: 20 });
  });

  it('adds a bonus, a level, a reward, a discount and a stamp card, and takes them out', async () => {
    const kinds = await olga.says('program bonus');
    const days = await olga.presses(kinds, 'Certain days');
    const gives = await olga.presses(days, 'Sat, Sun');
    await puts(await olga.says('20 %'));
    expect(gives.title).toBe('What does it give?');
    expect((await rulesNow()).bonuses.at(-1)).toMatchObject({ id: 'days', percent: 2000, when: { days: ['sat', 'sun'] } });
    await puts(await olga.presses(await olga.says('program bonus first none'), '5 extra points'));
    expect((await rulesNow()).bonuses.at(-1)).toEqual({
      id: 'first',
      priority: -1,
      stack: true,
      when: { firstPurchase: true },
      points: 5,
    });
    await puts(await olga.says('program set bonuses.days.hours 22-2'));
    expect((await olga.says('program')).body).toContain('Bonus: 20% more points (Sat, Sun; 22:00–02:00).');

    await puts(await olga.says('program level Platinum 5000 50'));
    expect((await rulesNow()).tiers?.levels.at(-1)).toEqual({
      id: 'platinum',
      name: 'Platinum',
      from: 500_000,
      bonusPercent: 5000,
    });
    await puts(await olga.says('program reward money 5.00 "Five off" 200'));
    expect((await rulesNow()).rewards.at(-1)).toMatchObject({
      id: 'five-off',
      cost: 200,
      kind: 'money',
      amountMinor: 500,
      name: { en: 'Five off' },
    });
    await puts(await olga.says('program discount nth 10 20'));
    expect((await rulesNow()).discounts.at(-1)).toMatchObject({ kind: 'nth', every: 10, percent: 2000 });
    await puts(await olga.says('program stamp "Coffee card" 8 five-off'));
    expect((await rulesNow()).stamps.at(-1)).toMatchObject({ id: 'coffee-card', of: 8, reward: 'five-off' });

    const stopped = await olga.says('program remove rewards.five-off');
    expect(stopped.body).toMatch(/That would not work/);
    await olga.says('cancel');
    await puts(await olga.says('program remove stamps.coffee-card'));
    const reward = await olga.presses(await olga.says('program change rewards'), /^Five off/);
    await puts(await olga.presses(reward, 'Take out'));
    await puts(await olga.says('program remove discounts.nth'));
    await puts(await olga.says('program remove bonuses.first'));
    expect(await rulesNow()).toMatchObject({ stamps: [], discounts: [], bonuses: [{ id: 'days' }] });
    expect((await rulesNow()).rewards.map(({ id }) => id)).toEqual(['gift-card']);
  });

  it('is asked whether changed levels come at once', async () => {
    const done = await puts(await olga.says('program set tiers.gold.from 900'));
    expect(done.body).toMatch(/at the next evaluation, or at once/);
    expect((await olga.presses(done, 'Levels at once')).body).toMatch(/Everybody has the level/);
  });

  it('reaches every part and every value by buttons that messengers take', async () => {
    for (const button of (await olga.says('program change')).buttons?.flat() ?? []) {
      if (!('does' in button) || !button.does.startsWith('/program change ')) continue;
      const part = await olga.says(button.does);
      expect(part.title, button.does).toBe(button.label);
      for (const inner of part.buttons?.flat() ?? []) {
        if (!('does' in inner)) continue;
        expect(Buffer.byteLength(inner.does)).toBeLessThanOrEqual(64);
        expect(plainText(await olga.says(inner.does)), inner.does).not.toMatch(/program:|rules:|didn't understand|undefined/);
      }
    }
    await olga.says('cancel');
  });
});

describe('a change for later', () => {
  it('is planned for a day, shown under the program, and counts from then on', async () => {
    const preview = await olga.says('program set welcome 77');
    expect((await olga.says('1.1.2020')).body).toMatch(/That day is over/);
    expect((await olga.says('31.2.')).body).toMatch(/can't read that day/);
    const sure = await olga.says('24.12.');
    expect(sure.body).toMatch(/In force from December 24, 2026/);
    expect(preview.title).toBe('What would change');
    expect((await olga.presses(sure, 'Plan it')).title).toBe('Planned for December 24, 2026');
    expect((await rulesNow()).welcome).toBe(100);
    const [plan] = await scheduledPrograms(db, shop.clock.now);
    // Midnight in Helsinki.
    expect(plan?.startsAt.toISOString()).toBe('2026-12-23T22:00:00.000Z');
    const between = await olga.presses(await olga.says('program set welcome 50'), 'Tomorrow');
    expect(between.body).toMatch(/Another change is planned from December 24/);
    await olga.says('cancel');
    shop.clock.now = new Date('2026-12-24T10:00:00Z');
    expect((await rulesNow()).welcome).toBe(77);
    shop.clock.now = start;
  });

  it('can be taken back before it begins, once', async () => {
    const program = await olga.says('program');
    const plan = await olga.presses(program, /^See the plan: December 24/);
    expect(plan.body).toContain('+ New members start with 77 points.');
    const sure = await olga.presses(plan, 'Take back');
    expect((await olga.presses(sure, 'Take it back')).body).toMatch(/Taken back/);
    expect(await scheduledPrograms(db, shop.clock.now)).toEqual([]);
    expect((await olga.says(`program unplan 1`)).body).toMatch(/plan is gone/);
  });

  it('never loses what another owner has changed meanwhile', async () => {
    const second = shop.person('second', 'Sofia');
    const link = /inv_\w+/.exec((await olga.says('team invite owner')).body ?? '')?.[0];
    await second.says(`start ${link}`);
    const one = await olga.presses(await olga.says('program set welcome 11'), 'Now');
    const two = await second.presses(await second.says('program set caps.day 900'), 'Now');
    const views = await Promise.all([olga.presses(one, 'Put in force'), second.presses(two, 'Put in force')]);
    expect(views.map(({ title, body }) => title ?? body).filter((text) => text === 'The new rules are in force')).toHaveLength(1);
    expect(views.map(plainText).filter((text) => text.includes('Somebody else has changed the program'))).toHaveLength(1);
    const { welcome, caps } = await rulesNow();
    expect([welcome === 11, caps.day === 900].filter(Boolean)).toHaveLength(1);
  });
});

describe('history', () => {
  it('says who changed what, and puts an old version in force anew', async () => {
    const before = await rulesNow();
    const { version } = await programAt(db, shop.clock.now);
    await puts(await olga.says('program set welcome 5'));
    const history = await olga.says('program history');
    expect(history.body).toMatch(/Olga[\s\S]*\+ New members start with 5 points\./);
    await puts(await olga.presses(history, `Back to version ${version}`));
    expect(await rulesNow()).toEqual(before);
    expect((await programAt(db, shop.clock.now)).version).toBe(version + 2);
    expect((await olga.presses(await olga.says('program history'), 'Older')).body).toMatch(/\d+\. /);
    expect((await olga.says('program back 99999')).body).toMatch(/no such version/);
  });

  it('keeps one version when the same press arrives twice', async () => {
    const sure = await olga.presses(await olga.says('program set welcome 6'), 'Now');
    const count = await db.prisma.programVersion.count();
    await Promise.all([olga.presses(sure, 'Put in force'), olga.presses(sure, 'Put in force')]);
    expect(await db.prisma.programVersion.count()).toBe(count + 1);
  });
});

it('keeps every command of the program for owners', () => {
  for (const command of commands.filter(({ name }) => name.startsWith('program'))) expect(command.for).toBe('owner');
});
