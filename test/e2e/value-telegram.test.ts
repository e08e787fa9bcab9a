import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person, Seen } from '../support/fake-telegram/index.ts';
import { until } from '../support/program.ts';
import { readPicture } from '../support/read-qr.ts';
import { openTelegramShop, type TelegramShop } from './telegram-shop.ts';

let shop: TelegramShop;
let olga: Person;
let ben: Person;
let anna: Person;
/** Anna's code, and the receipt of her first purchase. */
let code: string;

/** Presses the button like this of the newest message that has one, as soon as there is one. */
async function press(person: Person, label: RegExp): Promise<void> {
  const [message, found] = await until(`a button ${label} for ${person.user.first_name}: ${person.sees()?.text}`, () =>
    person
      .messages()
      .reverse()
      .flatMap((seen) => seen.buttons.filter((one) => label.test(one.label)).map((one) => [seen, one.label] as const))
      .at(0),
  );
  await person.presses(message, found);
}

/** Presses one button after the other, as soon as the reply that fits is there. */
async function follows(person: Person, ...steps: (readonly [label: RegExp, sees: string | RegExp])[]): Promise<Seen | undefined> {
  let seen: Seen | undefined;
  for (const [label, sees] of steps) {
    await press(person, label);
    seen = await person.gets(sees);
  }
  return seen;
}

const puts = (day: RegExp, done: RegExp) => follows(olga, [day, 'Is this right?'], [/^(Put in force|Plan it)$/, done]);

beforeAll(async () => {
  shop = await openTelegramShop();
  ({ olga, ben } = shop);
  anna = shop.telegram.person({ id: 2001, name: 'Anna', language_code: 'fi' });
});
afterAll(() => shop.close());

describe('the owner shapes the program by pressing and answering', () => {
  test('from a ready-made one, shown before it is in force', async () => {
    await olga.says('/program');
    expect((await olga.gets('Example')).text).toContain('1 point for every €1.00.');
    await follows(olga, [/^Change a rule$/, 'Change a rule'], [/^Ready-made programs$/, 'Which program fits you?']);
    expect((await follows(olga, [/^Shop$/, 'What would change']))?.text).toMatch(/− 1 point for every €1\.00\./);
    await puts(/^Now$/, /The new rules are in force/);
  });

  test('a discount of a level, a reward and a stamp card', async () => {
    await olga.says('/program change tiers.silver');
    await olga.gets('Silver');
    await follows(olga, [/^Discount: /, 'Write percents'], [/^5%$/, 'What would change']);
    await puts(/^Now$/, /The new rules are in force/);
    await follows(
      olga,
      [/^Change a rule$/, 'Change a rule'],
      [/^Rewards$/, 'Rewards'],
      [/^Add a reward$/, 'What kind of reward?'],
    );
    await follows(olga, [/^Money off$/, 'Write an amount']);
    await olga.says('5');
    await olga.gets('What is it called?');
    await olga.says('Five off');
    await olga.gets('What does it cost in points?');
    await olga.says('60');
    await olga.gets('What would change');
    await puts(/^Now$/, /The new rules are in force/);
    await olga.says('/program stamp "Coffee card" 2 five-off');
    await olga.gets('What would change');
    await puts(/^Now$/, /The new rules are in force/);
  });

  test('a change for a later day is planned, seen and taken back', async () => {
    await olga.says('/program set welcome 50');
    await olga.gets('What would change');
    await olga.says('24.12.2027');
    await olga.gets('In force from December 24, 2027');
    await follows(olga, [/^Plan it$/, 'Planned for December 24, 2027'], [/^Program$/, 'Planned from December 24, 2027']);
    await follows(olga, [/^See the plan/, '+ New members start with 50 points.'], [/^Take back$/, 'Planned from']);
    await follows(olga, [/^Take it back$/, 'Taken back. The rules stay as they are.']);
  });
});

const payloadIn = async ({ image }: Seen): Promise<string> =>
  new URL((image && (await readPicture(image))) || 'https://t.me').searchParams.get('start') ?? '';

