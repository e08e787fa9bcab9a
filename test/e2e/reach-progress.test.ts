import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerConsent } from '../../src/program/attention/consent.ts';
import { finishCampaigns } from '../../src/program/campaigns/finish-campaigns.ts';
import { planCampaigns } from '../../src/program/campaigns/plan-campaigns.ts';
import { watchProgress } from '../../src/program/campaigns/watch-progress.ts';
import type { SeenMessage, Person as SlackPerson } from '../support/fake-slack/index.ts';
import { type FakeTelegram, startFakeTelegram, type Person as TelegramPerson } from '../support/fake-telegram/index.ts';
import { onTelegram, until } from '../support/program.ts';
import { openSlackShop, type SlackShop } from './slack-shop.ts';
import { joins } from './telegram-shop.ts';

// Somewhere it is the middle of the day: nobody's quiet hours hold anything back.
const noonZone = ((offset) => `Etc/GMT${offset < 0 ? '+' : '-'}${Math.abs(offset)}`)(12 - new Date().getUTCHours());
const stopping = new AbortController().signal;

let telegram: FakeTelegram;
let shop: SlackShop;
let olga: SlackPerson;
let otto: TelegramPerson;
let anna: TelegramPerson;
let bea: SlackPerson;

/** What the clock would do within a few seconds, at once. */
async function upkeep(): Promise<void> {
  const { peek, app } = shop.program;
  const moment = { db: peek, now: new Date(), timeZone: noonZone, stopping };
  await planCampaigns(moment);
  await finishCampaigns(moment);
  await watchProgress({ ...moment, stands: 0 });
  app.kernel.ring();
}

/** Presses the newest button like this that somebody on Slack sees. */
async function press(person: SlackPerson, label: RegExp): Promise<void> {
  const [message, found] = await until(`a button ${label} for ${person.name}`, () =>
    person
      .sees()
      .reverse()
      .flatMap((seen) => seen.buttons.filter((one) => label.test(one.label)).map((one) => [seen, one.label] as const))
      .at(0),
  );
  await person.presses(message, found);
}

/** The number of the broadcast that is shown. */
const numberIn = (text: string): number => Number(/(\d+)\. /.exec(text)?.[1]);
const onSlack = (fits: RegExp): Promise<SeenMessage> => shop.sees(olga, fits);

beforeAll(async () => {
  telegram = await startFakeTelegram();
  shop = await openSlackShop('socket', { ...onTelegram(telegram), TIMEZONE: noonZone });
  ({ olga } = shop);
  await olga.says('team invite owner');
  const invitation = await onSlack(/inv_[0-9A-Z]+/);
  otto = telegram.person({ id: 1003, name: 'Otto', language_code: 'en' });
  await otto.opens(/inv_[0-9A-Z]+/.exec(invitation.text)?.[0] ?? '');
  await otto.gets(/You own Café Liepa now/);
  anna = telegram.person({ id: 2001, name: 'Anna', language_code: 'en' });
  await joins(anna);
  bea = shop.slack.person('Bea');
  await bea.says('join');
  await shop.sees(bea, /Your code/);
  const { peek } = shop.program;
  for (const { id } of await peek.prisma.person.findMany({ where: { name: { in: ['Anna', 'Bea'] } } })) {
    const key = { id: `yes-${id}` };
    const ctx = { db: peek, now: new Date(), actor: { kind: 'person', personId: id } as const, key };
    await answerConsent(ctx, { personId: id, kind: 'marketing', granted: true, wording: 'Offers?' });
  }
});
afterAll(async () => {
  await shop.close();
  await telegram.stop();
});

test('an owner on Slack writes, starts and watches one message that keeps the score', async () => {
  await olga.says('broadcast new Coffee for {name}!');
  const id = numberIn((await onSlack(/Coffee for …! · draft/)).text);
  await olga.says(`broadcast ${id} points 20`);
  await onSlack(/Gives 20 points/);
  await press(olga, /^Start$/);
  await onSlack(/Start “Coffee for …!”\?/);
  await press(olga, /^Start$/);
  await onSlack(/That is 2 people of 2 members/);
  await press(olga, /^Yes, to all 2$/);
  await onSlack(/The next message keeps the score/);
  await upkeep();
  expect((await anna.gets(/Coffee for Anna!/)).text).toContain('Coffee for Anna!');
  await shop.sees(bea, /Coffee for Bea!/);
  const first = await onSlack(/Coffee for …![\s\S]*%/);

  await until(
    'all sent',
    async () => (await shop.program.peek.prisma.delivery.count({ where: { campaignId: id, state: 'sent' } })) === 2,
  );
  await upkeep();
  const all = await onSlack(/▓▓▓▓▓▓▓▓▓▓ 100 %[\s\S]*Sent[\s\S]*2/);
  expect(all.ts).toBe(first.ts);
  await anna.presses('Take it: 20 points');
  await until('the claim', () => shop.program.peek.prisma.campaignResponse.count().then((count) => count === 1));
  await upkeep();
  const done = await until('the last paint', async () => {
    await upkeep();
    return olga
      .sees()
      .find(
        ({ ts, text, buttons }) =>
          ts === first.ts && /Claimed[\s\S]*1/.test(text) && buttons.some(({ label }) => label === 'Report'),
      );
  });
  expect(done.edited).toBeGreaterThan(first.edited);
  expect(olga.sees().filter(({ text }) => /▓|░/.test(text))).toHaveLength(1);
});

test('an owner on Telegram too, until its last line says that it is over', async () => {
  await otto.says('/broadcast new Tea?');
  const id = numberIn((await otto.gets(/Tea\? · draft/)).text);
  await otto.says(`/broadcast ${id} people channel:slack`);
  await otto.gets(/1 of 2 members/);
  await otto.says(`/broadcast ${id} time now`);
  await otto.gets(/At once/);
  await otto.presses('Start');
  await otto.gets(/Start “Tea\?”/);
  await otto.presses('Start');
  await otto.gets(/The next message keeps the score/);
  await upkeep();
  const score = await otto.gets(/Tea\?[\s\S]*%/);
  await shop.sees(bea, /Tea\?/);
  const last = await until('the last paint', async () => {
    await upkeep();
    return otto.messages().find(({ id, text }) => id === score.id && /Done: everything is sent/.test(text));
  });
  expect(last.buttons.map(({ label }) => label)).toEqual(['Report']);
  expect(telegram.calls('editMessageText').length).toBeGreaterThan(0);
  await otto.presses('Report');
  expect((await otto.gets(/Report: \d+\. Tea\?/)).text).toMatch(/Nobody was held back/);
  expect(shop.program.errors()).toEqual([]);
});
