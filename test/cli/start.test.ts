import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshUrl } from '../support/database.ts';
import { startFakeSlack } from '../support/fake-slack/index.ts';
import { startFakeTelegram } from '../support/fake-telegram/index.ts';
import {
  dataFolder,
  freePort,
  onSlack,
  onTelegram,
  runCommand,
  type Spawned,
  spawnProgram,
  type Variables,
} from '../support/program.ts';

const data = dataFolder();
let port: number;
let program: Spawned;

const start = (variables: Variables = {}) => spawnProgram(['start'], variables, { cwd: data.path });
const command = (args: string, variables: Variables = {}) => runCommand(args.split(' '), variables, { cwd: data.path });

/** As a newcomer: an empty folder, nothing configured but a free port, in .env. */
beforeAll(async () => {
  port = await freePort();
  writeFileSync(join(data.path, '.env'), `PORT=${port}\nSHOP_NAME='Kahvila Ässä'\nDEFAULT_LANGUAGE=fi\n`);
  program = start();
  await program.prints(/Ctrl-C stops it/);
});
afterAll(async () => {
  await program.end('SIGINT');
  data.remove();
});

describe('a first start with nothing but Node', () => {
  test('says what is running, where the playground is, how to connect messengers, and the owner’s code', async () => {
    const out = program.out();
    expect(out).toContain('Kahvila Ässä');
    expect(out).toContain(`http://localhost:${port}/`);
    expect(out).toContain(join(data.path, 'data'));
    expect(out).toMatch(/Telegram .*@BotFather/);
    expect(out).toMatch(/Slack .*npm run cli -- setup/);
    expect(out).toMatch(/start own_[0-9A-Z]{16}/);
    expect(program.err()).not.toMatch(/"level":[45]0/);
    expect(program.err()).not.toMatch(/own_/);
    const page = await fetch(`http://localhost:${port}/`);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect((await fetch(`http://localhost:${port}/readyz`)).status).toBe(200);
  });

  test('a second start in the same folder says who has it, at once', async () => {
    const { code, err } = await command('start', { PORT: '0' });
    expect(code).toBe(1);
    expect(err).toContain(`is in use by process ${program.pid}: stop that one first`);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  test('short commands work beside it', async () => {
    writeFileSync(join(data.path, 'x.csv'), 'member,date,amount\nanna,2026-03-01,12.50\nben,2026-03-02,7\n');
    expect((await command('import x.csv --json')).json()).toMatchObject({ imported: 2, members: 2, points: 19 });
    expect((await command('owner-code --json')).json()).toMatchObject({ text: expect.stringMatching(/^start own_/) });
    expect((await command('verify --json')).json()).toMatchObject({ ok: true, members: 2, points: 19 });
    expect((await fetch(`http://localhost:${port}/readyz`)).status).toBe(200);
  });

  test('Ctrl-C stops it cleanly, with its database; without it commands work too, and a second start finds everything', async () => {
    expect(await program.end('SIGINT')).toBe(0);
    expect(program.err()).not.toMatch(/"level":[45]0/);
    expect(existsSync(join(data.path, 'data', 'postgres', 'postmaster.pid'))).toBe(false);
    expect(existsSync(join(data.path, 'data', 'regulars.lock'))).toBe(false);
    expect((await command('verify --json')).json()).toMatchObject({ ok: true, members: 2, points: 19 });
    expect(existsSync(join(data.path, 'data', 'postgres', 'postmaster.pid'))).toBe(false);
    program = start();
    await program.prints(/Ctrl-C stops it/);
    expect((await command('verify --json')).json()).toMatchObject({ ok: true, members: 2, points: 19 });
    expect(await program.end('SIGTERM')).toBe(0);
  });
});

describe('a start that can’t be', () => {
  test('a busy port: a sentence, exit code 1, and nothing goes on running behind it', async () => {
    const telegram = await startFakeTelegram();
    const slack = await startFakeSlack();
    const busy = createServer().listen(0);
    const taken = (busy.address() as { port: number }).port;
    const given = {
      DATABASE_URL: await freshUrl(),
      APP_SECRET: 'only for these tests',
      DATA_DIR: data.path,
      PORT: String(taken),
    };
    const { code, err } = await command('start', { ...given, ...onTelegram(telegram), ...onSlack(slack), PLAYGROUND: 'on' });
    expect(code).toBe(1);
    expect(err).toContain(`Port ${taken} is in use by another program: stop that one, or set PORT to a free one.\n`);
    expect(err).not.toMatch(/^\s+at /m);
    // The socket's end reaches the other side a moment after the process is gone.
    await expect.poll(() => slack.isConnected()).toBe(false);
    busy.close();
    await Promise.all([telegram.stop(), slack.close()]);
  });

  test('a token that nobody knows: it runs, says so, and is not ready', async () => {
    const telegram = await startFakeTelegram();
    const free = await freePort();
    const given = { DATABASE_URL: await freshUrl(), APP_SECRET: 'only for these tests', DATA_DIR: data.path, PORT: String(free) };
    const wrong = start({
      ...given,
      ...onTelegram(telegram),
      TELEGRAM_BOT_TOKEN: '110201543:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    });
    await wrong.prints(/Ctrl-C stops it/);
    expect(wrong.out()).toMatch(/Telegram +not connected: Telegram does not know the bot token/);
    const ready = await fetch(`http://localhost:${free}/readyz`);
    expect(ready.status).toBe(503);
    expect(((await ready.json()) as { parts: Record<string, unknown> }).parts).toMatchObject({ database: true, queue: true });
    expect(await wrong.end('SIGINT')).toBe(0);
    expect(wrong.err()).toContain('Telegram does not know the bot token');
    expect(wrong.err()).not.toContain('110201543:AAAA');
    await telegram.stop();
  });
});

test('web and worker apart do together what one process does', async () => {
  const telegram = await startFakeTelegram();
  const free = await freePort();
  const given = {
    DATABASE_URL: await freshUrl(),
    APP_SECRET: 'only for these tests',
    DATA_DIR: data.path,
    ...onTelegram(telegram),
  };
  const web = spawnProgram(['web'], { ...given, PORT: String(free) }, { cwd: data.path });
  const worker = spawnProgram(['worker'], { ...given, PORT: '0' }, { cwd: data.path });
  const [, code = ''] = await web.prints(/start own_([0-9A-Z]{16})/);
  await worker.prints(/Ctrl-C stops it/);
  expect(worker.out()).not.toContain('own_');
  expect(web.out()).toMatch(/Telegram +connected/);
  const [olga, anna] = [1, 2].map((id) => telegram.person({ id, name: `Person ${id}`, language_code: 'en' }));
  await olga?.opens(`own_${code}`);
  await olga?.gets('You own Kahvila Ässä now');
  await anna?.says('join');
  const card = (await anna?.gets('Your code'))?.text ?? '';
  await olga?.says(`credit ${/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/.exec(card)?.[0]} 5`);
  await olga?.gets('Give 5 points');
  await olga?.presses('Give 5 points');
  await anna?.gets('+5 points');
  expect(await Promise.all([web.end('SIGTERM'), worker.end('SIGTERM')])).toEqual([0, 0]);
  expect(telegram.mistakes).toEqual([]);
  await telegram.stop();
});
