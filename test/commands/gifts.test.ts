import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainText, type View } from '../../src/chat/view.ts';
import { createWords } from '../../src/chat/words.ts';
import { notices } from '../../src/notices/index.ts';
import { plainRules, type Reward } from '../../src/program/rules/rules.ts';
import { publishRules } from '../../src/program/settings/change.ts';
import { contextOf } from '../support/ledger.ts';
import { mug } from '../support/rewards.ts';
import { codeOn, does, openShop, type Talker } from '../support/talk.ts';

const { db, shop, ben, olga } = await openShop();
afterAll(() => db.close());

const night = (places: number): Reward =>
  mug({
    id: 'night',
    name: { en: 'Wine night', ru: 'Вечер вина' },
    kind: 'event',
    at: '2026-12-05T17:00:00Z',
    place: 'Cellar',
    places,
    cost: 10,
  } as Partial<Reward>);
const card = mug({ id: 'card', name: { en: 'Gift card' }, cost: 10, kind: 'gift_card', amountMinor: 2_000 } as Partial<Reward>);
const publish = (rewards: Reward[]) =>
  publishRules(contextOf(db, shop.clock.now), { rules: { ...plainRules(100), rewards }, startsAt: shop.clock.now });
beforeAll(() => publish([night(1), card, mug({ id: 'mug', hidden: true, cost: 0 })]));

/** Somebody with a card and the ten points of joining. */
async function customer(user: string, name: string, language = 'en'): Promise<Talker> {
  const person = shop.person(user, name, language);
  await person.says('join');
  return person;
}
const couponOn = (view: View): string => /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}\b/.exec(plainText(view))?.[0] ?? '';
const table = (view: View): string[][] =>
  new TextDecoder()
    .decode(view.file?.bytes)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
const words = createWords({ currency: 'EUR', timeZone: 'Europe/Helsinki', language: 'en' });
/** The last notice to somebody, as they read it. */
async function lastTold(user: string, language = 'en'): Promise<View> {
  const address = await db.prisma.address.findFirstOrThrow({ where: { user } });
  const told = await db.prisma.delivery.findFirstOrThrow({ where: { personId: address.personId }, orderBy: { id: 'desc' } });
  return notices.get(told.notice)?.render(told.params as Record<string, unknown>, (await words).say(language)) ?? {};
}

