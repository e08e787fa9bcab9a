import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshUrl } from '../support/database.ts';
import { type FakeSlack, startFakeSlack } from '../support/fake-slack/index.ts';
import { type FakeTelegram, type Person, startFakeTelegram } from '../support/fake-telegram/index.ts';
import { asOwner } from '../support/ledger.ts';
import { dataFolder, onSlack, onTelegram, type Spawned, spawnProgram, until } from '../support/program.ts';
import { type Cuttable, cuttableDatabase } from './cuttable.ts';
import { invitationIn } from './telegram-shop.ts';

const appSecret = 'quite-a-secret-secret';
const data = dataFolder();
let telegram: FakeTelegram;
let slack: FakeSlack;
let cable: Cuttable & { url: string };
let program: Spawned;
let ownUrl: string;
/** What must never be in a log, by what it is. */
const unspeakable = new Map<string, string>();

/** Something that a person wrote, noted as such; every one has a word of its own. */
let words = 0;
function secret(text: string): string {
  const word = `zyzzyva${++words}q`;
  unspeakable.set(`what somebody wrote (${text})`, word);
  return text.replace('%', word);
}

beforeAll(async () => {
  [telegram, slack] = await Promise.all([startFakeTelegram(), startFakeSlack()]);
  ownUrl = await freshUrl();
  cable = await cuttableDatabase(ownUrl);
  const given = { DATABASE_URL: cable.url, APP_SECRET: appSecret, DATA_DIR: data.path, PORT: '0', LOG_LEVEL: 'debug' };
  program = spawnProgram(['start'], { ...given, ...onTelegram(telegram), ...onSlack(slack) }, { cwd: data.path });
  unspeakable.set('the bot token', telegram.token).set('its secret half', telegram.token.split(':')[1] ?? '');
  unspeakable.set('the Slack token', slack.botToken).set('the Slack app token', slack.appToken).set('APP_SECRET', appSecret);
  const { password } = new URL(cable.url);
  if (password) unspeakable.set('the database password', password);
});

afterAll(async () => {
  await program.end('SIGKILL');
  await Promise.all([telegram.stop(), slack.close(), cable.close()]);
  data.remove();
});

let ids = 3000;
const person = (name: string): Person => telegram.person({ id: ++ids, name: secret(name), language_code: 'en' });

async function joins(who: Person): Promise<string> {
  await who.says('join');
  const shown = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/.exec((await who.gets(/Your code/)).text)?.[0] ?? '';
  unspeakable.set(`a code of ${ids}`, shown).set(`a plain code of ${ids}`, shown.replaceAll('-', ''));
  return shown;
}

async function credits(ben: Person, code: string, amount: number): Promise<void> {
  await ben.says(`credit ${code} ${amount}`);
  await ben.gets(`Give ${amount} points`, { timeoutMs: 20_000 });
  await ben.presses(`Give ${amount} points`);
  await ben.gets('New balance', { timeoutMs: 20_000 });
}

async function openShop(): Promise<Person> {
  const [, ownerCode = ''] = await program.prints(/start own_([0-9A-Z]{16})/);
  const [olga, ben] = [person('Olga %'), person('Ben %')];
  unspeakable.set('the owner code', ownerCode);
  await olga.opens(`own_${ownerCode}`);
  await olga.gets('You own');
  await olga.says('team invite staff');
  const invitation = invitationIn((await olga.gets('Your invitation')).text);
  unspeakable.set('an invitation', invitation.slice(4));
  await ben.opens(invitation);
  await ben.gets('Welcome to the team');
  return ben;
}

/** What people write that the program can't make sense of, or the database can't keep. */
async function nonsense(ben: Person, anna: Person): Promise<void> {
  for (const text of [
    'tell me about %',
    'credit % 5',
    '/credit %',
    'undo %',
    'member %',
    'accept %',
    'start inv_%',
    'language %',
    'history %',
  ]) {
    await ben.says(secret(text));
    await ben.gets();
  }
  // No client sends these, but nothing keeps them from coming.
  for (const text of ['accept a\u0000 %', 'credit \u0000%', 'hello \u0000 %', 'accept \ud800 %', '%'.padEnd(10_000, 'x')]) {
    await anna.says(secret(text));
    await anna.gets();
  }
  const odd = person('Nul\u0000 % \ud800');
  await odd.says('join');
  expect((await odd.gets()).text).toContain('Welcome, Nul\ufffd ');
  await anna.sharesContact(secret('+358-%'));
  telegram.pushes(anna.id, 'message', { text: secret('no sender %'), from: 7, chat: { id: anna.id } });
  telegram.pushes(anna.id, 'message', {
    message_id: 1,
    text: { odd: secret('%') },
    from: anna.user,
    chat: { id: anna.id, type: 'private' },
  });
  telegram.pushes(anna.id, 'message', secret('%'));
  telegram.pushes(anna.id, 'callback_query', {
    id: 5,
    data: secret('%'),
    message: { chat: { id: anna.id, first_name: secret('%') } },
  });
}

