import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBinaries } from '../../src/database/embedded/binaries.ts';
import { EmbeddedError } from '../../src/database/embedded/error.ts';
import { lockFolder } from '../../src/database/embedded/lock.ts';
import { isAlive, startOf } from '../../src/database/embedded/process.ts';
import { type Embedded, startEmbedded } from '../../src/database/embedded/start.ts';

const isRoot = process.getuid?.() === 0;
const told: string[] = [];
const log = (line: string) => told.push(line);
let dataDir: string;
let running: Embedded[] = [];
let children: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'regulars-embedded-'));
  chmodSync(dataDir, 0o711);
  told.length = 0;
});

afterEach(async () => {
  await Promise.all(children.map(end));
  await Promise.all(running.map(({ stop }) => stop()));
  const server = serverPid();
  if (server !== null && isAlive(server)) await (await startEmbedded({ dataDir, log })).stop();
  running = [];
  children = [];
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(more: { share?: boolean } = {}): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir, log, ...more });
  running.push(embedded);
  return embedded;
}

const refusal = async (attempt: Promise<unknown> = start()): Promise<string> => {
  const error = await attempt.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EmbeddedError);
  return (error as Error).message;
};

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

const pidFile = () => join(dataDir, 'postgres', 'postmaster.pid');
const serverPid = (): number | null => (existsSync(pidFile()) ? Number(readFileSync(pidFile(), 'utf8').split('\n')[0]) : null);

