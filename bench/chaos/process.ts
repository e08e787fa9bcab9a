import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Tuning } from '../../src/jobs/tuning.ts';
import { type RedisServer, startRedis } from '../../test/jobs/redis-server.ts';
import { waitFor } from './waiting.ts';

export type Variables = Readonly<Record<string, string>>;
/** What an experiment changes of the program: `perSecond` is Telegram's free limit. */
export type Tuned = Partial<Tuning> & { perSecond?: number };

// The compiled experiments lie one folder deeper than their sources.
function rootOf(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(dirname(folder));
}
const root = rootOf(import.meta.dirname);

/** A process of the built program. */
export type Running = {
  /** It has said that it runs. Throws with what it said when it has ended by itself. */
  up(): boolean;
  /** What it has printed. */
  said(): string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
};

const open = new Set<{ kill(): Promise<void> }>();

/** A Redis of its own. Ended with everything else. */
export async function startOwnRedis(): Promise<RedisServer> {
  const redis = await startRedis();
  const entry = { kill: redis.remove };
  open.add(entry);
  return {
    ...redis,
    async remove() {
      open.delete(entry);
      await redis.remove();
    },
  };
}

/** Kills what an experiment that failed or was interrupted has left running. */
export const killAll = async (): Promise<void> => {
  await Promise.all([...open].map((one) => one.kill()));
};

const startWithinMs = 60_000;

/** Starts the built program. Nothing but `variables` reaches it, and what `tuned` says of numbers that no configuration sets. */
export function startProcess(part: 'start' | 'worker', variables: Variables, tuned: Tuned = {}): Running {
  const { PATH = '', HOME = '' } = process.env;
  const dataDir = mkdtempSync(join(tmpdir(), 'regulars-chaos-'));
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', join(root, 'bench', 'chaos', 'tune.mjs'), join(root, 'dist', 'main.js'), part],
    {
      cwd: dataDir,
      env: { PATH, HOME, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn', ...variables, CHAOS_TUNING: JSON.stringify(tuned) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  const hear = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-20_000);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const gone = once(child, 'close');
  const over = (): boolean => child.exitCode !== null || child.signalCode !== null;
  let killed = false;
  const running: Running = {
    up() {
      if (over() && !killed) throw new Error(`a process ended by itself; it said ${said}`);
      return !over() && said.includes('Ctrl-C stops it');
    },
    said: () => said,
    async kill() {
      killed = true;
      if (!over()) child.kill('SIGKILL');
      await gone;
      open.delete(running);
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  open.add(running);
  return running;
}

/** Waits until it runs. Throws with what it said when it ends before. */
export async function isUp(running: Running): Promise<void> {
  await waitFor(`a process to start; it said ${running.said()}`, running.up, startWithinMs);
}