describe('a customer and the counter', () => {
  let coupon: Seen;

  test('points become a coupon by two presses, shown with a picture that works when it is saved', async () => {
    await anna.says('/start');
    await anna.gets('Tervetuloa, täällä Café Liepa!');
    await press(anna, /^Liity mukaan$/);
    const card = await anna.gets('Tervetuloa, Anna!');
    code = (await payloadIn(card)).slice(2);
    await anna.says('palkinnot');
    expect((await anna.gets('Five off')).text).toContain('Sinulla on 100 pistettä.');
    await follows(anna, [/^Five off/, 'Five off: käytetäänkö 60 pistettä?']);
    await press(anna, /^Kyllä, 60/);
    coupon = await anna.gets(({ image }) => image !== undefined);
    expect(coupon.text).toMatch(/5,00\s€ alennusta ostoksesta[\s\S]*Saldo: 40 pistettä/);
    expect(await payloadIn(coupon)).toMatch(/^u_[0-9A-Z]{11}$/);
    await anna.says('kupongit');
    expect((await anna.gets('Five off')).buttons.map(({ label }) => label)).toContain('Näytä: Five off');
  });

  test('the coupon is used by scanning it, and the customer is told', async () => {
    await ben.opens(await payloadIn(coupon));
    await ben.gets('Five off for Anna?');
    await follows(ben, [/^Use the coupon$/, 'Used: Five off for Anna']);
    await anna.gets('Käytetty: Five off');
    await olga.opens(await payloadIn(coupon));
    await olga.gets(/This coupon was used already: .* by Ben\./);
  });

  test('above the limit an owner is asked and answers with one press; the level is reached', async () => {
    await olga.says('/team limit');
    await olga.gets('Whose limit?');
    await follows(
      olga,
      [/^Ben/, 'Which limit?'],
      [/^One purchase$/, 'What happens above it?'],
      [/^Ask an owner$/, 'Above which amount?'],
    );
    await olga.says('250');
    await olga.gets('Ask an owner: €250.00');
    await ben.says(`/credit ${code} 320 K-1`);
    expect((await ben.gets('Give 960 points to Anna?')).text).toMatch(/Level: Bronze[\s\S]*Coffee card \+1: 1 of 2/);
    await follows(ben, [/^Give 960/, 'An owner has been asked']);
    expect((await olga.gets('Ben needs your yes')).text).toMatch(/€320\.00 in one purchase; alone they may enter €250\.00/);
    await follows(olga, [/^Approve$/, '960 points for Anna, for a purchase of €320.00.']);
    await ben.gets('The purchase of €320.00 is credited: 960 points.');
    await anna.gets('Olet nyt tasolla Silver!');
    expect((await anna.gets('K-1')).text).toMatch(/960 pistettä odottaa[\s\S]*Coffee card: \+1 leima, nyt 1\/2\./);
    await anna.says('taso');
    expect((await anna.gets('Tasosi: Silver')).text).toMatch(
      /Vielä 680,00\s€ .* niin taso Gold on sinun\.[\s\S]*ostoksen K-1 ansiosta/,
    );
  });

  test('the card shows level, discount, stamps and a coupon to use, before the bill is closed', async () => {
    await ben.says(`/credit ${code} 20 K-2`);
    const card = await ben.gets('Give 85 points to Anna?');
    expect(card.text).toMatch(/Bill €20\.00, Silver −5\s?% = €19\.00 to pay/);
    expect(card.text).toMatch(/57 for the purchase, \+28 Silver[\s\S]*Coffee card \+1: full, Five off/);
    const done = await follows(ben, [/^Give 85/, '85 points for Anna']);
    expect(done?.text).toMatch(/Discount: €1\.00[\s\S]*Coffee card: 0 of 2\nCoupon: /);
    const given = /Coupon: ([0-9A-Z-]{13})/.exec(done?.text ?? '')?.[1] ?? '';
    await anna.gets('Leimakorttisi on täynnä!');
    await ben.says(`/credit ${code} 1`);
    await ben.gets(({ buttons }) => buttons.some(({ label }) => label === 'Use: Five off'));
    await ben.says(`/use ${given.toLowerCase()}`);
    await ben.gets('Five off for Anna?');
    await follows(ben, [/^Use the coupon$/, 'Used: Five off for Anna']);
    await anna.gets('Käytetty: Five off');
  });

  test('a stamp by a button, and the picture of the card fills up', async () => {
    await ben.opens(`c_${code}`);
    await ben.gets('How much was the purchase?');
    await ben.says(`/stamp ${code}`);
    await ben.gets('Coffee card: 0 of 2');
    await follows(ben, [/^Coffee card \+1$/, '1 stamp for Anna']);
    await anna.gets('+1 leima');
    await anna.says('leimat');
    const stamps = await anna.gets('Coffee card: 1/2');
    expect(stamps.image?.length).toBeGreaterThan(1000);
  });

  test('a part of a receipt goes back, with a reason', async () => {
    await ben.says('/refund K-2 10');
    await ben.gets('Refund €10.00 to Anna?');
    await follows(ben, [/^Goods returned$/, 'Why: Goods returned'], [/^Refund €10\.00$/, '€10.00 refunded to Anna']);
    expect((await anna.gets('Osa ostoksesta palautettiin')).text).toMatch(/45 vielä odottanutta pistettä[\s\S]*Kuitti: K-2/);
  });

  test('waiting points are released, and pay a part of a bill after a yes in the customer’s own chat', async () => {
    await olga.says('/release K-1');
    await olga.gets('Give Anna 960 waiting points now?');
    await follows(olga, [/^Give now$/, '960 points released for Anna']);
    await anna.gets('960 pistettä');
    await ben.says(`/pay ${code} 10 K-3 400`);
    await ben.gets('Ask Anna to pay with 400 points?');
    await follows(ben, [/^Ask in their chat$/, 'Anna has been asked']);
    expect((await anna.gets('Café Liepa')).text).toMatch(/400 pistettä/);
    await press(anna, /400/);
    await anna.gets(/Maksettu|maksettu/);
    expect((await ben.gets('Collect €')).text).toMatch(/400 points = €4\.00/);
  });
});