/** The database says no to what nobody has thought of, and quotes the row that it would not take. */
async function surprises(ben: Person, code: string): Promise<void> {
  await asOwner(ownUrl, async (client) => {
    await client.query("ALTER TABLE person ADD CONSTRAINT surprise CHECK (name NOT LIKE '%surprise%')");
    await client.query("ALTER TABLE sale ADD CONSTRAINT surprise CHECK (receipt NOT LIKE '%surprise%')");
    await client.query("ALTER TABLE conversation ADD CONSTRAINT surprise CHECK (answers::text NOT LIKE '%surprise%')");
  });
  const newcomer = person('surprise %');
  for (const text of ['join', 'language en', 'accept surprise']) {
    await newcomer.says(text);
    await newcomer.gets();
  }
  await ben.says(`credit ${code} 3 ${secret('surprise-%')}`);
  await ben.gets('Sorry, something went wrong');
}

async function messengerTroubles(ben: Person, code: string, anna: Person): Promise<void> {
  telegram.next('sendMessage', { status: 500 });
  telegram.next('editMessageText', { status: 429, retryAfter: 1 });
  await credits(ben, code, 11);
  telegram.next('sendMessage', { cut: true });
  telegram.next('editMessageText', { dropReply: true });
  await credits(ben, code, 12);
  telegram.next('getUpdates', { status: 502 });
  await anna.gets('+12 points', { timeoutMs: 20_000 });
  telegram.next('sendMessage', { status: 400 });
  await ben.says('help');
  await until('the refused reply', () => program.err().includes('Telegram refused a reply'));
  await credits(ben, code, 15);
  await anna.gets('+15 points', { timeoutMs: 20_000 });
  await telegram.goesAway();
  await sleep(300);
  await telegram.comesBack();
}

async function slackTroubles(): Promise<void> {
  const carl = slack.person(secret('Carl %'));
  await carl.says('join');
  await until('a card on Slack', () => carl.sees().some(({ text }) => /Your code/.test(text)));
  slack.faults.next('chat.postMessage', { kind: 'error', error: 'fatal_error' });
  await carl.says(secret('what is %'));
  slack.faults.next('chat.postMessage', { kind: 'drop' });
  slack.faults.next('users.info', { kind: 'status', status: 500 });
  await carl.says(secret('and %'));
  await carl.commands('/regulars', secret('credit %'));
  await slack.tellEvent({
    type: 'message',
    channel_type: 'im',
    channel: carl.chat,
    user: carl.id,
    text: { odd: secret('%') },
    ts: '1.2',
  });
  slack.refreshSockets();
}

async function databaseTrouble(ben: Person, code: string): Promise<void> {
  await cable.cut();
  const said = ben.says(secret('lost %'));
  await slack.person(secret('Dora %')).says(secret('hidden %'));
  await sleep(1_200);
  await cable.mend();
  await said;
  await ben.gets(() => true, { timeoutMs: 20_000 });
  await credits(ben, code, 13);
}

const expected = [
  'an event failed',
  'Telegram refused a reply',
  'a message could not be sent, or may not have been',
  'polling waits',
  'an update waits',
  'an update was put aside',
  'an event from Slack could not be read',
  'a reply could not be shown in Slack',
  'a database connection broke',
  'the database is away',
  'the queue does not answer; what is due waits in the database',
];

test('a bad day at the debug level: no token, no name, no code, and nothing that a person wrote', {
  timeout: 60_000,
}, async () => {
  const ben = await openShop();
  const anna = person('Anna %');
  const code = await joins(anna);
  await credits(ben, code, 10);
  await nonsense(ben, anna);
  await surprises(ben, code);
  await messengerTroubles(ben, code, anna);
  await slackTroubles();
  const gone = person('Gone %');
  const goneCode = await joins(gone);
  await gone.deactivates();
  await credits(ben, goneCode, 14);
  await databaseTrouble(ben, code);
  expect(await program.end('SIGINT')).toBe(0);

  const lines = program.err().trim().split('\n');
  const logged = lines.map((line) => JSON.parse(line) as { level: number; msg: string });
  // The day was as bad as meant.
  const sentences = new Set(logged.map(({ msg }) => msg.replace(/:.*/, '')));
  for (const sentence of expected) expect(sentences).toContain(sentence);
  for (const [what, text] of unspeakable) {
    const found = lines.filter((line) => line.toLowerCase().includes(text.toLowerCase()));
    expect(found, what).toEqual([]);
  }
});
