import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, startOf } from './process.ts';

/** Who holds a data folder. `started` tells a process from a later one that was given the same number. */
type Holder = { id: string; pid: number; started: string | null; host: string };

/** A held lock: `release` is idempotent and never removes somebody else's. */
export type FolderLock = { release: () => void };

// Processes of another container cannot be seen from here, only the lock they touch.
const heartbeatMs = 3_000;
const foreignStaleMs = 12_000;

const read = (path: string): { text: string; touchedAgoMs: number } | null => {
  try {
    return { text: readFileSync(path, 'utf8'), touchedAgoMs: Date.now() - statSync(path).mtimeMs };
  } catch {
    return null;
  }
};

const parse = (text: string): Holder | null => {
  try {
    const found = JSON.parse(text) as Partial<Holder>;
    return typeof found.pid === 'number' ? (found as Holder) : null;
  } catch {
    return null;
  }
};

function holds(holder: Holder | null, touchedAgoMs: number): boolean {
  // Half-written: its writer has a moment to finish.
  if (holder === null) return touchedAgoMs < 1_000;
  if (holder.host !== hostname()) return touchedAgoMs < foreignStaleMs;
  if (!isAlive(holder.pid)) return false;
  const started = startOf(holder.pid);
  return started === null || holder.started === null || started === holder.started;
}

// Renaming first makes sure that what is removed is what was judged: between reading and removing, another start may have
// taken the stale lock's place.
function removeStale(path: string, judged: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== judged) linkSync(aside, path);
  } catch {
    // Somebody else was faster; the next look tells who.
  }
  rmSync(aside, { force: true });
}

const create = (path: string, text: string): boolean => {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

function hold(path: string, text: string): FolderLock {
  const beat = setInterval(() => {
    try {
      if (readFileSync(path, 'utf8') === text) utimesSync(path, new Date(), new Date());
    } catch {
      // The folder was taken away; there is nothing left to protect.
    }
  }, heartbeatMs).unref();
  return {
    release() {
      clearInterval(beat);
      if (read(path)?.text === text) rmSync(path, { force: true });
    },
  };
}

/**
 * Takes the data folder for this process. A lock whose process is gone (killed, or its number given to another process) is taken over.
 * @returns the lock, or the pid and host of the process that holds it
 */
export async function lockFolder(dataDir: string): Promise<FolderLock | { pid: number; host: string }> {
  const path = join(dataDir, 'regulars.lock');
  const mine: Holder = { id: randomUUID(), pid: process.pid, started: startOf(process.pid), host: hostname() };
  const text = JSON.stringify(mine);
  const until = Date.now() + foreignStaleMs + heartbeatMs;
  for (;;) {
    if (create(path, text)) {
      // A late `removeStale` of another start puts a fresh lock back; only who is still there after a moment has it.
      await sleep(15);
      if (read(path)?.text === text) return hold(path, text);
    }
    const found = read(path);
    if (found === null) continue;
    const holder = parse(found.text);
    if (!holds(holder, found.touchedAgoMs)) removeStale(path, found.text);
    else if (holder !== null && (holder.host === hostname() || Date.now() > until)) return { pid: holder.pid, host: holder.host };
    else await sleep(100);
  }
}