describe('somebody without a chat', () => {
  test('gets a card on paper, and takes it into a chat by one message', async () => {
    await ben.says('/enrol Zofia Kowalska');
    const paper = await ben.gets('Zofia Kowalska');
    const payload = await payloadIn(paper);
    expect(payload).toMatch(/^k_[0-9A-Z]{12}$/);
    await ben.opens(payload);
    expect((await ben.gets('How much was the purchase?')).text).toContain('Zofia Kowalska');
    await ben.says('5');
    await ben.gets('Give 15 points to Zofia');
    await follows(ben, [/^Give 15 points$/, '15 points for Zofia Kowalska']);
    const zofia = shop.telegram.person({ id: 2002, name: 'Zosia', language_code: 'pl' });
    await zofia.says(/link [0-9A-Z-]+/.exec(paper.text)?.[0] ?? '');
    expect((await zofia.gets('Dobrze Cię tu widzieć, Zosia!')).text).toMatch(
      /Masz 100 punktów[\s\S]*[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/,
    );
    await zofia.says('nagrody');
    await zofia.gets('Five off');
  });
});

describe('codes on paper', () => {
  test('are printed by the owner, become a gift card by one message, and pay in parts', async () => {
    await olga.says('/codes make');
    await olga.gets('How many');
    await olga.says('2');
    await olga.gets('What does each code give?');
    await follows(olga, [/^A gift card$/, 'Until which day'], [/^until /, 'Make 2 codes?']);
    await press(olga, /^Make 2 codes$/);
    const sheets = await olga.gets(({ file }) => file !== undefined);
    expect(new TextDecoder().decode(sheets.file?.bytes.slice(0, 5))).toBe('%PDF-');
    await press(olga, /^Table \(CSV\)$/);
    const table = await olga.gets(({ file }) => file?.name.endsWith('.csv') ?? false);
    expect(table.buttons.map(({ label }) => label)).toContain('PDF to print');
    const codes = [...new TextDecoder().decode(table.file?.bytes).matchAll(/^([0-9A-Z-]{14}),.*start=(p_\w+)/gm)];
    expect(codes).toHaveLength(2);

    const petya = shop.telegram.person({ id: 2003, name: 'Петя', language_code: 'ru' });
    await petya.opens(codes[0]?.[2] ?? '');
    const card = await petya.gets(({ image }) => image !== undefined);
    expect(card.text).toMatch(/Добро пожаловать, Петя![\s\S]*Подарочная карта на 20,00/);
    await petya.says(codes[1]?.[1]?.toLowerCase() ?? '');
    await petya.gets('Подарочная карта на 20,00');
    await petya.says(codes[1]?.[1] ?? '');
    await petya.gets(({ text, image }) => image === undefined && /код/.test(text));
    await ben.says(`/use ${(await payloadIn(card)).slice(2)} 5`);
    await ben.gets('Left after that: €15.00');
    await follows(ben, [/^Use the coupon$/, '€5.00 paid with “A gift card” of Петя']);
    await petya.gets(/На карте осталось 15,00/);
  });
});

describe('the owner looks after it', () => {
  test('who did what, and whether discounts or points bring people back', async () => {
    await olga.says('/report');
    await olga.gets(({ buttons }) => buttons.length > 1);
    await follows(olga, [/^Who did what$/, 'Team · last'], [/^Ben$/, 'Goods returned']);
    await olga.says('/report mechanics');
    await olga.gets('Discounts or points?');
    await follows(olga, [/^90 days$/, '90 days']);
    await olga.says(`/tier ${code} gold 31.12.2030`);
    await olga.gets('Gold for Anna?');
    await follows(olga, [/^Yes, set it$/, 'Anna: Gold']);
    await anna.gets('Gold');
  });

  test('everybody has their commands in their menu; the books are right, and Telegram had nothing to refuse', async () => {
    const menuOf = (scope: string) => shop.telegram.menus.get(scope)?.map(({ command }) => command) ?? [];
    await until('the menu of Ben', () => menuOf('chat:1002/').includes('use'));
    expect(menuOf('chat:1002/')).toEqual(expect.arrayContaining(['credit', 'refund', 'pay', 'use', 'stamp', 'enrol', 'rewards']));
    expect(menuOf('default/fi')).toEqual(expect.arrayContaining(['rewards', 'redeem', 'coupons', 'stamps', 'tier', 'link']));
    expect(menuOf('default/fi')).not.toContain('use');
    await olga.says('/verify');
    await olga.gets('Every point adds up');
    expect(shop.telegram.mistakes).toEqual([]);
    expect(shop.program.errors()).toEqual([]);
  });
});
