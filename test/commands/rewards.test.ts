import { createCanvas, loadImage } from '@napi-rs/canvas';
import jsqr from 'jsqr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainText, type View } from '../../src/chat/view.ts';
import { createWords } from '../../src/chat/words.ts';
import { notices } from '../../src/notices/index.ts';
import { verify } from '../../src/program/ledger/verify.ts';
import { plainRules, type Reward } from '../../src/program/rules/rules.ts';
import { publishRules } from '../../src/program/settings/change.ts';
import { contextOf } from '../support/ledger.ts';
import { mug } from '../support/rewards.ts';
import { codeOn, does, openShop, type Talker } from '../support/talk.ts';

const readQr = jsqr as unknown as typeof jsqr.default;
const { db, shop, ben, olga } = await openShop();
afterAll(() => db.close());

const rewards: Reward[] = [
  { id: 'tea', name: { en: 'A cup of tea', ru: 'Чашка чая' }, cost: 8, validDays: 14, kind: 'item', item: 'tea' },
  { id: 'off', name: { en: 'Three off' }, cost: 20, validDays: 30, kind: 'money', amountMinor: 300 },
  mug({ id: 'mug', cost: 60, stock: 5, about: { en: 'The blue one.' }, picture: 'https://example.com/mug.jpg' }),
  mug({ id: 'secret', hidden: true, cost: 0 }),
];
const publish = (list: Reward[]) =>
  publishRules(contextOf(db, shop.clock.now), { rules: { ...plainRules(100), rewards: list }, startsAt: shop.clock.now });
beforeAll(() => publish(rewards));

/** Somebody with a card, the ten points of joining and so many more. */
async function customer(user: string, euros: number, language = 'en'): Promise<Talker> {
  const person = shop.person(user, 'Anna', language);
  await person.says('join');
  const code = codeOn(await person.says('card'));
  if (euros > 0) await ben.presses(await ben.says(`credit ${code} ${euros}`), /Give/);
  return person;
}
const couponOn = (view: View): string => /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}\b/.exec(plainText(view))?.[0] ?? '';
async function redeemed(person: Talker, reward = 'tea'): Promise<View> {
  return person.presses(await person.says(`redeem ${reward}`), /^Yes/);
}

describe('rewards', () => {
  it('shows what can be had now, what is next and how far; the hidden are not there', async () => {
    const anna = await customer('list', 15);
    const view = await anna.says('rewards');
    expect(plainText(view)).toBe(
      [
        'Rewards\n\nYou have 25 points.\nA mug: 35 more points and it is yours.',
        'A cup of tea: 8 points\nThree off: 20 points\nA mug: 60 points · 35 more to go',
      ].join('\n\n'),
    );
    expect(view.buttons?.flat().map(({ label }) => label)).toEqual(['Three off · 20', 'A cup of tea · 8', 'Coupons', 'Balance']);
    expect(plainText(await (await customer('list-ru', 0, 'ru')).says('награды'))).toMatch(
      /До награды «Three off»: ещё 10 баллов\.[\s\S]*Чашка чая: 8 баллов/,
    );
  });

  it('shows a stranger what there is to gain, and an owner how many are left', async () => {
    const stranger = await shop.person('stranger', 'Zoe').says('rewards');
    expect(plainText(stranger)).toMatch(/A mug: 60 points$/);
    expect(does(stranger, 'Join')).toBe('join');
    expect(plainText(await olga.says('rewards'))).toMatch(/A mug: 60 points · 5 left/);
  });
});

