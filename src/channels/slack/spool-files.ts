import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';

// A file whose owner is gone: on this machine by its process id, elsewhere (a shared folder) because nobody has touched it for a minute.
const touchEveryMs = 15_000;
const abandonedAfterMs = 60_000;

const ending = '.events';
const host = hostname().replace(/[^\w-]/g, '-');
const owned = new Set<string>();

/** The name of a file that belongs to this process until it is released; kept fresh meanwhile. */
export function claimFile(prefix: string): { path: string; release(remove: boolean): Promise<void> } {
  const path = `${prefix}.${host}.${process.pid}${ending}`;
  owned.add(basename(path));
  const touching = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), touchEveryMs).unref();
  return {
    path,
    async release(remove) {
      clearInterval(touching);
      if (remove) await rm(path, { force: true });
      owned.delete(basename(path));
    },
  };
}

/** Hands over the files whose processes have ended, one after the other, and removes each when `take` has resolved. */
export async function adoptOrphans(dir: string, take: (path: string) => Promise<void>): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.endsWith(ending) || !(await isAbandoned(dir, name))) continue;
    // Whoever renames it has it. Its name says so until it is taken, so that neither a second taker nor a crash meanwhile does harm.
    const ours = `${name.split('.')[0]}.${host}.${process.pid}${ending}`;
    owned.add(ours);
    try {
      const isOurs = await rename(join(dir, name), join(dir, ours)).then(
        () => true,
        () => false,
      );
      if (!isOurs) continue;
      await utimes(join(dir, ours), new Date(), new Date());
      await take(join(dir, ours));
      await rm(join(dir, ours), { force: true });
    } finally {
      owned.delete(ours);
    }
  }
}

async function isAbandoned(dir: string, name: string): Promise<boolean> {
  if (owned.has(name)) return false;
  const [, owner = '', pid = ''] = name.split('.');
  if (owner === host && !isAlive(Number(pid))) return true;
  const age = await stat(join(dir, name)).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  return age > abandonedAfterMs;
}

function isAlive(pid: number): boolean {
  // Our own id on a file that is not ours is that of an earlier process in a container.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
