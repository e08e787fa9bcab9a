import { afterAll, expect, it } from 'vitest';
import { plainText } from '../../src/chat/view.ts';
import { createWords } from '../../src/chat/words.ts';
import { notices } from '../../src/notices/index.ts';
import { plainRules, type Rules } from '../../src/program/rules/rules.ts';
import { publishRules } from '../../src/program/settings/change.ts';
import { contextOf } from '../support/ledger.ts';
import { codeOn, does, openShop } from '../support/talk.ts';

const { db, shop, ben, olga } = await openShop();
afterAll(() => db.close());

const cafe: Rules = {
  ...plainRules(100),
  welcome: 0,
  categories: [
    { id: 'coffee', name: { en: 'Coffee', ru: 'Кофе' } },
    { id: 'cake', name: { en: 'Cake', ru: 'Торт' } },
  ],
  bonuses: [{ id: 'cake-week', priority: 1, stack: true, points: 5, when: { categories: ['cake'] } }],
  tiers: { by: 'money', windowMonths: 12, graceDays: 0, warnDays: 30, levels: [{ id: 'gold', name: 'Gold', from: 1_000_000 }] },
  rewards: [
    {
      id: 'cup',
      name: { en: 'A free cup', ru: 'Чашка в подарок' },
      cost: 0,
      hidden: true,
      validDays: 30,
      kind: 'item',
      item: 'coffee',
    },
    { id: 'five', name: { en: 'Five off' }, cost: 20, validDays: 30, kind: 'money', amountMinor: 500 },
  ],
  stamps: [
    {
      id: 'cups',
      name: { en: 'Coffee card', ru: 'Кофейная карта' },
      of: 4,
      reward: 'cup',
      per: { kind: 'item', categories: ['coffee'] },
    },
  ],
  discounts: [{ id: 'third', kind: 'nth', every: 3, percent: 1000 }],
  caps: { purchase: 40 },
};
await publishRules(contextOf(db, shop.clock.now), { rules: cafe, startsAt: shop.clock.now });

async function join(user: string, language = 'en') {
  const person = shop.person(user, 'Anna', language);
  await person.says('join');
  const code = codeOn(await person.says('card'));
  return { person, code, plain: code.replaceAll('-', '') };
}
const labels = (view: Awaited<ReturnType<typeof ben.says>>) => (view.buttons ?? []).flat().map(({ label }) => label);

it('takes what was bought in the same line, by its name in any language, and says what it gives and why', async () => {
  const anna = await join('line');
  const sure = await ben.says(`credit ${anna.code} 12.50 R-17 "coffee 2, Торт"`);
  expect(sure.title).toBe('Give 17 points to Anna?');
  expect(plainText(sure)).toMatch(
    /Receipt: R-17\nWhat was bought: Coffee × 2, Cake\nWhy: 12 for the purchase, \+5 cake week\nStamps: Coffee card \+2: 2 of 4\nBalance after: 17 points/,
  );
  const done = await ben.presses(sure, 'Give 17 points');
  expect(plainText(done)).toMatch(/New balance: 17 points[\s\S]*Coffee card: 2 of 4/);
  expect(plainText(await anna.person.says('stamps'))).toMatch(
    /Coffee card: 2 of 4\n2 more stamps: A free cup\nA stamp for each: Coffee\./,
  );
});

it('is done with two presses and one number, and what was bought is a press away', async () => {
  const anna = await join('presses');
  await ben.says('credit');
  await ben.says(anna.code);
  const sure = await ben.says('3.20');
  expect(labels(sure)).toEqual(['Give 3 points', 'Cancel', '+ Coffee', '+ Cake']);
  const more = await ben.presses(await ben.presses(sure, '+ Coffee'), '+ Coffee');
  expect(plainText(more)).toMatch(/What was bought: Coffee × 2/);
  expect(does(more, '+ Cake')).toBe(`credit ${anna.plain} 3.20 - coffee 2, coffee, cake`.replace('2, coffee, cake', '2, cake'));
  expect(plainText(await ben.presses(more, 'Give 3 points'))).toMatch(
    /Receipt: #\d+\n\nCoffee card|Receipt: #\d+\nCoffee card: 2 of 4/,
  );
});

