import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type App, startApp } from '../../src/app.ts';
import type { Log } from '../../src/chat/channel.ts';
import { readConfig } from '../../src/config.ts';
import { type OpenDatabase, openDatabase } from '../../src/database/client.ts';
import { freshUrl } from './database.ts';
import type { FakeSlack } from './fake-slack/index.ts';
import type { FakeTelegram } from './fake-telegram/index.ts';

/** Variables for the program; nothing else of the surroundings reaches it. */
export type Variables = Readonly<Record<string, string>>;

export const onTelegram = (fake: FakeTelegram): Variables => ({
  TELEGRAM_BOT_TOKEN: fake.token,
  TELEGRAM_API_ROOT: fake.apiRoot,
});

export const onSlack = (fake: FakeSlack, mode: 'socket' | 'http' = 'socket'): Variables => ({
  SLACK_BOT_TOKEN: fake.botToken,
  SLACK_API_URL: fake.apiUrl,
  ...(mode === 'socket' ? { SLACK_APP_TOKEN: fake.appToken } : { SLACK_SIGNING_SECRET: fake.signingSecret }),
});

/** A folder for data that the server's user can reach, also when we are root. */
export function dataFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'regulars-data-'));
  chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Asks again and again until the answer is no longer undefined or false. Rejects with what was waited for when it takes too long. */
export async function until<Answer>(
  what: string,
  ask: () => Answer | Promise<Answer>,
  timeoutMs = 15_000,
): Promise<Exclude<Answer, undefined | false>> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(20)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer as Exclude<Answer, undefined | false>;
  }
  throw new Error(`waited ${timeoutMs} ms for ${what}`);
}

export type Logged = { level: string; facts: object; sentence: string };
export type Program = Awaited<ReturnType<typeof startProgram>>;

/**
 * The whole program in this process, as `npm start` composes it, on a fresh database unless `DATABASE_URL` is given. `peek` is a
 * connection of the test's own, which goes to `peekUrl` when there is something between the program and its database.
 */
export async function startProgram(variables: Variables, { peekUrl }: { peekUrl?: string } = {}) {
  const databaseUrl = variables['DATABASE_URL'] ?? (await freshUrl());
  const data = dataFolder();
  const config = readConfig({
    DATABASE_URL: databaseUrl,
    APP_SECRET: 'only for these tests',
    DATA_DIR: data.path,
    PORT: '0',
    SHOP_NAME: 'Café Liepa',
    TIMEZONE: 'Europe/Helsinki',
    ...variables,
  });
  const logged: Logged[] = [];
  const note = (level: string) => (facts: object, sentence: string) => void logged.push({ level, facts, sentence });
  const log: Log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const peek: OpenDatabase = await openDatabase({ url: peekUrl ?? databaseUrl, max: 2 });
  const app: App = await startApp({ config, databaseUrl, log, part: 'all' });
  const origin = `http://127.0.0.1:${app.port}`;
  const ready = async () => (await fetch(`${origin}/readyz`)).status === 200;
  return {
    app,
    origin,
    logged,
    peek,
    databaseUrl,
    /** What the program called an error: nothing, unless something is broken. */
    errors: () => logged.filter(({ level }) => level === 'error'),
    ready: () => until('readiness', ready),
    async stop() {
      await app.stop();
      await peek.close();
      data.remove();
    },
  };
}

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export type Spawned = ReturnType<typeof spawnProgram>;

/** The built program as a process of its own. `cwd` is where it looks for `.env`. */
export function spawnProgram(args: readonly string[], variables: Variables, { cwd = tmpdir() } = {}) {
  const { PATH = '', HOME = '' } = process.env;
  const child: ChildProcess = spawn(process.execPath, [main, ...args], { cwd, env: { PATH, HOME, ...variables } });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const over = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid,
    out: () => out,
    err: () => err,
    /** Types on its keyboard, which is none of a terminal. */
    types: (keys: string): void => void child.stdin?.write(keys),
    hangsUp: (): void => void child.stdin?.end(),
    /** The exit code; null after a signal. */
    ended,
    /** Resolves with what a pattern finds in what was printed. Rejects when the process ends before. */
    async prints(pattern: RegExp, timeoutMs = 20_000): Promise<RegExpExecArray> {
      return until(
        `${pattern} from ${args.join(' ')}; it said ${err} ${out}`,
        () => {
          const found = pattern.exec(out) ?? undefined;
          if (!found && over()) throw new Error(`the program ended (${child.exitCode}): ${err} ${out}`);
          return found;
        },
        timeoutMs,
      );
    },
    /** Sends a signal and waits for the end. */
    async end(signal: NodeJS.Signals): Promise<number | null> {
      if (!over()) child.kill(signal);
      return ended;
    },
  };
}

/** Runs a command of the built program to its end. */
export async function runCommand(args: readonly string[], variables: Variables, options: { cwd?: string } = {}) {
  const program = spawnProgram(args, variables, options);
  const code = await program.ended;
  return { code, out: program.out(), err: program.err(), json: () => JSON.parse(program.out()) as Record<string, unknown> };
}
