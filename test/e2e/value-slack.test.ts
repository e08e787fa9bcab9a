import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person, SeenMessage } from '../support/fake-slack/index.ts';
import { type FakeTelegram, startFakeTelegram } from '../support/fake-telegram/index.ts';
import { onTelegram, until } from '../support/program.ts';
import { readPicture } from '../support/read-qr.ts';
import { openSlackShop, type SlackShop } from './slack-shop.ts';

let telegram: FakeTelegram;
let shop: SlackShop;
let olga: Person;
let ben: Person;
let anna: Person;
let till: string;
let code: string;

/** Does something, and waits for a message that comes or changes after it and fits. */
async function replied(person: Person, act: () => Promise<void>, fits: RegExp, channel?: string): Promise<SeenMessage> {
  const stateOf = ({ ts, edited }: SeenMessage): string => `${ts} ${edited}`;
  const before = new Set(person.sees(channel).map(stateOf));
  await act();
  return until(`${fits} for ${person.name}, who sees ${person.sees(channel).at(-1)?.text}`, () =>
    person.sees(channel).findLast((seen) => fits.test(seen.text) && !before.has(stateOf(seen))),
  );
}

/** Presses the newest button like this. */
async function press(person: Person, label: RegExp, fits: RegExp, channel?: string): Promise<SeenMessage> {
  const [message, found] = await until(`a button ${label} for ${person.name}`, () =>
    person
      .sees(channel)
      .reverse()
      .flatMap((seen) => seen.buttons.filter((one) => label.test(one.label)).map((one) => [seen, one.label] as const))
      .at(0),
  );
  return replied(person, () => person.presses(message, found), fits, channel);
}

/** Says something in the direct chat. */
const says = (person: Person, text: string, fits: RegExp) => replied(person, () => person.says(text), fits);
/** Gives the slash command in the channel, where the reply is for their eyes only. */
const commands = (person: Person, text: string, fits: RegExp) =>
  replied(person, () => person.commands('/regulars', text, { channel: till }), fits, till);

const inForce = async () => {
  await press(olga, /^Now$/, /Is this right\?/);
  await press(olga, /^Put in force$/, /The new rules are in force/);
};

beforeAll(async () => {
  telegram = await startFakeTelegram();
  shop = await openSlackShop('socket', onTelegram(telegram));
  ({ olga, ben } = shop);
  anna = shop.slack.person('Anna', 'fi-FI');
  till = shop.slack.channel('till', [olga, ben, anna], { invited: true });
});
afterAll(async () => {
  await shop.close();
  await telegram.stop();
});

describe('the owner shapes the program in the direct chat and in a channel', () => {
  test('a value by pressing it, with what it is now and what can be pressed; a ready-made program', async () => {
    await says(olga, 'program', /1 point for every €1\.00\./);
    await press(olga, /^Change a rule$/, /Change a rule/);
    await press(olga, /^Joining$/, /Everybody can join/);
    const asked = await press(olga, /^Who can join/, /Now: Everybody/);
    expect(asked.buttons.map(({ label }) => label)).toContain('With an invitation');
    await press(olga, /^Cancel$/, /forgotten/);
    await says(olga, 'program preset', /Which program fits you\?/);
    await press(olga, /^Shop$/, /What would change/);
    await inForce();
    for (const change of [
      'set pending 0',
      'reward money 5.00 "Five off" 60',
      'stamp "Coffee card" 2 five-off',
      'set tiers.silver.discount 5',
    ]) {
      await says(olga, `program ${change}`, /What would change/);
      await inForce();
    }
  });

  test('a change is planned in a channel for their own eyes, and taken back', async () => {
    expect((await commands(olga, 'program set welcome 50', /What would change/)).ephemeral).toBe(true);
    await press(olga, /^Tomorrow$/, /Is this right\?/, till);
    await press(olga, /^Plan it$/, /Planned for/, till);
    await press(olga, /^Program$/, /Planned from/, till);
    await press(olga, /^See the plan/, /\+ New members start with 50 points\./, till);
    await press(olga, /^Take back$/, /Planned from/, till);
    await press(olga, /^Take it back$/, /Taken back\. The rules stay as they are\./, till);
    expect(ben.sees(till)).toEqual([]);
  });
});