describe('printed codes', () => {
  /** A batch made in one line, and its codes as the table has them. */
  async function printed(line: string): Promise<{ made: View; codes: string[]; links: string[] }> {
    const made = await olga.presses(await olga.says(`codes make ${line}`), /^Make/);
    const rows = table(await olga.presses(made, 'Table (CSV)'));
    return { made, codes: rows.map(([code = '']) => code), links: rows.map(([, link = '']) => link) };
  }

  it('are made by four answers, come as sheets to print, and once more as a table', async () => {
    const many = await olga.says('codes make');
    expect(plainText(many)).toMatch(/How many codes\? Up to 5000; a sheet holds 24\./);
    expect(plainText(await olga.says('6000'))).toMatch(/number from 1 to 5000/);
    const gives = await olga.presses(many, '24');
    expect(does(gives, 'A mug')).toContain('r:mug');
    expect(gives.buttons?.flat().map(({ label }) => label)).not.toContain('Wine night');
    expect(plainText(await olga.says('50'))).toMatch(/Until which day/);
    expect(plainText(await olga.says('1.11.2026'))).toMatch(/still to come/);
    const sure = await olga.says('24.12.2026');
    expect(plainText(sure)).toMatch(/^Make 24 codes\?[\s\S]*What each gives: 50 points\nGood until: December 24, 2026/);
    const made = await olga.presses(sure, /^Make/);
    expect(made.file?.name).toBe('codes-1.pdf');
    expect(new TextDecoder().decode(made.file?.bytes.slice(0, 5))).toBe('%PDF-');
    const rows = table(await olga.presses(made, 'Table (CSV)'));
    expect(rows).toHaveLength(24);
    expect(rows[0]?.[0]).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(rows[0]?.[1]).toMatch(/^https:\/\/t\.me\/liepa_bot\?start=p_[0-9A-Z]{12}$/);
    expect((await olga.presses(made, 'PDF to print')).file?.bytes.length).toBeGreaterThan(1_000);
    // The same press once more is the same batch; its codes are not known any more.
    const again = await olga.presses(sure, /^Make/);
    expect(plainText(again)).toMatch(/Batch 1: 24 codes are ready[\s\S]*cancel this batch and make another/);
    expect(again.file).toBeUndefined();
    expect(plainText(await olga.says('codes'))).toMatch(/Batch 1 · 50 points: 0 of 24 used · 24 left · until December 24, 2026/);
    expect(plainText(await olga.says('codes make 5 50 24.12.2026', { place: 'group' }))).toMatch(/Not here/);
  });

  it('turn into points by the command, by the code alone or by its link; a newcomer gets a card first', async () => {
    const { codes, links } = await printed('3 50 24.12.2026');
    const anna = await customer('codes-anna', 'Anna');
    const done = await anna.says(`claim ${codes[0]?.toLowerCase()}`);
    expect(plainText(done)).toBe('50 points for you!\n\nYou have 60 points.');
    expect(plainText(await anna.says(codes[1] ?? ''))).toBe('50 points for you!\n\nYou have 110 points.');
    expect(plainText(await anna.says('why'))).toMatch(/Points for a printed code/);
    const wrong = (await anna.says('claim WRONG')).body;
    expect(wrong).toMatch(/^This code is not good/);
    expect((await anna.says(codes[0] ?? '')).body).toBe(wrong);
    const zoe = shop.person('codes-zoe', 'Zoe');
    expect((await zoe.says(`/start ${/p_\w+/.exec(links[1] ?? '')?.[0]}`)).body).toBe(wrong);
    expect(await db.prisma.address.findFirst({ where: { user: 'codes-zoe' } })).toBeNull();
    const payload = /p_\w+/.exec(links[2] ?? '')?.[0];
    const joined = await zoe.says(`/start ${payload}`, { id: 'scanned' });
    expect(plainText(joined)).toMatch(/50 points for you![\s\S]*Zoe[\s\S]*You have 60 points\./);
    // Delivered again: the same answer, and no more points.
    expect(plainText(await zoe.says(`/start ${payload}`, { id: 'scanned' }))).toMatch(/50 points for you!/);
    expect(plainText(await zoe.says('balance'))).toMatch(/You have 60 points/);
    expect(plainText(await olga.says('codes'))).toMatch(/3 of 3 used · 0 left/);
  });

  it('give a reward, and nothing any more when an owner has cancelled the rest', async () => {
    const { made, codes } = await printed('2 mug 24.12.2026');
    const anna = await customer('codes-mug', 'Anna');
    const coupon = await anna.says(codes[0] ?? '');
    expect(plainText(coupon)).toMatch(/^A mug[\s\S]*Good until/);
    expect(couponOn(coupon)).not.toBe('');
    const sure = await olga.presses(made, 'Cancel this batch');
    expect(plainText(sure)).toMatch(/1 code will give nothing any more/);
    expect((await olga.presses(sure, /^Yes/)).title).toBe('1 code is cancelled');
    expect((await anna.says(codes[1] ?? '')).body).toMatch(/not good/);
    expect((await olga.presses(made, 'Table (CSV)')).body).toMatch(/can't be made again/);
    expect(plainText(await ben.says('codes'))).not.toMatch(/Batch/);
  });
});

describe('gift cards', () => {
  const bought = async (person: Talker): Promise<string> =>
    couponOn(await person.presses(await person.says('redeem card'), /^Yes/));

  it('pay parts of bills: by an amount in the line, or asked for', async () => {
    const anna = await customer('gift-parts', 'Anna');
    const code = await bought(anna);
    const sure = await ben.says(`use ${code} 7.50`);
    expect(plainText(sure)).toMatch(/^Take €7\.50 from “Gift card” of Anna\?[\s\S]*Left after that: €12\.50/);
    expect(plainText(await ben.presses(sure, /^Use/))).toMatch(
      /^€7\.50 paid with “Gift card” of Anna[\s\S]*Left on the card: €12\.50/,
    );
    expect(plainText(await lastTold('gift-parts'))).toMatch(/€7\.50 paid with “Gift card”[\s\S]*There is €12\.50 left/);
    const asked = await ben.says(`use ${code.replaceAll('-', ' ')}`);
    expect(plainText(asked)).toMatch(/How much is paid with it\?[\s\S]*Left on the card: €12\.50/);
    expect((await ben.says('13')).body).toMatch(/There is only €12\.50 left on it/);
    expect(plainText(await ben.presses(asked, /^All of it/))).toMatch(/€12\.50 paid[\s\S]*€0\.00/);
    expect(plainText(await ben.says(`use ${code}`))).toMatch(/used/i);
    await ben.says('cancel');
  });

  it('go to somebody by their code, or to whoever opens a link first', async () => {
    const anna = await customer('gift-giver', 'Anna');
    const bo = await customer('gift-bo', 'Bo');
    await anna.says('redeem card');
    const mine = await anna.says('yes');
    const to = await anna.presses(mine, 'Give a gift card');
    expect(plainText(to)).toMatch(/For whom\?/);
    const link = await anna.presses(await anna.presses(to, 'Make a link'), /^Yes/);
    const payload = /start=(g_\w+)/.exec(link.body ?? '')?.[1];
    expect(plainText(link)).toMatch(/It works once, until November 28, 2026/);
    expect(plainText(await shop.person('gift-zoe', 'Zoe').says(`/start ${payload}`))).toMatch(/^Gift card[\s\S]*€20\.00/);
    expect(plainText(await lastTold('gift-giver'))).toMatch(/Your gift has arrived/);
    expect((await bo.says(`/start ${payload}`)).body).toMatch(/not good/);
    const zoe = shop.person('gift-zoe', 'Zoe');
    const code = codeOn(await bo.says('card'));
    const sure = await zoe.presses(await zoe.says('give'), /Gift card/).then(() => zoe.says(code));
    expect(plainText(sure)).toMatch(new RegExp(`Give €20\\.00 to ${code}\\?`));
    expect(plainText(await zoe.presses(sure, /^Yes/))).toMatch(/€20\.00 given/);
    expect(plainText(await lastTold('gift-bo'))).toMatch(/Somebody gave you a gift card!/);
    expect(plainText(await bo.says('coupons'))).toMatch(/Gift card/);
    expect((await zoe.says('give')).body).toMatch(/You have no gift card/);
  });

  it('are made worthless by an owner, and their holder is told', async () => {
    const anna = await customer('gift-void', 'Anna');
    const code = await bought(anna);
    const sure = await olga.says(`void ${code}`);
    expect(plainText(sure)).toMatch(/Cancel “Gift card” of Anna\?[\s\S]*10 points go back/);
    expect(plainText(await olga.presses(sure, /^Yes/))).toMatch(/Cancelled: Gift card[\s\S]*10 points went back/);
    expect(plainText(await lastTold('gift-void', 'fi'))).toMatch(/Mitätöity: Gift card[\s\S]*10 pistettä on taas kortillasi/);
    expect(plainText(await olga.says('report team Olga'))).toMatch(/Gift card, Anna[\s\S]*24 printed codes/);
  });
});

describe('events', () => {
  it('have seats, a list when they are full, and a ticket that is checked in at the door', async () => {
    const anna = await customer('event-anna', 'Anna');
    const bo = await customer('event-bo', 'Бо', 'ru');
    const list = await anna.presses(await anna.says('rewards'), 'Events');
    expect(plainText(list)).toMatch(/Wine night: .*Dec.* 5.*Cellar · 10 points · 1 seat left/);
    const ticket = await anna.presses(await anna.presses(list, /^Take a seat/), /^Yes/);
    expect(plainText(ticket)).toMatch(/^Wine night/);
    expect(ticket.image).toBeDefined();
    const full = await bo.says('место вечер вина');
    expect(plainText(full)).toMatch(/Все места заняты/);
    expect(plainText(await bo.presses(full, /^Да/))).toMatch(/Вы в списке под номером 1/);
    expect(plainText(await bo.says('events'))).toMatch(/Вы в списке под номером 1/);
    const guests = await ben.presses(await ben.says('events'), /^Who comes/);
    expect(plainText(guests)).toMatch(/Coming \(1\): Anna\nWaiting \(1\): Бо/);
    await anna.presses(await anna.says(`coupons cancel ${couponOn(ticket)}`), /^Give/);
    const told = await lastTold('event-bo', 'ru');
    expect(plainText(told)).toMatch(/Место ваше: Вечер вина[\s\S]*С карты списано 10 баллов/);
    const theirs = await bo.presses(told, 'Показать билет');
    expect(plainText(await ben.presses(await ben.says(`use ${couponOn(theirs)}`), /^Use/))).toMatch(/Used: Wine night for Бо/);
    expect(plainText(await ben.says('guests night'))).toMatch(/Here \(1\): Бо/);
    expect(plainText(await anna.says('redeem night'))).toMatch(/All seats are taken/);
    await anna.says('yes');
    const leave = await anna.presses(await anna.says('events'), /^Leave the list/);
    expect(plainText(await anna.presses(leave, /^Leave/))).toMatch(/no longer on the list/);
  });
});
