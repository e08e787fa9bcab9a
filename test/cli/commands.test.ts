import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { codeHash } from '../../src/program/codes.ts';
import { freshDatabase, freshUrl } from '../support/database.ts';
import { asOwner } from '../support/ledger.ts';
import { dataFolder, freePort, runCommand, type Variables } from '../support/program.ts';

const data = dataFolder();
let opened: Awaited<ReturnType<typeof freshDatabase>>;
let variables: Variables;

beforeAll(async () => {
  opened = await freshDatabase({ max: 2 });
  variables = { DATABASE_URL: opened.url, APP_SECRET: 'only for these tests', DATA_DIR: data.path, TIMEZONE: 'Europe/Helsinki' };
});
afterAll(async () => {
  await opened.close();
  data.remove();
});

const run = (args: string, more: Variables = {}) => runCommand(args.split(' '), { ...variables, ...more }, { cwd: data.path });

describe.concurrent('what can be mended is said in a sentence, without a stack', () => {
  test('every wrong variable at once', async () => {
    const wrong = {
      PORT: '99999',
      CURRENCY: 'EURO',
      TIMEZONE: 'Mars/Olympus',
      LOG_LEVEL: 'loud',
      TELEGRAM_BOT_TOKEN: 'hunter2 is no token',
      SLACK_APP_TOKEN: 'xapp-1',
      DATABASE_URL: 'mysql://somewhere',
      APP_SECRET: '',
    };
    const { code, out, err } = await run('start', wrong);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(/^The configuration needs your attention:\n/);
    const named = ['PORT', 'CURRENCY', 'TIMEZONE', 'LOG_LEVEL', 'TELEGRAM_BOT_TOKEN', 'SLACK_BOT_TOKEN'];
    for (const name of [...named, 'DATABASE_URL', 'APP_SECRET']) expect(err).toContain(name);
    expect(err).not.toContain('hunter2');
    expect(err).not.toMatch(/^\s+at /m);
  });

  test.each([
    ['fly', /^There is no command "fly"\. There are: start, web, worker, migrate, import, verify, owner-code, setup/],
    ['verify --jsno', /^Unknown option '--jsno'/],
    ['import', /^Which file\? npm run cli -- import purchases\.csv/],
    ['import nowhere.csv', /^There is no file nowhere\.csv\./],
  ])('%s', async (args, sentence) => {
    const { code, err } = await run(args);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(sentence) });
    expect(err).not.toMatch(/^\s+at /m);
  });

  test.each(['127.0.0.1', 'localhost'])('a database that is not there (%s)', async (host) => {
    const port = await freePort();
    const { code, err } = await run('verify', { DATABASE_URL: `postgresql://me:secret@${host}:${port}/shop` });
    expect(code).toBe(1);
    expect(err).toBe(`Nothing answers at port ${port}: is the database (DATABASE_URL) running?\n`);
  });

  test('a wrong password for the database', async () => {
    const url = Object.assign(new URL(opened.url), { password: 'guessed' }).href;
    const { code, err } = await run('start', { DATABASE_URL: url, PORT: '0' });
    expect(code).toBe(1);
    expect(err).toBe('The database refuses this user or password: check DATABASE_URL.\n');
    expect(err).not.toContain('guessed');
    expect(err).not.toMatch(/^\s+at /m);
  });

  test('help names the commands', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('owner-code, setup, slack-manifest') });
  });
});

test('owner-code prints a code of which only the hash is kept', async () => {
  const { code, out, json } = await run('owner-code --json');
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(1);
  const made = json() as { code: string; text: string; expiresAt: string };
  expect(made.text).toBe(`start own_${made.code}`);
  const kept = await opened.prisma.invitation.findMany();
  expect(kept.map(({ codeHash: hash }) => Buffer.from(hash).toString('hex'))).toEqual([
    Buffer.from(codeHash(made.code)).toString('hex'),
  ]);
  expect(JSON.stringify(kept)).not.toContain(made.code);
  expect((await run('owner-code')).out).toMatch(/once, within 24 hours:\n\n {2}start own_[0-9A-Z]{16}\n/);
});

