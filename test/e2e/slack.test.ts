import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, signed } from '../support/fake-slack/index.ts';
import { until } from '../support/program.ts';
import { readPicture } from '../support/read-qr.ts';
import { openSlackShop, type SlackShop } from './slack-shop.ts';

describe.each(['socket', 'http'] as const)('the main job on Slack, by %s', (mode) => {
  let shop: SlackShop;
  let anna: Person;
  let till: string;
  /** The member code as Anna reads it out. */
  let code: string;

  beforeAll(async () => {
    shop = await openSlackShop(mode);
    anna = shop.slack.person('Anna <!channel> *Mäkelä*', 'fi-FI');
    till = shop.slack.channel('till', [shop.ben, anna], { invited: true });
  });
  afterAll(() => shop.close());

  const home = (fits: RegExp) => until(`${fits} on the home`, () => fits.test(anna.seesHome()?.text ?? ''));

  test('a customer joins by a plain word in the direct chat, in the language of their Slack', async () => {
    await anna.says('moi');
    await shop.sees(anna, /Tervetuloa, täällä Café Liepa!/);
    await anna.says('liity mukaan');
    const card = await shop.sees(anna, /Kortillasi on jo 10 pistettä/);
    expect(card.text).toContain('Anna <!channel> *Mäkelä*');
    expect(card.pings).toEqual([]);
    code = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/.exec(card.text)?.[0] ?? '';
    expect(card.image && (await readPicture(card.image))).toBe(code.replaceAll('-', ''));
    const question = await shop.sees(anna, /Kiva, että olet mukana!/);
    expect(question.text).toContain('tarjouksia');
    await anna.presses('message', 'Ei kiitos');
  });

  test('the App Home shows balance and QR', async () => {
    await anna.opensHome();
    await home(/Sinulla on 10 pistettä/);
    const file = shop.slack.workspace.files.get(anna.seesHome()?.fileId ?? '');
    expect(file && (await readPicture(file.bytes))).toBe(code.replaceAll('-', ''));
  });

  test('credit without anything opens one modal; confirmed in it, and the customer is told and sees it on the home', async () => {
    await shop.ben.commands('/regulars', 'credit');
    expect(shop.ben.seesModal()?.fields.map(({ name }) => name)).toEqual(['who', 'amount', 'receipt']);
    await shop.ben.submits({ who: code.toLowerCase(), amount: '12,345', receipt: '' });
    expect(shop.ben.seesModal()?.errors).toEqual({ amount: expect.stringContaining('too many decimals') });
    await shop.ben.submits({ who: code.toLowerCase(), amount: '12,50', receipt: 'K-77' });
    expect(shop.ben.seesModal()?.text).toContain('Give 12 points to Anna <!channel> *Mäkelä*?');
    await shop.ben.submits();
    expect(shop.ben.seesModal()?.text).toMatch(/New balance\s+22 points/);
    await shop.ben.closesModal();
    const told = await shop.sees(anna, /\+12 pistettä/);
    expect(told.text).toMatch(/Kiitos ostoksestasi \(12,50\s€\)![\s\S]*22 pistettä[\s\S]*K-77/);
    await home(/Sinulla on 22 pistettä/);
  });

  test('the global shortcut is the same modal', async () => {
    await shop.ben.uses('credit');
    await shop.ben.submits({ who: code.toLowerCase(), amount: '1' });
    await shop.ben.submits();
    await shop.ben.closesModal();
    await shop.sees(anna, /\+1 piste\b/);
    await home(/Sinulla on 23 pistettä/);
  });

  test('in a channel everything is for one person’s eyes; a mention stands for a code', async () => {
    await shop.ben.commands('/regulars', `credit @${anna.id} 5.00`, { channel: till });
    expect((await shop.sees(shop.ben, /Give 5 points/, till)).ephemeral).toBe(true);
    await shop.ben.presses('message', 'Give 5 points');
    const done = await shop.sees(shop.ben, /5 points for Anna/, till);
    expect(done.ephemeral).toBe(true);
    expect(anna.sees(till)).toEqual([]);
    await shop.sees(anna, /\+5 pistettä/);
    await shop.ben.presses('message', 'Undo');
    await shop.sees(anna, /Ostos peruttu/);
    await home(/Sinulla on 23 pistettä/);
    await anna.commands('/regulars', 'saldo', { channel: till });
    expect((await shop.sees(anna, /Sinulla on 23 pistettä/, till)).ephemeral).toBe(true);
    expect(shop.ben.sees(till).some(({ text }) => text.includes('pistettä'))).toBe(false);
  });

  test('another language, also on the home', async () => {
    await anna.says('language English');
    await shop.sees(anna, /I'll speak English with you/);
    await home(/You have 23 points/);
    await anna.says('why');
    await shop.sees(anna, /The purchase of €5\.00 was taken back/);
  });

  test('the books are right, and Slack had nothing to refuse', async () => {
    await shop.olga.says('verify');
    await shop.sees(shop.olga, /Every point adds up/);
    expect(shop.slack.refusals).toEqual([]);
    expect(shop.slack.wrongAcks).toEqual([]);
    expect(shop.program.errors()).toEqual([]);
    expect(await shop.program.peek.prisma.poison.count()).toBe(0);
  });

  // By the socket there is no address that anybody could call.
  if (mode === 'socket') return;
  test('a wrong or old signature is 401, a big body 413, and nothing is written', async () => {
    const { slack, program } = shop;
    const send = async ({ method, headers, body }: Request) =>
      (await fetch(`${program.origin}/slack/events`, { method, headers, body: await new Response(body).text() })).status;
    const body = JSON.stringify({
      type: 'event_callback',
      event_id: 'Ev-forged',
      team_id: 'T1',
      event: { type: 'message', channel_type: 'im', channel: 'D1', user: shop.ben.id, text: 'balance', ts: '1.2' },
    });
    const request = { body, type: 'application/json', secret: slack.signingSecret, at: Date.now() };
    const before = await program.peek.prisma.inbox.count();
    expect(await send(signed({ ...request, secret: 'another' }))).toBe(401);
    expect(await send(signed({ ...request, at: Date.now() - 301_000 }))).toBe(401);
    expect(await send(new Request(`${program.origin}/slack/events`, { method: 'POST', body }))).toBe(401);
    expect(await send(signed({ ...request, body: body.replace('balance', 'x'.repeat(1_100_000)) }))).toBe(413);
    expect(await program.peek.prisma.inbox.count()).toBe(before);
    expect(await program.peek.prisma.poison.count()).toBe(0);
  });
});