describe('a customer and the counter', () => {
  test('points become a coupon with a picture', async () => {
    await says(anna, 'liity mukaan', /Tervetuloa, Anna!/);
    code = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z](?![0-9A-Z])/.exec(anna.sees().find(({ image }) => image)?.text ?? '')?.[0] ?? '';
    await says(anna, 'palkinnot', /Five off/);
    await press(anna, /^Five off · 60$/, /käytetäänkö 60 pistettä\?/);
    const coupon = await press(anna, /^Kyllä, 60/, /Saldo\s+40 pistettä/);
    const shown = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}/.exec(coupon.text)?.[0] ?? '';
    expect(coupon.image && (await readPicture(coupon.image))).toContain(`u_${shown.replaceAll('-', '')}`);
    await ben.commands('/regulars', 'use', { channel: till });
    await ben.submits({ coupon: `${shown.slice(0, -1)}${shown.endsWith('A') ? 'B' : 'A'}` });
    expect(ben.seesModal()?.errors).toEqual({ coupon: expect.stringContaining('typing error') });
    await ben.submits({ coupon: shown.toLowerCase() });
    expect(ben.seesModal()).toMatchObject({
      text: expect.stringContaining('Five off for Anna?'),
      submit: 'Use the coupon',
      close: 'Cancel',
    });
    await ben.submits();
    expect(ben.seesModal()?.text).toContain('Used: Five off for Anna');
    await ben.closesModal();
    await shop.sees(anna, /Käytetty: Five off/);
  });

  test('a stamp by a form with all it needs, or by a button where only the number is open', async () => {
    await ben.commands('/regulars', 'stamp');
    expect(ben.seesModal()?.fields.map(({ name, hint }) => [name, hint])).toEqual([
      ['who', expect.stringContaining('K7Q2-9XMP-5')],
      ['stamps', 'For example: coffee-card 1'],
    ]);
    await ben.submits({ who: code, stamps: 'coffee-card 1' });
    expect(ben.seesModal()?.text).toContain('1 stamp for Anna');
    await ben.closesModal();
    await shop.sees(anna, /\+1 leima/);
    expect((await says(anna, 'leimat', /Coffee card: 1\/2/)).image?.length).toBeGreaterThan(1000);
    await ben.commands('/regulars', `stamp ${code}`, { channel: till });
    expect(ben.seesModal()?.text).toMatch(/How many stamps\?[\s\S]*1 of 2/);
    await ben.presses('modal', 'Coffee card +1');
    expect(ben.seesModal()?.text).toMatch(/1 stamp for Anna[\s\S]*Coupon/);
    await ben.closesModal();
    await shop.sees(anna, /Leimakorttisi on täynnä!/);
  });

  test('above the limit an owner is asked, and answers with one press; the level is reached', async () => {
    await olga.commands('/regulars', 'team limit');
    expect(olga.seesModal()?.fields.map(({ name, choices }) => [name, choices?.length])).toEqual([
      ['person', undefined],
      ['limit', 4],
      ['level', 4],
      ['value', undefined],
    ]);
    await olga.submits({ person: 'Ben', limit: 'One purchase', level: 'Ask an owner', value: '250' });
    expect(olga.seesModal()?.text).toContain('Ask an owner: €250.00');
    await olga.closesModal();
    const card = await commands(ben, `credit @${anna.id} 320 K-1`, /Give 960 points to Anna\?/);
    expect(card.text).toMatch(/Bronze[\s\S]*Coffee card \+1: 1 of 2/);
    expect(card.buttons.map(({ label }) => label)).toContain('Use: Five off');
    await press(ben, /^Give 960/, /An owner has been asked/, till);
    await shop.sees(olga, /Ben needs your yes[\s\S]*alone they may enter €250\.00/);
    await press(olga, /^Approve$/, /960 points for Anna, for a purchase of €320\.00\./);
    await shop.sees(ben, /The purchase of €320\.00 is credited: 960 points\./);
    await shop.sees(anna, /Olet nyt tasolla Silver!/);
    await says(anna, 'taso', /Tasosi: Silver[\s\S]*ostoksen K-1 ansiosta/);
    expect(ben.sees().some(({ text }) => text.includes('Silver!'))).toBe(false);
  });

  test('the discount of the level is on the card; what a refund’s form leaves empty is not asked, and its reason is kept', async () => {
    await commands(
      ben,
      `credit ${code} 20 K-2`,
      /Bill €20\.00, Silver −5\s?% = €19\.00 to pay[\s\S]*57 for the purchase, \+28 Silver/,
    );
    await press(ben, /^Give 85/, /85 points for Anna/, till);
    await ben.commands('/regulars', 'refund');
    expect(ben.seesModal()?.fields.map(({ name, optional }) => [name, optional])).toEqual([
      ['receipt', false],
      ['amount', true],
      ['whose', true],
      ['reason', true],
    ]);
    await ben.submits({ receipt: 'K-2', reason: 'Goods returned' });
    expect(ben.seesModal()?.text).toMatch(/Refund €19\.00 to Anna\?[\s\S]*Goods returned/);
    await ben.submits();
    expect(ben.seesModal()?.text).toContain('€19.00 refunded to Anna');
    await ben.closesModal();
    await shop.sees(anna, /Ostos peruttu[\s\S]*85 pistettä[\s\S]*K-2/);
  });

  test('points pay a part of a bill after a yes in the customer’s own chat', async () => {
    await ben.commands('/regulars', 'pay');
    await ben.submits({ who: code, amount: '10', points: '400' });
    expect(ben.seesModal()?.text).toMatch(/Ask Anna to pay with 400 points\?[\s\S]*400 points = €4\.00/);
    await ben.submits();
    expect(ben.seesModal()?.text).toContain('Anna has been asked');
    await ben.closesModal();
    await shop.sees(anna, /Café Liepa[\s\S]*400 pistettä/);
    await press(anna, /400/, /Maksettu 400 pisteellä[\s\S]*624 pistettä/);
    await shop.sees(ben, /Collect €5\.50/);
  });

  test('what can be taken back stands in the form as buttons; closed, it asks for nothing any more', async () => {
    await ben.commands('/regulars', 'undo');
    expect(ben.seesModal()?.buttons.map(({ label }) => label)).toEqual(['€9.50 · Anna', '€320.00 · Anna']);
    await ben.closesModal();
    await says(ben, '9.50', /didn't understand|don't know/);
  });
});