test('import says what it did, again does nothing, and puts rejected rows into a file', async () => {
  const file = join(data.path, 'purchases.csv');
  writeFileSync(file, 'member,date,amount,receipt\nanna,2026-03-01,12.50,R1\nben,2026-03-02,x,R2\nanna,2026-03-03,7.50,R3\n');
  const first = await run(`import ${file} --json`);
  expect(first.err).toBe('');
  expect(first.code).toBe(0);
  const rejectedFile = join(data.path, 'purchases.rejected.csv');
  expect(first.json()).toMatchObject({
    rows: 3,
    imported: 2,
    rejected: 1,
    known: 0,
    points: 20,
    amountMinor: 2000,
    rejectedFile,
  });
  expect(readFileSync(rejectedFile, 'utf8')).toMatch(/ben,2026-03-02,x,R2/);
  rmSync(rejectedFile);
  writeFileSync(file, 'member,date,amount,receipt\nanna,2026-03-01,12.50,R1\nanna,2026-03-03,7.50,R3\n');
  expect((await run(`import ${file}`)).out).toBe(
    '2 rows: 0 imported, 2 known already, 0 rejected.\n1 member, €20.00, 20 points.\n',
  );
  expect(existsSync(rejectedFile)).toBe(false);
});

test('verify: a right ledger is 0, a wrong one 1 with the offending rows', async () => {
  const right = await run('verify --json');
  expect({ code: right.code, ...right.json() }).toMatchObject({ code: 0, ok: true, members: 1, points: 20, problems: [] });
  await asOwner(opened.url, async (client) => {
    await client.query('SET session_replication_role = replica');
    await client.query('UPDATE wallet SET balance = balance + 5');
  });
  const wrong = await run('verify --json');
  expect(wrong.code).toBe(1);
  expect(wrong.json()).toMatchObject({
    ok: false,
    problems: expect.arrayContaining([expect.objectContaining({ table: 'wallet', found: '25' })]),
  });
  const told = await run('verify');
  expect(told.out).toMatch(/things? (?:is|are) off\.\n {2}wallet \d+ \(member \d+\): .*found 25, expected 20/);
});

test('a database that does not exist is said so', async () => {
  const { code, err } = await run('verify', { DATABASE_URL: Object.assign(new URL(opened.url), { pathname: '/nowhere' }).href });
  expect({ code, err }).toEqual({
    code: 1,
    err: 'There is no such database on that server: make it, or correct DATABASE_URL.\n',
  });
});

test('migrate brings an empty database up to date, and then has nothing to do', async () => {
  const empty = { DATABASE_URL: await freshUrl({ empty: true }) };
  const { applied } = (await run('migrate --json', empty)).json();
  expect(applied).toEqual(expect.arrayContaining([expect.stringMatching(/^\d{14}_ledger$/)]));
  expect((await run('migrate', empty)).out).toBe('The database is up to date.\n');
  expect(await migrate({ url: empty.DATABASE_URL, log: () => undefined })).toEqual([]);
});

test('slack-manifest prints what Slack takes, for the way that is configured', async () => {
  const socket = (await run('slack-manifest', { SHOP_NAME: 'Kahvila' })).json() as Record<string, Record<string, unknown>>;
  expect(socket['display_information']).toMatchObject({ name: 'Kahvila' });
  expect(socket['settings']).toMatchObject({ socket_mode_enabled: true });
  const http = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'secret', PUBLIC_URL: 'https://loyalty.example' };
  const { out } = await run('slack-manifest', http);
  expect(JSON.parse(out)).toMatchObject({ settings: { socket_mode_enabled: false } });
  expect(out).toContain('https://loyalty.example/slack/events');
  expect(out).toContain('/regulars');
  expect(out).not.toContain('xoxb-1');
});
