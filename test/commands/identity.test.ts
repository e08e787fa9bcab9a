import { createCanvas, loadImage } from '@napi-rs/canvas';
import jsqr from 'jsqr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainText, type View } from '../../src/chat/view.ts';
import { notices } from '../../src/notices/index.ts';
import { verify } from '../../src/program/ledger/verify.ts';
import { giveBirthdays } from '../../src/program/members/birthday-gifts.ts';
import type { Rules } from '../../src/program/rules/rules.ts';
import { programAt, storedRules } from '../../src/program/settings/program.ts';
import { codeOn, openShop } from '../support/talk.ts';

// The package's types describe another module format than it has.
const readQr = jsqr as unknown as typeof jsqr.default;

async function qrOn(view: View): Promise<string | undefined> {
  const image = await loadImage(Buffer.from(view.image?.png ?? new Uint8Array()));
  const canvas = createCanvas(image.width, image.height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  const { data, width, height } = canvas.getImageData(0, 0, image.width, image.height);
  return readQr(new Uint8ClampedArray(data), width, height)?.data;
}

describe('who is who, in conversation', () => {
  let setting: Awaited<ReturnType<typeof openShop>>;
  let shop: Awaited<ReturnType<typeof openShop>>['shop'];
  let ben: Awaited<ReturnType<typeof openShop>>['ben'];
  let olga: Awaited<ReturnType<typeof openShop>>['olga'];
  beforeAll(async () => {
    setting = await openShop();
    ({ shop, ben, olga } = setting);
  });
  afterAll(() => setting.db.close());

  const start = new Date('2026-11-21T10:00:00Z');
  const person = (name: string, channel = 'telegram', language = 'en') =>
    shop.person(`${channel}-${name}`, name, language, channel);
  const joined = async (name: string, channel = 'telegram') => {
    const who = person(name, channel);
    await who.says('join');
    return { ...who, code: codeOn(await who.says('card')) };
  };
  const credit = async (code: string, amount: string) => ben.presses(await ben.says(`credit ${code} ${amount}`), /Give/);
  /** The member code of a paper card: the claim code beside it begins like one. */
  const cardCode = (view: View) => view.facts?.[0]?.[1] ?? '';
  const linkText = (view: View) => /link [0-9A-Z-]+/.exec(view.body ?? '')?.[0] ?? '';
  const told = (notice: string) =>
    setting.db.prisma.delivery.findMany({
      where: { notice },
      orderBy: { id: 'asc' },
      select: { params: true, addressId: true, channel: true },
    });
  const rightBooks = async () => expect((await verify(setting.db)).problems).toEqual([]);
  const publish = async (change: (rules: Rules) => Rules) => {
    const { rules } = await programAt(setting.db, shop.clock.now);
    await setting.db.prisma.programVersion.create({
      data: { rules: storedRules(change(rules)), startsAt: shop.clock.now, createdAt: shop.clock.now },
    });
  };

  it('uses the card on a second messenger by one message; the first one is told', async () => {
    const anna = await joined('Anna');
    await credit(anna.code, '12.60');
    const code = await anna.says('link');
    expect(plainText(code)).toMatch(/write to me there: link [0-9A-Z]{4}-[0-9A-Z]{4}[\s\S]*start=k_[0-9A-Z]{8}[\s\S]*12:10/);
    const slack = person('Anna S.', 'slack');
    const here = await slack.says(linkText(code));
    expect(plainText(here)).toMatch(/Good to see you here, Anna![\s\S]*Your card is here now too/);
    expect(codeOn(here)).toBe(anna.code);
    expect((await slack.says('balance')).body).toContain('22 points');
    const [notice] = await told('identity-linked');
    expect(notice).toMatchObject({ channel: 'telegram', params: { channel: 'slack', joined: false, balance: 22 } });
    const say = (await import('../../src/chat/words.ts')).createWords;
    const words = await say({ currency: 'EUR', timeZone: 'UTC', language: 'en' });
    const painted = notices.get('identity-linked')?.render(notice?.params as Record<string, unknown>, words.say('en'));
    expect(plainText(painted ?? {})).toMatch(/on Slack now too[\s\S]*wasn't you/);
    // The code is used up, and it was never good here.
    expect((await person('Eve').says(linkText(code))).body).toMatch(/wrong, used, or too old/);
  });

  it('makes one card of two after a look at both; a second welcome gift does not count', async () => {
    const anna = await joined('Berta');
    const other = await joined('Berta S.', 'slack');
    await credit(anna.code, '5');
    await credit(other.code, '7');
    await anna.says('consent yes');
    await other.says('consent no');
    const text = linkText(await anna.says('link'));
    const sure = await other.says(text);
    expect(plainText(sure)).toMatch(/one card\?[\s\S]*Here, [\s\S]*17 points[\s\S]*Berta[\s\S]*15 points/);
    const done = await other.presses(sure, 'Yes, one card');
    expect(plainText(done)).toMatch(/7 points came along[\s\S]*22 points/);
    expect(codeOn(done)).toBe(anna.code);
    expect((await anna.says('balance')).body).toContain('22 points');
    expect(plainText(await anna.says('history'))).toMatch(/\+7 · from your other card/);
    // Both histories are one, each movement explained.
    expect((await anna.says('history')).facts?.filter(([, value]) => value.includes('welcome gift'))).toHaveLength(2);
    const why = await anna.presses(await anna.says('why'), 'Older');
    expect(plainText(why)).toMatch(/\+7 points[\s\S]*€7\.00/);
    // The stricter answer counts, and the old code still works at the till.
    expect(plainText(await anna.says('privacy'))).toMatch(/Offers: no/);
    expect(plainText(await credit(other.code, '1'))).toMatch(/1 point for Berta/);
    expect((await other.says('balance')).body).toContain('23 points');
    await rightBooks();
  });

  it('refuses codes that are too old, from here, in a group, and guessing', async () => {
    const anna = await joined('Clara');
    const code = linkText(await anna.says('link'));
    expect(plainText(await anna.presses(await anna.says(code), 'Yes, one card'))).toMatch(/This code is from here/);
    expect(
      (await anna.says('link', { place: 'group', from: { channel: 'telegram', user: anna.user, chat: 'g1' } })).body,
    ).toMatch(/private chat/);
    const slack = person('Clara S.', 'slack');
    shop.clock.now = new Date(start.getTime() + 11 * 60_000);
    expect((await slack.says(code)).body).toMatch(/wrong, used, or too old/);
    for (let n = 0; n < 4; n++) expect((await slack.says(`link WRONG00${n}`)).body).toMatch(/wrong, used, or too old/);
    expect((await slack.says(linkText(await anna.says('link')))).body).toMatch(/Too many wrong codes. Please wait 60 minutes/);
    shop.clock.now = new Date(start.getTime() + 3 * 3_600_000);
    expect((await slack.says(linkText(await anna.says('link')))).title).toMatch(/Good to see you/);
    expect((await person('Nobody').says('link')).body).toMatch(/card on another messenger/);
    shop.clock.now = start;
  });

  it('never gives away what somebody may do here in silence', async () => {
    const carl = person('Carl', 'slack');
    // Who works here can link a second messenger; the owners hear of it.
    const linked = await carl.says(linkText(await ben.says('link')));
    expect(plainText(linked)).toMatch(/this chat is yours now too/);
    expect(plainText(await carl.says('help'))).toMatch(/^credit/m);
    expect((await told('identity-staff-linked')).map(({ params }) => params)).toMatchObject([{ channel: 'slack' }]);
    // Two who work here stay two.
    expect((await ben.says(linkText(await olga.says('link')))).body).toMatch(/Both of these chats work here/);
    // An owner can't give a customer's chat the rights of a colleague.
    await ben.says('join');
    const customer = await joined('Dora');
    const benCode = codeOn(await ben.says('card'));
    const sure = await olga.says(`merge ${benCode} ${customer.code}`);
    expect((await olga.presses(sure, 'Make one card')).body).toMatch(/works here/);
  });

  it('makes a paper card that works at once and moves into a chat by one message', async () => {
    const paper = await ben.says('enrol Maria Korhonen');
    expect(paper.title).toBe('A card for Maria Korhonen');
    const link = await qrOn(paper);
    const payload = /k_[0-9A-Z]{12}/.exec(link ?? '')?.[0] ?? '';
    expect(payload).not.toBe('');
    const code = cardCode(paper);
    await credit(code, '30');
    // Staff who scan it serve it; its owner takes it into their chat.
    expect((await ben.says(`/start ${payload}`)).title).toBe('Maria Korhonen');
    await ben.says('cancel');
    const maria = person('Maria');
    const here = await maria.says(`/start ${payload}`);
    expect(codeOn(here)).toBe(code);
    expect((await maria.says('balance')).body).toContain('40 points');
    expect((await person('Eve').says(`/start ${payload}`)).body).toMatch(/wrong, used, or too old/);
    expect((await ben.says(`/start ${payload}`)).title).toBe('Maria');
    await ben.says('cancel');
    expect((await ben.says(`enrol again ${code}`)).body).toMatch(/has a chat with me/);
    expect((await ben.says('enrol 12345')).body).toMatch(/name with letters/);
  });

  it('joins a paper card to the card that its owner has already', async () => {
    const nora = await joined('Nora');
    const paper = await ben.says('enrol');
    await credit(cardCode(paper), '8');
    const again = await ben.says(`enrol again ${cardCode(paper)}`);
    expect((await nora.says(linkText(paper))).body).toMatch(/wrong, used, or too old/);
    const done = await nora.presses(await nora.says(linkText(again)), 'Yes, one card');
    expect(plainText(done)).toMatch(/8 points came along[\s\S]*18 points/);
    expect(codeOn(done)).toBe(nora.code);
    expect(plainText(await ben.says(`member ${cardCode(paper)}`))).toMatch(/Nora[\s\S]*18 points/);
    await rightBooks();
  });

  it('lets an owner make one card of two, and part them again', async () => {
    const rosa = await joined('Rosa');
    const paper = cardCode(await ben.says('enrol Rosa on paper'));
    await credit(paper, '20');
    const sure = await olga.says(`merge ${paper} ${rosa.code}`);
    expect(plainText(sure)).toMatch(/Rosa on paper[\s\S]*30 points[\s\S]*Rosa[\s\S]*10 points/);
    const done = await olga.presses(sure, 'Make one card');
    expect(plainText(done)).toMatch(/One card: Rosa[\s\S]*20 points came along[\s\S]*30 points/);
    expect((await told('identity-joined')).at(-1)?.params).toEqual({ points: 20, balance: 30 });
    const parting = await olga.says(`unmerge ${paper}`);
    expect(plainText(parting)).toMatch(/Rosa on paper[\s\S]*→ Rosa[\s\S]*20 points/);
    const parted = await olga.presses(parting, 'Split them');
    // The welcome gift of the paper card, which had stayed behind, is there again.
    expect(plainText(parted)).toMatch(/30 points went back[\s\S]*Rosa · [\s\S]*10 points[\s\S]*Rosa on paper · [\s\S]*30 points/);
    expect((await rosa.says('balance')).body).toContain('10 points');
    expect((await olga.says(`unmerge ${paper}`)).body).toMatch(/No two cards/);
    // Who did it can be read by every owner.
    const log = plainText(await olga.says('report team Olga'));
    expect(log).toMatch(/Two cards split again: Rosa[\s\S]*Two cards put together: Rosa/);
    expect(plainText(await olga.says('report team Ben'))).toContain('A paper card for');
    await rightBooks();
  });

  it('finds a member by the number that their messenger has confirmed, until they take it back', async () => {
    const tina = await joined('Tina');
    const ask = await tina.says('phone');
    expect(ask.buttons?.flat()[0]).toMatchObject({ label: 'Share my number', shares: 'contact' });
    expect((await tina.says('phone +358401234567')).body).toMatch(/could be anybody/);
    expect(plainText(await tina.says('phone', { contact: { phone: '358401234567' } }))).toMatch(/\+358401234567/);
    expect((await ben.says('member +358 40 123 4567')).title).toBe('Tina');
    expect((await ben.presses(await ben.says('credit +358401234567 3'), /Give/)).title).toBe('3 points for Tina');
    // Numbers change hands: the newest confirmation counts.
    const uma = await joined('Uma');
    await uma.says('phone', { contact: { phone: '+358401234567' } });
    expect((await ben.says('member 00358401234567')).title).toBe('Uma');
    expect((await tina.says('phone')).buttons?.flat()[0]).toMatchObject({ shares: 'contact' });
    expect((await uma.presses(await uma.says('phone'), 'Erase it')).body).toMatch(/erased/);
    expect((await ben.says('member +358401234567')).body).toMatch(/No member has shared this number/);
    await ben.says('cancel');
    for (let n = 0; n < 5; n++) await ben.says(`member +35840123456${n}`);
    expect((await ben.says('member +358401234568')).body).toMatch(/Too many wrong codes/);
    shop.clock.now = new Date(start.getTime() + 120_000);
    await ben.says('cancel');
    shop.clock.now = start;
  });

  it('keeps a birthday, once a year, and gives on the day', async () => {
    const vera = await joined('Vera');
    expect((await vera.says('birthday 31.2.')).body).toMatch(/can't read that day/);
    await vera.says('cancel');
    const sure = await vera.says('birthday 24 December');
    expect(sure.title).toBe('December 24, is that right?');
    expect((await vera.presses(sure, "Yes, that's it")).body).toMatch(/Noted: December 24/);
    expect((await vera.says('birthday 25.12.')).body).toMatch(/once a year[\s\S]*November 21, 2027/);
    await vera.says('cancel');
    const give = (at: string) => giveBirthdays({ db: setting.db, now: new Date(at), timeZone: 'Europe/Helsinki' });
    expect(await give('2026-12-24T10:00:00Z')).toBe(0);
    await publish((rules) => ({
      ...rules,
      rewards: [
        { id: 'cake', kind: 'item', item: 'cake', name: { en: 'A piece of cake' }, cost: 0, hidden: true, validDays: 14 },
      ],
      birthday: { reward: 'cake' },
    }));
    expect((await vera.says('birthday')).body).toMatch(/On the day we give you: A piece of cake/);
    await vera.says('cancel');
    expect(await give('2026-12-23T10:00:00Z')).toBe(0);
    expect(await give('2026-12-24T05:00:00Z')).toBe(0);
    expect(
      await Promise.all([give('2026-12-24T10:00:00Z'), give('2026-12-24T10:00:00Z')]).then(([a, b]) => (a ?? 0) + (b ?? 0)),
    ).toBe(1);
    expect(await give('2026-12-25T10:00:00Z')).toBe(0);
    expect((await told('coupon-given')).map(({ params }) => params)).toMatchObject([{ source: 'birthday' }]);
    // A year later nobody was looking on the day.
    expect(await give('2027-12-27T10:00:00Z')).toBe(1);
    expect(await give('2029-01-03T10:00:00Z')).toBe(0);
    const forgotten = await vera.presses(await vera.presses(await vera.says('birthday'), 'Erase it'), 'Erase it');
    expect(forgotten.body).toMatch(/erased/);
    // Erased, it can't be told anew for another gift.
    expect((await vera.says('birthday 22.11.')).body).toMatch(/once a year/);
    await vera.says('cancel');
    await rightBooks();
  });

  it('lets in only those with a card from the counter, where the program says so', async () => {
    await publish((rules) => ({ ...rules, joining: 'invited' }));
    const wanda = person('Wanda');
    expect(plainText(await wanda.says('start'))).toMatch(/by invitation/);
    expect((await wanda.says('join')).body).toMatch(/by invitation/);
    const paper = await ben.says('enrol Wanda');
    const ask = await wanda.presses(await wanda.says('start'), 'I have a code');
    expect(ask.body).toMatch(/Which code/);
    expect(codeOn(await wanda.says(linkText(paper).slice(5)))).toBe(cardCode(paper));
  });
});
