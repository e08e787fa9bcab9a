import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeTelegram, type Person, startFakeTelegram } from '../support/fake-telegram/index.ts';
import { onTelegram, until } from '../support/program.ts';
import { openSlackShop, type SlackShop } from './slack-shop.ts';

let telegram: FakeTelegram;
let shop: SlackShop;
let anna: Person;
let code: string;

/** The shop works on Slack, its customers are on Telegram. */
beforeAll(async () => {
  telegram = await startFakeTelegram();
  shop = await openSlackShop('socket', onTelegram(telegram));
  anna = telegram.person({ id: 2001, name: 'Anna', language_code: 'pl' });
  await anna.says('/start');
  await anna.gets('Café Liepa');
  await anna.says('join');
  code = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/.exec((await anna.gets(/-[0-9A-Z]{4}-/)).text)?.[0] ?? '';
});

afterAll(async () => {
  await shop.close();
  await telegram.stop();
});

async function credits(amount: string, points: RegExp): Promise<void> {
  await shop.ben.commands('/regulars', `credit ${code} ${amount}`);
  await shop.sees(shop.ben, new RegExp(`Give ${points.source}`));
  await shop.ben.presses('message', (await lastLabel()) ?? '');
  await shop.sees(shop.ben, new RegExp(`${points.source} for Anna`));
}

const lastLabel = async () =>
  shop.ben
    .sees()
    .at(-1)
    ?.buttons.find(({ label }) => label.startsWith('Give '))?.label;

describe('staff on Slack, a customer on Telegram', () => {
  test('the invitation leads to the messenger that has links', async () => {
    await shop.olga.says('team invite staff');
    expect((await shop.sees(shop.olga, /https:\/\/t\.me\//)).text).toContain('https://t.me/regulars_test_bot?start=inv_');
  });

  test('the customer is told on Telegram, in their language', async () => {
    await credits('25.00', /25 points/);
    const told = await anna.gets('+25 punktów');
    expect(told.text).toMatch(/25,00\s€/);
    expect(told.text).toContain('35 punktów');
    await anna.presses(told, told.buttons[0]?.label ?? '');
    await anna.gets(/Masz 35 punktów/);
  });

  test('an undo on Slack is told on Telegram', async () => {
    await shop.ben.presses('message', 'Undo');
    expect((await anna.gets(/anulowa|cofni/i)).text).toMatch(/25,00\s€/);
  });
});

describe('a customer with an address on both', () => {
  test('who blocks one messenger is told on the other, once', async () => {
    const { peek } = shop.program;
    const twin = shop.slack.person('Anna', 'pl-PL');
    const { personId } = await peek.prisma.address.findFirstOrThrow({ where: { user: '2001' } });
    const at = { personId, channel: 'slack', user: twin.id, chat: twin.chat, usedAt: new Date('2026-01-01T00:00:00Z') };
    await peek.prisma.address.create({ data: at });
    // A deleted account says nothing: the first message finds it out.
    await anna.deactivates();
    await credits('4.00', /4 points/);
    await shop.sees(twin, /\+4 punkty/);
    const moved = () => peek.prisma.delivery.findFirst({ where: { channel: 'slack', notice: 'credited' } });
    const delivery = await until('the end of the delivery', async () =>
      (await moved())?.state === 'sent' ? moved() : undefined,
    );
    expect(delivery).toMatchObject({ attempt: 2, result: { chat: twin.chat } });
    expect(twin.sees()).toHaveLength(1);
  });
});

test('nobody had anything to refuse', async () => {
  expect(telegram.mistakes).toEqual([]);
  expect(shop.slack.refusals).toEqual([]);
  expect(shop.program.errors()).toEqual([]);
});