/** Another process that starts the database; resolves with what it says first: its address or why not. */
async function holder(): Promise<{ child: ChildProcess; said: () => string }> {
  const child = spawn(process.execPath, ['test/support/hold-database.mjs', dataDir], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let all = '';
  child.stdout?.on('data', (chunk: Buffer) => (all += chunk.toString()));
  while (!/^(url|\w*Error): /m.test(all)) {
    if (child.exitCode !== null)
      throw new Error('The other process ended without a word. Is the build up to date (npm run build)?');
    await sleep(20);
  }
  return { child, said: () => all };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = ended(child);
  child.kill('SIGKILL');
  await gone;
}

const ended = (child: ChildProcess) => new Promise<number | null>((done) => child.on('exit', (code) => done(code)));

describe('starting and stopping', () => {
  it('makes a database, listens on this machine only, keeps the data over a restart, and is quick', async () => {
    const begun = performance.now();
    const first = await start();
    expect(performance.now() - begun).toBeLessThan(8_000);
    expect(await query(first.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(first.url, 'show fsync')).toEqual([{ fsync: 'on' }]);
    expect(new URL(first.url).password.length).toBeGreaterThan(20);
    const open = Object.assign(new URL(first.url), { password: 'guess' }).href;
    await expect(query(open, 'select 1')).rejects.toThrow(/password/);
    await query(first.url, "create table kept as select 'Ünïcode' as word");
    await Promise.all([first.stop(), first.stop()]);
    expect(serverPid()).toBeNull();
    const again = performance.now();
    const second = await start();
    expect(performance.now() - again).toBeLessThan(3_000);
    expect(await query(second.url, 'select word from kept')).toEqual([{ word: 'Ünïcode' }]);
  });

  it('begins anew after a first start that was interrupted', async () => {
    mkdirSync(join(dataDir, 'postgres.new', 'base'), { recursive: true });
    expect(await query((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('takes another port when its own is busy', async () => {
    const busy = createServer();
    // Somebody else may already have it, which serves as well.
    await new Promise<void>((done) => busy.once('error', () => done()).listen(54_329, '127.0.0.1', done));
    const { url } = await start();
    expect(new URL(url).port).not.toBe('54329');
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    busy.close();
  });

  it('is not torn down by Ctrl-C before it has been stopped in order', async () => {
    const { child, said } = await holder();
    process.kill(-(child.pid ?? 0), 'SIGINT');
    expect(await ended(child)).toBe(0);
    expect(said()).toContain('stopped');
    expect(serverPid()).toBeNull();
  });
});

describe('after a kill -9', () => {
  it('takes over the server that lives on, with its data', async () => {
    const { child, said } = await holder();
    const url = /^url: (.*)$/m.exec(said())?.[1] ?? '';
    await query(url, 'create table kept as select 7 as n');
    await end(child);
    const server = serverPid();
    const { url: taken, stop } = await start();
    expect(serverPid()).toBe(server);
    expect(taken).toBe(url);
    expect(told.join()).toContain(String(server));
    expect(await query(taken, 'select n from kept')).toEqual([{ n: 7 }]);
    await stop();
    expect(isAlive(server ?? 0)).toBe(false);
  });

  it('recovers when the server was killed too', async () => {
    const { child, said } = await holder();
    await query(/^url: (.*)$/m.exec(said())?.[1] ?? '', 'create table kept as select 8 as n');
    const server = serverPid() ?? 0;
    await end(child);
    process.kill(server, 'SIGKILL');
    while (isAlive(server)) await sleep(20);
    expect(await query((await start()).url, 'select n from kept')).toEqual([{ n: 8 }]);
  });

  it.skipIf(process.platform !== 'linux')('is not fooled by a process that was given the old server’s number', async () => {
    await (await start()).stop();
    const other = spawn('sleep', ['60']);
    children.push(other);
    writeFileSync(pidFile(), `${other.pid}\n${join(dataDir, 'postgres')}\n1\n1\n\n127.0.0.1\n0 0\nready\n`);
    expect(await query((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('who holds the folder', () => {
  it('lets one of several starts at once win; the others say which process it is', async () => {
    const all = await Promise.all([holder(), holder(), holder()]);
    const winners = all.filter(({ said }) => said().includes('url: '));
    expect(winners).toHaveLength(1);
    const losers = all.filter((one) => !winners.includes(one));
    for (const { said } of losers) expect(said()).toContain(`in use by process ${winners[0]?.child.pid}`);
    expect(await refusal()).toMatch(new RegExp(`process ${winners[0]?.child.pid}.*another DATA_DIR.*DATABASE_URL`));
  });

  it('shares the running database with a short command that asks for it', async () => {
    const { child, said } = await holder();
    const { url, stop } = await start({ share: true });
    expect(said()).toContain(url);
    await stop();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(child.exitCode).toBeNull();
  });

  const dead = { id: 'x', started: 'long ago', host: hostname() };
  it.each([
    ['of a process that is gone', () => JSON.stringify({ ...dead, pid: 2 ** 22 - 3 })],
    ['of a process whose number was given to another', () => JSON.stringify({ ...dead, pid: process.ppid })],
    ['that was cut off', () => '{"pid":'],
  ])('takes over a lock %s', async (_, text) => {
    expect(startOf(process.ppid)).not.toBe('long ago');
    const path = join(dataDir, 'regulars.lock');
    writeFileSync(path, text());
    const lock = await lockFolder(dataDir);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(await lockFolder(dataDir)).toEqual({ pid: process.pid, host: hostname() });
    if ('release' in lock) lock.release();
    expect(existsSync(path)).toBe(false);
  });

  it('gives the folder back when the start fails', async () => {
    mkdirSync(join(dataDir, 'postgres'));
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '12\n');
    expect(await refusal()).toMatch(/made by PostgreSQL 12.*pg_dump/);
    expect(existsSync(join(dataDir, 'regulars.lock'))).toBe(false);
  });
});

describe('where it cannot run', () => {
  it('says so when there is no PostgreSQL for this platform', () => {
    expect(() => findBinaries({}, 'plan9-mips')).toThrow(/plan9-mips.*DATABASE_URL/);
  });

  it('says so when the folder cannot be written', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    expect(await refusal(startEmbedded({ dataDir: join(dataDir, 'file', 'data'), log }))).toMatch(/cannot be written.*DATA_DIR/);
  });

  it.skipIf(!isRoot)('says so when we are root and the server’s user cannot come to the folder', async () => {
    const closed = join(dataDir, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const message = await refusal(startEmbedded({ dataDir: join(closed, 'data'), log }));
    expect(message).toMatch(/root.*cannot enter .*closed to reach the data folder.*DATA_DIR.*DATABASE_URL/);
  });
});
