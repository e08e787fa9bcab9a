import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedError } from './error.ts';
import type { RunAs } from './process.ts';

const ask = (file: string, args: string[]): string | null => {
  const told = spawnSync(file, args, { encoding: 'utf8' });
  return told.status === 0 ? told.stdout.trim() : null;
};

const idOf = (name: string): RunAs | null => {
  const uid = ask('id', ['-u', name]);
  const gid = ask('id', ['-g', name]);
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
};

/**
 * Who the server runs as: ourselves, or, because PostgreSQL refuses root, the system's user "postgres", made when missing.
 * @throws EmbeddedError when there is no such user and it cannot be made
 */
export function serverUser(): RunAs {
  if (process.getuid?.() !== 0) return {};
  const known = idOf('postgres');
  if (known) return known;
  ask('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  const made = idOf('postgres');
  if (made) return made;
  throw new EmbeddedError(
    'PostgreSQL refuses to run as root, and the user "postgres" could not be made: start as an ordinary user, add a user named postgres, or set DATABASE_URL.',
  );
}

const mayEnter = (folder: string, { uid, gid }: RunAs): boolean => {
  const stat = statSync(folder);
  if (stat.uid === uid) return (stat.mode & 0o100) !== 0;
  return (stat.mode & (stat.gid === gid ? 0o010 : 0o001)) !== 0;
};

/** The folder on the way to `path` that is closed to the server's user, or null. */
export function closedOnTheWay(path: string, as: RunAs): string | null {
  if (as.uid === undefined) return null;
  for (let folder = path; ; folder = dirname(folder)) {
    if (!mayEnter(folder, as)) return folder;
    if (folder === dirname(folder)) return null;
  }
}

/**
 * Makes sure that the server's user can come as far as the data folder.
 * @throws EmbeddedError naming the folder that is closed to it
 */
export function requireReach(dataDir: string, as: RunAs): void {
  const closed = closedOnTheWay(dataDir, as);
  if (closed === null) return;
  throw new EmbeddedError(
    `You are root, so PostgreSQL runs as the user "postgres", who cannot enter ${closed} to reach the data folder ${dataDir}: ` +
      'set DATA_DIR to a folder outside of it (such as /var/lib/regulars/data), start as an ordinary user, or set DATABASE_URL.',
  );
}
