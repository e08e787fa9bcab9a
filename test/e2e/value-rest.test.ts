import { describe, expect, onTestFinished, test } from 'vitest';
import { plainRules } from '../../src/program/rules/rules.ts';
import { publishRules } from '../../src/program/settings/change.ts';
import type { Person as OnSlack, SeenMessage } from '../support/fake-slack/index.ts';
import type { Person as OnTelegram, Seen } from '../support/fake-telegram/index.ts';
import { contextOf } from '../support/ledger.ts';
import { type Program, until } from '../support/program.ts';
import { mug } from '../support/rewards.ts';
import { openSlackShop } from './slack-shop.ts';
import { openTelegramShop } from './telegram-shop.ts';

/** Somebody in either messenger: what they do, and the text that comes or changes after it and fits. */
type Talker = {
  says(text: string, fits: RegExp): Promise<string>;
  presses(label: RegExp, fits: RegExp): Promise<string>;
  /** What the program tells them of its own. */
  told(fits: RegExp): Promise<string>;
};
type Shown = { text: string; buttons: readonly { label: string }[] };
type Chat<One> = { says(text: string): Promise<unknown>; presses(message: One, label: string): Promise<unknown> };

/** `seen`: what they see, oldest first. `stateOf`: differs when a message is another one, or has changed. */
function talker<One extends Shown>(chat: Chat<One>, seen: () => One[], stateOf: (message: One) => string): Talker {
  const told = (fits: RegExp, but: ReadonlySet<string> = new Set()) =>
    until(`${fits} after ${seen().at(-1)?.text}`, () => seen().findLast((one) => fits.test(one.text) && !but.has(stateOf(one))));
  const replied = async (act: () => Promise<unknown>, fits: RegExp) => {
    const before = new Set(seen().map(stateOf));
    await act();
    return (await told(fits, before)).text;
  };
  return {
    told: async (fits) => (await told(fits)).text,
    says: (text, fits) => replied(() => chat.says(text), fits),
    async presses(label, fits) {
      const all = () => seen().flatMap((one) => one.buttons.map((button) => [one, button.label] as const));
      const [message, found] = await until(`a button ${label}`, () => all().findLast((each) => label.test(each[1])));
      return replied(() => chat.presses(message, found), fits);
    },
  };
}

const onSlack = (person: OnSlack): Talker =>
  talker(
    { says: (text) => person.says(text), presses: (message: SeenMessage, label) => person.presses(message, label) },
    () => person.sees(),
    ({ ts, edited }) => `${ts} ${edited}`,
  );
const onTelegram = (person: OnTelegram): Talker =>
  talker(
    { says: (text) => person.says(text), presses: (message: Seen, label) => person.presses(message, label) },
    () => person.messages(),
    ({ message, text }) => `${message.message_id} ${text}`,
  );

const cardCode = (text: string): string => /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z](?![0-9A-Z])/.exec(text)?.[0] ?? '';
const couponCode = (text: string): string => /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}(?![0-9A-Z])/.exec(text)?.[0] ?? '';

/** A program with an evening of one seat and a gift on birthdays. */
async function publishEvening({ peek }: Program): Promise<void> {
  const at = new Date(Date.now() + 20 * 86_400_000).toISOString();
  const night = { id: 'night', name: { en: 'Wine night' }, kind: 'event', at, place: 'Cellar', places: 1, cost: 10 };
  const rewards = [
    mug({ ...night } as Parameters<typeof mug>[0]),
    mug({ id: 'cake', name: { en: 'Cake' }, hidden: true, cost: 0 }),
  ];
  const ctx = contextOf(peek, new Date());
  await publishRules(ctx, { rules: { ...plainRules(100), rewards, birthday: { reward: 'cake' } }, startsAt: ctx.now });
}

type Team = Record<'olga' | 'ben' | 'anna' | 'bo', Talker>;

