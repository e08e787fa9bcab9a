import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../src/database/client.ts';
import { urlOf } from '../../src/database/embedded/server.ts';
import { type FakeTelegram, type Person, type Seen, startFakeTelegram } from '../support/fake-telegram/index.ts';
import { dataFolder, onTelegram, runCommand, type Spawned, spawnProgram, until, type Variables } from '../support/program.ts';
import { seeded } from '../support/seeded.ts';
import { invitationIn } from './telegram-shop.ts';

const credits = 500;
const tills = 5;
/** With a chat; and as many that were imported, who have nobody to be told. */
const customersCount = 30;
const kills = 6;
const random = seeded(20_261_121);
const patience = { timeoutMs: 30_000 };

const data = dataFolder();
let telegram: FakeTelegram;
let variables: Variables;
let program: Spawned;
let peek: OpenDatabase;

/** One purchase; no two have the same amount, so that a sale and a message can be told from every other. */
type Purchase = { amountMinor: number; customer: { person?: Person; code: string } };

/** The database that the program started for itself, and that lives on when the program is killed. */
function ownDatabase(): Promise<OpenDatabase> {
  const [, , , port] = readFileSync(join(data.path, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  const password = readFileSync(join(data.path, 'postgres-password'), 'utf8').trim();
  return openDatabase({ url: urlOf(Number(port), password), max: 2 });
}

const start = (): Spawned => spawnProgram(['start'], variables, { cwd: data.path });

let staff: Person[];
let customers: Purchase['customer'][];

async function openShop(ownerCode: string): Promise<void> {
  const olga = telegram.person({ id: 1001, name: 'Olga', language_code: 'en' });
  await olga.opens(`own_${ownerCode}`);
  await olga.gets('You own Café Liepa now');
  staff = [];
  for (let at = 0; at < tills; at++) {
    const clerk = telegram.person({ id: 1100 + at, name: `Clerk ${at}`, language_code: 'en' });
    await olga.says('team invite staff');
    await clerk.opens(invitationIn((await olga.gets('Your invitation')).text));
    await clerk.gets('Welcome to the team');
    staff.push(clerk);
  }
}

async function customerJoins(_: unknown, at: number): Promise<Purchase['customer']> {
  const person = telegram.person({ id: 2000 + at, name: `Customer ${at}`, language_code: 'en' });
  await person.says('join');
  const card = await person.gets(/Your code/, patience);
  return { person, code: /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/.exec(card.text)?.[0] ?? '' };
}

async function importMembers(): Promise<Purchase['customer'][]> {
  const file = join(data.path, 'members.csv');
  const rows = Array.from({ length: customersCount }, (_, at) => `Imported ${at},2026-01-01,0.01`);
  writeFileSync(file, ['member,date,amount', ...rows, ''].join('\n'));
  const imported = await runCommand(['import', file, '--json'], variables, { cwd: data.path });
  expect(imported.json()).toMatchObject({ imported: customersCount });
  return (await peek.prisma.member.findMany({ where: { personId: null } })).map(({ code }) => ({ code }));
}

beforeAll(async () => {
  telegram = await startFakeTelegram();
  variables = { DATA_DIR: data.path, PORT: '0', SHOP_NAME: 'Café Liepa', ...onTelegram(telegram) };
  program = start();
  const [, ownerCode = ''] = await program.prints(/start own_([0-9A-Z]{16})/);
  peek = await ownDatabase();
  await openShop(ownerCode);
  const joined = await Promise.all(Array.from({ length: customersCount }, customerJoins));
  customers = [...joined, ...(await importMembers())];
});

afterAll(async () => {
  await program.end('SIGINT');
  await peek.close().catch(() => undefined);
  await telegram.stop();
  data.remove();
});

const money = (minor: number): string => `€${(minor / 100).toFixed(2)}`;

/** Credits purchases one after the other, as somebody at a counter does who waits for each answer. */
async function works(clerk: Person, purchases: readonly Purchase[], done: () => void): Promise<void> {
  for (const { amountMinor, customer } of purchases) {
    const about = (word: string) => (seen: Seen) => seen.text.includes(money(amountMinor)) && seen.text.includes(word);
    await clerk.says(`credit ${customer.code} ${(amountMinor / 100).toFixed(2)}`);
    const question = await clerk.gets(about('Balance after'), patience);
    await clerk.presses(question, question.buttons.find(({ label }) => label.startsWith('Give'))?.label ?? '');
    await clerk.gets(about('New balance'), patience);
    done();
  }
}

/** Kills the program with what it holds, lets the minute pass that its leases last, and starts it again. */
async function killAndRestart(): Promise<void> {
  expect(await program.end('SIGKILL')).toBeNull();
  await peek.run(
    { name: 'leases_end', text: "UPDATE delivery SET lease_until = now() WHERE state IN ('claimed', 'sending')" },
    [],
  );
  program = start();
  await program.prints(/Ctrl-C stops it/);
  expect(program.err()).toContain('taking over the database that an earlier run left running');
}

test('killed at random moments during 500 credits: each counts once, and each is told', { timeout: 120_000 }, async () => {
  const purchases = Array.from({ length: credits }, (_, at) => ({
    amountMinor: 100 + at,
    customer: customers[at % customers.length] as Purchase['customer'],
  }));
  let done = 0;
  const working = Promise.all(
    staff.map((clerk, at) =>
      works(
        clerk,
        purchases.filter((_, index) => index % tills === at),
        () => void done++,
      ),
    ),
  );
  const killing = async () => {
    for (let kill = 1; kill <= kills; kill++) {
      const after = Math.floor((credits * kill) / (kills + 1)) + random.whole(-25, 25);
      await until(`credit ${after}`, () => done >= after, 60_000);
      await sleep(random.whole(0, 80));
      await killAndRestart();
    }
  };
  await Promise.all([working, killing()]);

  const sales = await peek.prisma.sale.findMany({ where: { actorId: { not: null } }, orderBy: { amountMinor: 'asc' } });
  expect(sales.map(({ amountMinor }) => Number(amountMinor))).toEqual(purchases.map(({ amountMinor }) => amountMinor));
  const open = () => peek.prisma.delivery.count({ where: { state: { notIn: ['sent', 'dropped'] } } });
  await until('the last message', async () => (await open()) === 0, 60_000);

  let doubled = 0;
  for (const [at, { amountMinor, customer }] of purchases.entries()) {
    if (!customer.person) continue;
    const told = customer.person.messages().filter(({ text }) => text.includes(`your purchase of ${money(amountMinor)}.`));
    expect(told.length, money(amountMinor)).toBeGreaterThan(0);
    expect(told.length, money(amountMinor)).toBeLessThanOrEqual(1 + kills);
    expect(new Set(told.map(({ text }) => text)).size, money(amountMinor)).toBe(1);
    expect(told[0]?.text).toContain(sales[at]?.receipt);
    doubled += told.length - 1;
  }
  // At most what was under way at the moment of each kill (jobs/tuning.ts: eight messages at a time).
  expect(doubled).toBeLessThanOrEqual(kills * 8);
  expect(telegram.mistakes).toEqual([]);

  const verified = await runCommand(['verify', '--json'], variables, { cwd: data.path });
  expect(verified.json()).toMatchObject({ ok: true, problemCount: 0, members: 2 * customersCount });
  expect(verified.code).toBe(0);
});