describe('another messenger', () => {
  test('is linked to the same card by one link, and a card on paper is claimed there', async () => {
    const linking = await says(anna, 'yhdistä', /link [0-9A-Z]{4}-/);
    const phone = telegram.person({ id: 2001, name: 'Anna', language_code: 'fi' });
    await phone.opens(/start=(k_[0-9A-Z]+)/.exec(linking.text)?.[1] ?? '');
    expect((await phone.gets('Mukava nähdä sinut täällä, Anna!')).text).toMatch(new RegExp(`624 pistettä[\\s\\S]*${code}`));
    await shop.sees(anna, /Korttisi on nyt myös palvelussa/);
    await phone.says('kupongit');
    await phone.gets('Five off');
    const paper = await commands(ben, 'enrol Ольга Петрова', /A card for Ольга Петрова/);
    expect(paper.ephemeral && paper.image && (await readPicture(paper.image))).toMatch(/start=k_[0-9A-Z]{12}$/);
    const petrova = shop.slack.person('Olga P', 'ru-RU');
    await says(petrova, /link [0-9A-Z-]+/.exec(paper.text)?.[0] ?? '', /100 баллов/);
    await says(petrova, 'награды', /Five off/);
  });
});

describe('the owner looks after it', () => {
  test('who did what, and whether discounts or points bring people back', async () => {
    expect((await commands(olga, 'report team', /Team · last/)).ephemeral).toBe(true);
    await press(olga, /^Ben$/, /Taken back: €19\.00, Anna, K-2 · Goods returned/, till);
    await commands(olga, 'report mechanics', /Discounts or points\?/);
    await press(olga, /^90 days$/, /90 days/, till);
    await olga.commands('/regulars', 'tier set');
    await olga.submits({ who: code, level: 'Gold' });
    expect(olga.seesModal()?.text).toContain('Gold for Anna?');
    await olga.submits();
    await olga.closesModal();
    await until('the gold level, told where Anna was last', () =>
      telegram.accepted.some(({ params }) => JSON.stringify(params).includes('Gold')),
    );
  });

  test('the books are right, and neither messenger had anything to refuse', async () => {
    await says(olga, 'verify', /Every point adds up/);
    expect(shop.slack.refusals).toEqual([]);
    expect(shop.slack.wrongAcks).toEqual([]);
    expect(telegram.mistakes).toEqual([]);
    expect(shop.program.errors()).toEqual([]);
  });
});
