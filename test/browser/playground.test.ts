import { createServer } from 'node:net';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import jsQR from 'jsqr';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '../../src/app.ts';
import type { Config } from '../../src/config.ts';
import { browserPath, openBrowser } from '../support/browser.ts';
import { freshUrl } from '../support/database.ts';
import { silentLog } from '../support/playground-double.ts';

if (!browserPath) console.log('The playground is not tried in a browser: chromium is not installed (or name one in CHROMIUM).');

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** What the program does takes a moment to be seen. */
const soon = <Value>(read: () => Promise<Value>) => expect.poll(read, { timeout: 10_000 });

/** What a camera reads from a picture of the page. */
async function scan(page: Page, image: Locator): Promise<string | undefined> {
  const response = await page.request.get(new URL((await image.getAttribute('src')) ?? '', page.url()).href);
  const picture = await loadImage(await response.body());
  const pen = createCanvas(picture.width, picture.height).getContext('2d');
  pen.drawImage(picture, 0, 0);
  return jsQR.default(pen.getImageData(0, 0, picture.width, picture.height).data, picture.width, picture.height)?.data;
}

describe.skipIf(!browserPath)('the playground in a browser', () => {
  let app: App | undefined;
  let config: Config;
  let databaseUrl: string;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let page: Page;
  const phone = (name: 'customer' | 'staff' | 'owner') => page.locator(`.phone.${name}`);
  const chip = (name: Parameters<typeof phone>[0], label: string) => phone(name).locator('.chip', { hasText: label });
  const last = (name: Parameters<typeof phone>[0]) => phone(name).locator('.message:not(.mine)').last();
  const say = async (name: Parameters<typeof phone>[0], text: string) => {
    await phone(name).getByRole('textbox').fill(text);
    await phone(name).getByRole('textbox').press('Enter');
  };
  const start = () => startApp({ config, databaseUrl, log: silentLog, part: 'all' });

  beforeAll(async () => {
    databaseUrl = await freshUrl();
    config = {
      production: false,
      dataDir: '.',
      port: await freePort(),
      appSecret: 'x'.repeat(32),
      shop: { name: 'Café Aurora', currency: 'EUR', timezone: 'Europe/Helsinki', language: 'en' },
      playground: true,
      logLevel: 'silent',
    };
    app = await start();
    browser = await openBrowser(`http://localhost:${config.port}`);
    page = browser.context.pages()[0] ?? (await browser.context.newPage());
    page.setDefaultTimeout(10_000);
    await page.goto(`http://localhost:${config.port}/`);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  test('says whose phones these are and what comes first', async () => {
    for (const name of ['Anna', 'Ben', 'Olga']) await page.getByRole('region', { name }).waitFor();
    await page.getByRole('heading', { level: 1, name: /Café Aurora/ }).waitFor();
    expect(await page.locator('.steps [aria-current=step]').textContent()).toContain('Anna joins');
    await chip('staff', 'Olga has to invite you first').click();
    expect(await page.evaluate("document.activeElement.closest('.phone').className")).toContain('owner');
  });

  test('a customer joins and has a card that can be scanned', async () => {
    await chip('customer', 'Join').click();
    await phone('customer').locator('.choice', { hasText: 'Join' }).click();
    // The question about offers follows the card, as a message of its own.
    const image = phone('customer').locator('.message:not(.mine) img');
    await image.waitFor();
    await soon(() => phone('customer').textContent()).toContain('10 points');
    expect(await scan(page, image)).toMatch(/\/#staff=c_[0-9A-Z]{9}$/);
    await phone('customer').getByRole('button', { name: 'No, thanks' }).click();
    await soon(() => last('customer').textContent()).toContain('no offers');
    expect(await phone('customer').locator('.message img').count()).toBe(1);
  });

  test('a picture opens large and closes with Escape', async () => {
    await phone('customer').locator('.thumb').click();
    await page.getByRole('dialog').locator('img').waitFor();
    await page.keyboard.press('Escape');
    await soon(() => page.getByRole('dialog').count()).toBe(0);
  });

  test('the owner claims the shop and brings in staff', async () => {
    await chip('owner', 'Claim the shop').click();
    await soon(() => last('owner').textContent()).toContain('You own Café Aurora now');
    expect(await phone('owner').textContent()).not.toContain('own_');
    await chip('owner', 'Invite staff').click();
    await phone('owner').getByRole('button', { name: 'Open on Ben’s phone' }).first().click();
    await soon(() => last('staff').textContent()).toContain('Welcome to the team');
    await soon(() => phone('owner').textContent()).toContain('Ben has joined the team');
  });

  test('staff scan the card and credit with one number and two presses', async () => {
    await chip('staff', 'Scan Anna’s card').click();
    await soon(() => last('staff').textContent()).toContain('How much was the purchase?');
    await say('staff', '12.50');
    await phone('staff').getByRole('button', { name: 'Give 12 points' }).click();
    await soon(() => last('staff').textContent()).toContain('12 points for Anna');
    await soon(() => phone('customer').textContent()).toContain('+12 points');
    await soon(() => page.locator('.steps .done').count()).toBe(4);
  });

  test('the customer asks for the balance', async () => {
    await say('customer', 'balance');
    await soon(() => last('customer').textContent()).toContain('You have 22 points');
  });

  test('markup that a person types is text', async () => {
    const text = '<img src=x onerror=alert(1)><b>hi</b>';
    await say('customer', text);
    await soon(() => phone('customer').locator('.message.mine').last().textContent()).toContain(text);
    expect(await phone('customer').locator('.message b, .message img[src=x]').count()).toBe(0);
  });

  test('the clock goes forward, in the page and in the program', async () => {
    const before = await page.locator('.clock time').getAttribute('datetime');
    await page.getByRole('button', { name: /\+1 month/ }).click();
    const date = async () => new Date((await page.locator('.clock time').getAttribute('datetime')) ?? 0);
    await soon(async () => (await date()).getTime() - new Date(before ?? 0).getTime()).toBeGreaterThan(27 * 86_400_000);
    expect(app?.kernel.now().getTime()).toBeGreaterThan(Date.now() + 27 * 86_400_000);
    await say('customer', 'balance');
    await soon(() => phone('customer').locator('.day').count()).toBe(2);
  });

  test('a phone speaks another language, the page too', async () => {
    await phone('customer').getByLabel('Language of Anna’s phone').selectOption('bg');
    await soon(() => chip('customer', 'Баланс').count()).toBe(1);
    expect(await chip('staff', 'Undo').count()).toBe(1);
    await chip('customer', 'Баланс').click();
    await soon(() => last('customer').textContent()).toMatch(/22 точки/);
    await page.getByLabel('Language of the page and of all three phones').selectOption('fi');
    await soon(() => page.locator('.steps').textContent()).toContain('Aika kuluu');
    await soon(() => last('staff').textContent()).toMatch(/suom/i);
    expect(await page.locator('html').getAttribute('lang')).toBe('fi');
    await page.locator('.top > select').selectOption('en');
    await soon(() => chip('staff', 'Undo').count()).toBe(1);
  });

  test('works with a keyboard alone', async () => {
    await page.reload();
    await chip('customer', 'Balance').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Go to Ben’s phone');
    await page.keyboard.press('Enter');
    await page.keyboard.type('help');
    await page.keyboard.press('Enter');
    await soon(() => phone('staff').locator('.message.mine').last().textContent()).toContain('help');
    await page.keyboard.press('Tab');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).not.toBe('none');
  });

  test('fits a telephone: one phone at a time, and nothing wider than the screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const name of ['Anna', 'Ben', 'Olga']) {
      await page.locator('.tabs button', { hasText: name }).click();
      expect(await page.locator('.phone:visible').count()).toBe(1);
      await page.getByRole('region', { name }).waitFor();
      expect(await page.evaluate('[document.documentElement.scrollWidth, document.documentElement.scrollHeight]')).toEqual([
        390, 844,
      ]);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('a link to the page opens on the phone it is for', async () => {
    const code = await phone('customer')
      .textContent()
      .then((text) => /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/.exec(text ?? '')?.[0].replaceAll('-', ''));
    const other = await browser.context.newPage();
    await other.goto(`http://localhost:${config.port}/#staff=c_${code}`);
    await soon(() => other.locator('.phone.staff .message:not(.mine)').last().textContent()).toContain(
      'How much was the purchase?',
    );
    expect(new URL(other.url()).hash).toBe('');
    await other.close();
    await soon(() => last('staff').textContent()).toContain('How much was the purchase?');
    await say('staff', 'cancel');
  });

  test('the owner takes a ready-made program, and the phones suggest what it brings', async () => {
    expect(await chip('customer', 'Rewards').count()).toBe(0);
    await chip('owner', 'Choose a program').click();
    for (const label of ['Shop', 'Now', 'Put in force']) {
      await phone('owner').locator('.choice', { hasText: label }).last().click();
    }
    await soon(() => last('owner').textContent()).toContain('The new rules are in force');
    await chip('customer', 'My level').waitFor();
    expect(await chip('customer', 'Rewards').count()).toBe(1);
    expect(await chip('owner', 'Choose a program').count()).toBe(0);
  });

  test('a big purchase lifts the level at once; its points wait, and time brings them', async () => {
    await chip('staff', 'Scan Anna’s card').click();
    await soon(() => last('staff').textContent()).toContain('How much was the purchase?');
    await say('staff', '900');
    await soon(() => last('staff').textContent()).toMatch(/Points can be used from/);
    await phone('staff').getByRole('button', { name: 'Give 2700 points' }).click();
    await soon(() => phone('customer').textContent()).toContain('You have reached Silver!');
    await soon(() => phone('customer').textContent()).toMatch(/2700 points are waiting for you and become yours on/);
    await soon(() => phone('owner').textContent()).toContain('Ben is above a limit');
    await page.getByRole('button', { name: /\+1 month/ }).click();
    await soon(() => phone('customer').textContent()).toContain('2700 points are yours now');
  });

  test('points become a coupon with a picture, and staff scan it', async () => {
    await chip('customer', 'Rewards').click();
    await phone('customer').getByRole('button', { name: 'A gift card · 2000' }).click();
    await phone('customer').getByRole('button', { name: 'Yes, for 2000 points' }).click();
    const image = phone('customer').getByRole('img', { name: /^Coupon: A gift card/ });
    await image.waitFor();
    expect(await scan(page, image)).toMatch(/\/#staff=u_[0-9A-Z]{11}$/);
    await chip('staff', 'Scan Anna’s coupon').click();
    await soon(() => last('staff').textContent()).toContain('A gift card of Anna');
    expect(await phone('staff').textContent()).not.toContain('u_');
    await say('staff', '12');
    await soon(() => last('staff').textContent()).toMatch(/€12\.00 paid with “A gift card” of Anna.*€8\.00/);
    await soon(() => phone('customer').textContent()).toContain('There is €8.00 left on it.');
  });

  test('a year later the points have ended, and then the level', async () => {
    await chip('customer', 'Balance').click();
    await soon(() => last('customer').textContent()).toContain('You have 722 points');
    await page.getByRole('button', { name: '+1 year' }).click();
    await chip('customer', 'Balance').click();
    await soon(() => last('customer').textContent()).toContain('You have 22 points');
    await page.getByRole('button', { name: '+1 month' }).click();
    await soon(() => phone('customer').textContent()).toContain('Your level is now Bronze');
  });

  const press = async (name: Parameters<typeof phone>[0], label: string | RegExp, comes: string | RegExp) => {
    await phone(name).locator('.choice', { hasText: label }).last().click();
    await soon(() => last(name).textContent()).toMatch(comes);
  };

  test('the owner plans a change of a rule and takes the plan back', async () => {
    await say('owner', 'program set welcome 77');
    await press('owner', 'Tomorrow', /In force from/);
    await press('owner', 'Plan it', /Planned for/);
    await say('owner', 'program');
    await press('owner', /^See the plan/, /New members start with 77 points/);
    await press('owner', /^Take back$/, /Take it back/);
    await press('owner', 'Take it back', /Taken back\. The rules stay as they are/);
  });

  test('level, stamps and birthday are shown, and a part of a purchase is refunded with a reason', async () => {
    await say('customer', 'tier');
    await soon(() => last('customer').textContent()).toMatch(/Bronze.*Silver/s);
    await say('customer', 'birthday 24.12.');
    await press('customer', /^Yes, that.s it/, /Noted: December 24/);
    await say('owner', 'program preset cafe');
    await press('owner', /^Now$/, /Put in force/);
    await press('owner', 'Put in force', /The new rules are in force/);
    await chip('staff', 'Scan Anna’s card').click();
    await soon(() => last('staff').textContent()).toContain('How much was the purchase?');
    await say('staff', '20');
    await press('staff', /^Give \d+ points/, /#\d+/);
    const receipt = /#\d+/.exec((await last('staff').textContent()) ?? '')?.[0];
    await say('customer', 'stamps');
    await phone('customer')
      .getByRole('img', { name: /^Stamp cards: / })
      .waitFor();
    await say('staff', `refund ${receipt} 5`);
    await press('staff', 'Complaint', /Refund €5\.00 to Anna\?.*WhyComplaint/s);
    await press('staff', /^Refund €5\.00/, /€5\.00 refunded to Anna/);
    await soon(() => phone('customer').textContent()).toContain('€5.00 of your purchase of €20.00 was refunded');
  });

  test('staff make a card on paper, and the owner makes it one with the card in the chat', async () => {
    const codeOn = async (name: Parameters<typeof phone>[0]) =>
      /\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b/.exec((await last(name).allInnerTexts()).join())?.[0];
    await say('staff', 'enrol Maria');
    await soon(() => last('staff').textContent()).toContain('A card for Maria');
    await say('customer', 'card');
    await soon(() => codeOn('customer')).toBeTruthy();
    const before = await phone('customer').locator('.message').count();
    await say('owner', `merge ${await codeOn('staff')} ${await codeOn('customer')}`);
    await press('owner', 'Make one card', /One card: Anna/);
    // Anna is told: the next test counts her messages.
    await soon(() => phone('customer').locator('.message').count()).toBe(before + 1);
  });

  test('the owner sends an offer, one message keeps the score, and the customer takes it', async () => {
    // An hour of the day that is not now: nothing is held back, whenever this runs.
    const quiet = new Date().getUTCHours() < 12 ? '20-21' : '4-5';
    await say('customer', `settings quiet ${quiet}`);
    await soon(() => last('customer').textContent()).toContain('Quiet hours:');
    await say('customer', 'consent yes');
    await soon(() => last('customer').textContent()).toContain('You will hear from us');
    await say('owner', 'broadcast new A coffee for {name}!');
    await soon(() => last('owner').textContent()).toMatch(/A coffee for …! · draft/);
    await press('owner', 'Button', /Now: None/);
    await press('owner', 'Give a reward', /Which reward/);
    await press('owner', 'A coffee on us', /Gives: A coffee on us/);
    await press('owner', /^Start$/, /Start “A coffee for …!”\?/);
    await press('owner', /^Start$/, /more than half/);
    await phone('owner')
      .locator('.choice', { hasText: /^Yes, to/ })
      .last()
      .click();
    const score = phone('owner').locator('.message', { hasText: /[▓░]{10} \d+ %/ });
    await phone('customer').getByText('A coffee for Anna!', { exact: true }).waitFor();
    await soon(() => score.textContent()).toMatch(/▓{10} 100 %\s*Done: everything is sent\..*Sent1/s);
    await phone('customer').getByRole('button', { name: 'Take it: A coffee on us' }).click();
    await phone('customer')
      .getByRole('img', { name: /^Coupon: A coffee on us/ })
      .waitFor();
    expect(await score.getByRole('button').allTextContents()).toEqual(['Report']);
    await press('owner', /^Report$/, /Report: \d+\. A coffee for …!.*Claimed1 · 100%/s);
  });

  test('nothing went wrong on the page, and nothing was asked of anybody else', () => {
    expect(browser.trouble).toEqual([]);
  });

  test('a lost connection is said, and after a restart the conversation is the same and goes on', async () => {
    const before = await phone('customer').locator('.message').count();
    await app?.stop();
    app = undefined;
    await page.getByText('The connection is lost').waitFor();
    await say('customer', 'card');
    app = await start();
    await soon(() => page.locator('.offline').textContent()).toBe('');
    await soon(() => phone('customer').locator('.message').count()).toBe(before + 2);
    await page.reload();
    await soon(() => phone('customer').locator('.message').count()).toBe(before + 2);
    expect(browser.trouble.filter((line) => !/ERR_|503/.test(line))).toEqual([]);
  });
});
