import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { EmbeddedError } from './error.ts';
import { type RunAs, runProgram } from './process.ts';

/** The places inside a data folder that belong to the database. */
export const placesIn = (dataDir: string) => ({
  cluster: join(dataDir, 'postgres'),
  unfinished: join(dataDir, 'postgres.new'),
  password: join(dataDir, 'postgres-password'),
  log: join(dataDir, 'postgres.log'),
});

const own = (path: string, as: RunAs) => {
  if (as.uid !== undefined && as.gid !== undefined) chownSync(path, as.uid, as.gid);
};

// A password, although only this machine can connect: on loopback every local user is a stranger, and `trust` would let each of
// them be the database's owner.
function keptPassword(path: string, as: RunAs): string {
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600 });
  chmodSync(path, 0o600);
  own(path, as);
  return readFileSync(path, 'utf8').trim();
}

/**
 * Makes the database's files on the first start; looks at them on later ones.
 * @returns the owner's password
 * @throws EmbeddedError when they were made by another major version, or cannot be made
 */
export async function prepareCluster(
  dataDir: string,
  binaries: Binaries,
  as: RunAs,
  log: (line: string) => void,
): Promise<string> {
  const at = placesIn(dataDir);
  const versionFile = join(at.cluster, 'PG_VERSION');
  if (existsSync(versionFile)) {
    const made = readFileSync(versionFile, 'utf8').trim();
    if (made === binaries.major) return keptPassword(at.password, as);
    throw new EmbeddedError(
      `The data in ${at.cluster} was made by PostgreSQL ${made}, and this release brings ${binaries.major}: go back to the release you had, dump the data with pg_dump, and load it into an empty DATA_DIR.`,
    );
  }
  log('making the database (first start)');
  // Made aside and renamed when complete: a first start that was interrupted is simply begun again.
  rmSync(at.unfinished, { recursive: true, force: true });
  mkdirSync(at.unfinished, { mode: 0o700 });
  own(at.unfinished, as);
  const password = keptPassword(at.password, as);
  const flags = [
    `--pgdata=${at.unfinished}`,
    '--username=regulars',
    `--pwfile=${at.password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same order and letter case on every machine, whatever its C library knows.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ];
  const { code, said } = await runProgram(binaries.initdb, flags, as, at.unfinished);
  if (code !== 0)
    throw new EmbeddedError(`The database could not be made in ${dataDir}: ${lastLine(said)} (or set DATABASE_URL).`);
  renameSync(at.unfinished, at.cluster);
  return password;
}

/** The last thing that a program said, without its name and level. */
export const lastLine = (said: string): string =>
  said
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '')
    ?.replace(/^[^:]*: (error|fatal): /i, '')
    .trim() ?? 'no reason was given';

/** What the server runs with; `settings` are added last and win. */
export function writeSettings(dataDir: string, port: number, as: RunAs, settings: Record<string, string>): void {
  const path = join(placesIn(dataDir).cluster, 'postgresql.conf');
  const all: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    // Socket paths have a length that deep folders exceed, and loopback serves as well.
    unix_socket_directories: '',
    max_connections: '60',
    shared_buffers: '64MB',
    // One small server that nobody replicates from: the least log that survives a power cut.
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '512MB',
    checkpoint_timeout: '15min',
    log_checkpoints: 'off',
    // In files rather than in /dev/shm, which some containers make small or closed.
    dynamic_shared_memory_type: 'mmap',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  const note = '# Written anew at every start. Settings of your own go into custom.conf beside this file.';
  writeFileSync(path, [note, ...lines, "include_if_exists = 'custom.conf'", ''].join('\n'), { mode: 0o600 });
  own(path, as);
}