it('shows the discount with what to take, before the bill is closed; delivered twice it is one credit', async () => {
  const anna = await join('discount');
  for (const amount of ['10', '10']) await ben.presses(await ben.says(`credit ${anna.code} ${amount}`), /^Give/);
  const sure = await ben.says(`credit ${anna.code} 20`);
  expect(sure.body).toBe('Bill €20.00, 1 purchase in 3 −10% = €18.00 to pay');
  expect(sure.title).toBe('Give 18 points to Anna?');
  const text = does(sure, 'Give 18 points');
  const first = await ben.says(text, { id: 'again' });
  expect(plainText(first)).toMatch(/Amount: €18\.00\nDiscount: €2\.00/);
  expect(plainText(await ben.says(text, { id: 'again' }))).toBe(plainText(first));
  expect(plainText(await ben.says(text, { id: 'again, later' }))).toBe(plainText(first));
  expect((await anna.person.says('balance')).body).toMatch(/38 points/);
  const next = await ben.says(`credit ${anna.code} 5`);
  expect(next.body).toBeUndefined();
  expect(plainText(next)).toMatch(/Rewards within reach: Five off/);
});

it('fills a card, offers its coupon at the next purchase, and the customer is told', async () => {
  const anna = await join('full', 'ru');
  const sure = await ben.says(`credit ${anna.code} 9 "" "coffee 5"`);
  expect(plainText(sure)).toMatch(/Stamps: Coffee card \+5: full, A free cup/);
  const done = await ben.presses(sure, /^Give/);
  expect(plainText(done)).toMatch(/Coffee card: 1 of 4\nCoupon: \S{4}-\S{4}-\S{3}/);
  const next = await ben.says(`credit ${anna.code} 2`);
  expect(labels(next)).toContain('Use: A free cup');
  expect((await ben.presses(next, 'Use: A free cup')).title).toMatch(/A free cup/);
  expect(plainText(await anna.person.says('мои штампы'))).toMatch(/Кофейная карта: 1 из 4\nЕщё 3 штампа: Чашка в подарок/);
});

it('holds the caps in what it shows', async () => {
  const anna = await join('caps');
  const sure = await ben.says(`credit ${anna.code} 100`);
  expect(sure.title).toBe('Give 40 points to Anna?');
  expect(plainText(sure)).toMatch(/Why: the limit of points is reached/);
  expect((await ben.presses(sure, /^Give/)).title).toBe('40 points for Anna');
});

it('refuses what it does not know with what there is', async () => {
  const anna = await join('unknown');
  expect((await ben.says(`credit ${anna.code} 5 - tea`)).body).toBe("I don't know “tea”. There is: Coffee, Cake");
  expect((await ben.says(`credit ${anna.code} 5 - coffee 0`)).body).toMatch(/like this: coffee 2/);
});

it('stamps without a purchase: asked with a press, given once, taken back', async () => {
  const anna = await join('hand');
  const asked = await ben.says(`stamp ${anna.code}`);
  expect(plainText(asked)).toMatch(/Anna\n\nHow many stamps\?\n\nCoffee card: 0 of 4/);
  const text = does(asked, 'Coffee card +3');
  const done = await ben.says(text);
  expect(done.title).toBe('3 stamps for Anna');
  expect(plainText(await ben.says(text))).toBe(plainText(done));
  expect(plainText(await ben.says(`stamp ${anna.code} 2`))).toMatch(/2 stamps for Anna\n\nCoffee card: 1 of 4\nCoupon: /);
  expect((await ben.says(`stamp ${anna.code} кофейная карта 9`)).body).toMatch(
    /At most 5 stamps at once\.[\s\S]*How many stamps/,
  );
  expect((await ben.says(`stamp ${anna.code} tea`)).body).toMatch(/up to 5\. Cards: Coffee card/);
  await ben.says('cancel');
  const [first] = await db.prisma.delivery.findMany({ where: { notice: 'stamped' }, orderBy: { id: 'asc' } });
  const told = notices
    .get('stamped')
    ?.render(first?.params as Record<string, unknown>, (await createWords(shop.kernel.shop)).say('ru'));
  expect(plainText(told ?? {})).toBe('+3 штампа\n\nКофейная карта: +3 штампа, теперь 3 из 4.');
  const undone = await ben.presses(done, 'Undo');
  expect(plainText(undone)).toMatch(/Anna: 3 stamps taken back\n\nCoffee card: 2 of 4\nCoupon taken back: /);
  expect((await olga.says(does(done, 'Undo'))).body).toMatch(/were taken back already/);
  expect(plainText(await anna.person.says('stamps'))).toMatch(/Coffee card: 2 of 4/);
});

it('shows the member as staff need them', async () => {
  const anna = await join('member');
  await ben.presses(await ben.says(`credit ${anna.code} 25 - coffee 6`), /^Give/);
  const card = await ben.says(`member ${anna.code}`);
  expect(plainText(card)).toMatch(/Rewards within reach: Five off\nCoffee card: 2 of 4/);
  expect(labels(card)).toEqual(expect.arrayContaining(['Give points', 'Stamp', 'Use: A free cup']));
});