/** What both messengers can. */
async function walks({ olga, ben, anna, bo }: Team): Promise<void> {
  await anna.says('join', /Welcome, Anna!/);
  const code = cardCode(await anna.says('card', /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/));
  await bo.says('join', /Welcome, Bo!/);

  // One seat for two: who comes second waits, and has it as soon as it is given back.
  await anna.says('events', /Wine night[\s\S]*Cellar · 10 points · 1 seat left/);
  await anna.presses(/^Take a seat: Wine night$/, /Wine night[\s\S]*0 points/);
  const ticket = couponCode(await anna.presses(/^Yes(?!, send)/, /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}/));
  await bo.says('seat wine night', /All seats are taken\. Shall I put you on the list\?/);
  await bo.presses(/^Yes, join the list$/, /You are number 1 on the list/);
  await ben.says('events', /Wine night/);
  await ben.presses(/^Who comes: Wine night$/, /Coming \(1\)[\s\S]*Anna[\s\S]*Waiting \(1\)[\s\S]*Bo/);
  await anna.says(`coupons cancel ${ticket}`, /Wine night/);
  await anna.presses(/^Give it back$/, /10 points are back on your card/);
  await bo.told(/A seat is yours: Wine night[\s\S]*It took 10 points from your card\./);
  const theirs = couponCode(await bo.presses(/^Show the ticket$/, /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}/));
  expect(theirs).not.toBe(ticket);
  await ben.says(`use ${theirs.toLowerCase()}`, /Wine night for Bo\?/);
  await ben.presses(/^Use/, /Used: Wine night for Bo/);
  await ben.says('guests night', /Here \(1\)[\s\S]*Bo/);

  // A birthday is asked back, noted with what it brings, and told once a year.
  await anna.says('birthday 24.12.', /December 24, is that right\?/);
  await anna.presses(/^Yes, that's it$/, /Noted: December 24\.[\s\S]*On the day we give you: Cake\./);
  await anna.says('birthday 25.12.', /once a year/);
  await anna.says('cancel', /./);

  // Two cards of one person become one, and two again.
  const paper = cardCode((await ben.says('enrol Anna on paper', /A card for Anna on paper/)).replace(/link \S+/g, ''));
  await ben.says(`credit ${paper} 20`, /Give 20 points/);
  await ben.presses(/^Give 20/, /20 points for Anna on paper/);
  await olga.says(`merge ${paper} ${code}`, /Make one card of these two\?[\s\S]*Anna on paper[\s\S]*30 points[\s\S]*10 points/);
  await olga.presses(/^Make one card$/, /One card: Anna[\s\S]*20 points came along[\s\S]*30 points/);
  await anna.told(/Two cards of yours are one now\./);
  await anna.says('balance', /30 points/);
  await olga.says(`unmerge ${paper}`, /Split these cards\?[\s\S]*Anna on paper [\s\S]*20 points/);
  await olga.presses(/^Split them$/, /They are two cards again[\s\S]*30 points went back/);
  await anna.told(/Your card was split again/);
  await anna.says('balance', /10 points/);
  await olga.says('verify', /Every point adds up/);
}

describe('seats, birthdays, two cards of one person and phone numbers', () => {
  test('on Telegram, where a shared number finds the member', { timeout: 40_000 }, async () => {
    const { telegram, program, close, ...team } = await openTelegramShop();
    onTestFinished(close);
    await publishEvening(program);
    const phone = telegram.person({ id: 2001, name: 'Anna', language_code: 'en' });
    const [olga, ben, anna] = [onTelegram(team.olga), onTelegram(team.ben), onTelegram(phone)];
    await walks({ olga, ben, anna, bo: onTelegram(telegram.person({ id: 2002, name: 'Bo', language_code: 'en' })) });
    await anna.says('phone', /you only need to say it at the counter/);
    expect(JSON.stringify(telegram.calls('sendMessage').at(-1)?.params['reply_markup'])).toContain('"request_contact":true');
    await phone.sharesContact('+358407654321', { id: 2002 });
    await phone.sharesContact('+358401234567');
    await anna.told(/Your number on the card: \+358401234567/);
    await ben.says('member +358 40 765 4321', /No member has shared this number/);
    await ben.says('cancel', /./);
    await ben.says('member +358 40 123 4567', /^Anna[\s\S]*10 points/);
    expect([telegram.mistakes, program.errors()]).toEqual([[], []]);
  });

  test('on Slack, which says where a number can be shared', { timeout: 40_000 }, async () => {
    const { slack, program, close, ...team } = await openSlackShop('socket');
    onTestFinished(close);
    await publishEvening(program);
    const [olga, ben, anna] = [onSlack(team.olga), onSlack(team.ben), onSlack(slack.person('Anna'))];
    await walks({ olga, ben, anna, bo: onSlack(slack.person('Bo')) });
    await anna.says('phone', /you only need to say it at the counter/);
    await anna.presses(/^Share my number$/, /This messenger can't confirm your number to me\. Telegram can/);
    expect([slack.refusals, slack.wrongAcks, program.errors()]).toEqual([[], [], []]);
  });
});