describe('redeeming', () => {
  it('takes a press and a yes that shows the balance after; then comes a coupon that works when it is saved', async () => {
    const anna = await customer('take', 15);
    const sure = await anna.presses(await anna.says('rewards'), /tea/);
    expect(plainText(sure)).toMatch(/^A cup of tea for 8 points\?[\s\S]*Balance after: 17 points[\s\S]*Good for: 14 days/);
    const coupon = await anna.presses(sure, 'Yes, for 8 points');
    expect(plainText(coupon)).toMatch(
      /^A cup of tea[\s\S]*Good until: December 5, 2026[\s\S]*Balance: 17 points[\s\S]*Show this at the counter/,
    );
    expect(coupon.show).toBe('privately');
    const code = couponOn(coupon);
    const image = await loadImage(Buffer.from(coupon.image?.png ?? new Uint8Array()));
    const canvas = createCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    const { data, width, height } = canvas.getImageData(0, 0, image.width, image.height);
    const link = readQr(new Uint8ClampedArray(data), width, height)?.data;
    expect(link).toBe(`https://t.me/liepa_bot?start=u_${code.replaceAll('-', '')}`);
    expect(coupon.image?.alt).toContain(code);
    // Pressed again, it is the same coupon.
    expect(await anna.presses(sure, 'Yes, for 8 points')).toEqual(coupon);
    expect((await anna.says('balance')).body).toBe('You have 17 points.');
  });

  it('asks which one, understands a name in any language, and says what is missing', async () => {
    const anna = await customer('ask', 0);
    const which = await anna.says('redeem');
    expect(plainText(which)).toMatch(/You have 10 points\.\nWhat would you like\?/);
    expect((await anna.presses(which, /tea/)).title).toBe('A cup of tea for 8 points?');
    await anna.says('cancel');
    expect((await anna.says('redeem чашка чая')).title).toBe('A cup of tea for 8 points?');
    await anna.says('cancel');
    expect(plainText(await anna.says('redeem mug'))).toMatch(/takes 60 points, the card has 10/);
    await anna.says('cancel');
    expect(plainText(await anna.says('redeem secret'))).toMatch(/I don't know this reward/);
    await anna.says('cancel');
    await redeemed(anna);
    expect((await anna.says('redeem')).body).toBe('A cup of tea is next: 6 more points.');
  });

  it('never costs more than was shown, whatever became of the rules in between', async () => {
    const anna = await customer('price', 20);
    const sure = await anna.says('redeem tea');
    await publish(rewards.map((one) => (one.id === 'tea' ? { ...one, cost: 9 } : one)));
    expect(plainText(await anna.presses(sure, /^Yes/))).toMatch(/The price has changed: it takes 9 points now/);
    expect((await anna.says('balance')).body).toBe('You have 30 points.');
    await publish(rewards);
    const photo = (await (await customer('photo', 60)).says('redeem mug')).buttons?.flat();
    expect(photo).toContainEqual({ label: 'See a picture', url: 'https://example.com/mug.jpg' });
  });
});

describe('coupons', () => {
  it('are listed with their last day, shown one by one, and given back', async () => {
    const anna = await customer('own', 30);
    await redeemed(anna, 'off');
    await redeemed(anna);
    const list = await anna.says('coupons');
    expect(plainText(list)).toBe('Coupons\n\nA cup of tea: until December 5, 2026\nThree off: until December 21, 2026');
    const one = await anna.presses(list, 'Show: Three off');
    expect(plainText(one)).toMatch(/€3\.00 off the bill/);
    const sure = await anna.presses(one, 'Give back');
    expect(plainText(sure)).toMatch(/Give “Three off” back\?[\s\S]*20 points come back[\s\S]*Balance after: 32 points/);
    const back = await anna.presses(sure, 'Give it back');
    expect(plainText(back)).toMatch(/Three off[\s\S]*20 points are back on your card\.[\s\S]*Balance: 32 points/);
    expect(await anna.presses(sure, 'Give it back')).toEqual(back);
    expect(plainText(await anna.says('coupons'))).toBe('Coupons\n\nA cup of tea: until December 5, 2026');
    expect(plainText(await anna.presses(list, 'Show: Three off'))).toMatch(/It was cancelled on/);
    expect(plainText(await (await customer('empty', 0)).says('coupons'))).toMatch(/You have no coupons right now/);
  });

  it('of somebody else are not shown, not even to staff; after five tries there is a pause', async () => {
    const anna = await customer('hers', 5);
    const code = couponOn(await redeemed(anna));
    const bo = await customer('thief', 0);
    for (const typed of [code, 'AAAA-BBBB-CCC', 'x']) {
      expect(plainText(await bo.says(`coupons ${typed}`))).toMatch(/I know no coupon with this code that you could use/);
    }
    await bo.says(`/start u_${code.replaceAll('-', '')}`);
    await bo.says('coupons 1');
    expect(plainText(await bo.says(`coupons ${code}`))).toMatch(/Too many wrong codes\. Please wait 60 minutes/);
    await ben.says('join');
    expect(plainText(await ben.says(`coupons ${code}`))).toMatch(/I know no coupon/);
    expect(plainText(await bo.says(`use ${code}`))).toMatch(/for the people who work here/);
    expect(couponOn(await anna.says(`/start u_${code.replaceAll('-', '')}`))).toBe(code);
  });
});

describe('using', () => {
  it('by a scanned QR says what to give and to whom, and is told to the customer', async () => {
    const anna = await customer('use', 15);
    const code = couponOn(await redeemed(anna, 'off'));
    const sure = await ben.says(`/start u_${code.replaceAll('-', '')}`);
    expect(plainText(sure)).toMatch(/^Three off for Anna\?\n\n€3\.00 off the bill[\s\S]*Good until: December 21, 2026/);
    const done = await ben.presses(sure, 'Use the coupon');
    expect(plainText(done)).toMatch(/^Used: Three off for Anna/);
    expect(await ben.presses(sure, 'Use the coupon')).toEqual(done);
    const told = await db.prisma.delivery.findMany({ where: { notice: 'coupon-used' } });
    expect(told.at(-1)?.params).toMatchObject({ name: { en: 'Three off' } });
    expect(plainText(await olga.says(`use ${code}`))).toMatch(/used already: Nov 21, 2026.*by Ben/);
    await olga.says('cancel');
    expect(plainText(await anna.says(`coupons ${code}`))).toMatch(/It was used on Nov 21, 2026/);
  });

  it('is asked for step by step, and a slip of the finger costs no try', async () => {
    const anna = await customer('steps', 5);
    const code = couponOn(await redeemed(anna));
    expect((await ben.says('use')).body).toBe('Which coupon?');
    for (let n = 0; n < 6; n += 1) expect((await ben.says('K7Q2-9XMP-5AB')).body).toMatch(/typing error/);
    const sure = await ben.says(code);
    expect(sure.title).toBe('A cup of tea for Anna?');
    expect(sure.body).toBe('tea');
    await ben.says('yes');
    expect(plainText(await ben.says(`use ${code}`))).toMatch(/used already/);
    await ben.says('cancel');
  });

  it('confirmed by two at the same instant happens once, and the other is told by whom', async () => {
    const anna = await customer('both', 5);
    const code = couponOn(await redeemed(anna));
    const [his, hers] = [await ben.says(`use ${code}`), await olga.says(`use ${code}`)];
    const replies = await Promise.all([ben.presses(his, 'Use the coupon'), olga.presses(hers, 'Use the coupon')]);
    const texts = replies.map(plainText).sort();
    expect(texts[0]).toMatch(/This coupon was used already: .* by (Ben|Olga)\./);
    expect(texts[1]).toMatch(/Used: A cup of tea for Anna/);
  });

  it('is over with the last day', async () => {
    const anna = await customer('late', 5);
    const code = couponOn(await redeemed(anna));
    const start = shop.clock.now;
    shop.clock.now = new Date('2026-12-05T21:59:00Z');
    expect((await ben.says(`use ${code}`)).title).toBe('A cup of tea for Anna?');
    shop.clock.now = new Date('2026-12-05T22:00:00Z');
    expect(plainText(await ben.says('yes'))).toMatch(/was good until December 5, 2026/);
    expect(plainText(await anna.says(`coupons ${code}`))).toMatch(/It was good until December 5, 2026/);
    shop.clock.now = start;
  });

  it('leaves books that add up', async () => {
    expect(await verify(db)).toMatchObject({ problems: [] });
  });
});

describe('the notices', () => {
  it('say what it is and until when, in the language of the reader, and lead to the coupon', async () => {
    const words = await createWords({ currency: 'EUR', timeZone: 'UTC', language: 'en' });
    const render = (notice: string, params: object, language = 'en') =>
      notices.get(notice)?.render(params as Record<string, unknown>, words.say(language)) ?? {};
    const coupon = { name: { en: 'Tea', fi: 'Tee' }, code: 'K7Q29XMP5AB', until: '2026-12-05T23:59:59.999Z' };
    expect(plainText(render('coupon-given', { ...coupon, source: 'birthday' }))).toBe(
      'Happy birthday!\n\nTea: the coupon is yours, good until December 5, 2026.',
    );
    expect(render('coupon-given', { ...coupon, source: 'stamps' }, 'fi').title).toBe('Leimakorttisi on täynnä!');
    expect(does(render('coupon-given', { ...coupon, source: 'stamps' }, 'fi'), 'Näytä kuponki')).toBe('coupons K7Q29XMP5AB');
    expect(plainText(render('coupon-used', { name: { bg: 'Чай' }, at: '2026-12-01T10:00:00Z' }))).toMatch(
      /^Used: Чай\n\nYour coupon was used/,
    );
    expect(() => render('coupon-given', { name: 'Tea' })).toThrow();
  });
});
