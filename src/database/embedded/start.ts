import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { findBinaries } from './binaries.ts';
import { placesIn, prepareCluster } from './cluster.ts';
import { EmbeddedError } from './error.ts';
import { lockFolder } from './lock.ts';
import { adopt, launch, sharedUrl, stopServer, urlOf } from './server.ts';
import { requireReach, serverUser } from './user.ts';

/** A running database. `stop` ends it cleanly and gives the data folder back; it may be called more than once. */
export type Embedded = { url: string; stop: () => Promise<void> };

type Options = {
  /** Folder for everything that is kept; made when missing. */
  dataDir: string;
  log: (line: string) => void;
  /** When another process of ours runs the database: use it with that process instead of refusing (short commands). */
  share?: boolean;
  /** PostgreSQL settings on top of ours. */
  settings?: Record<string, string>;
};

function openFolder(dataDir: string): string {
  try {
    // Others may pass through (the server's user has to, when we are root) and see nothing.
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    writeFileSync(join(dataDir, '.writable'), '');
    rmSync(join(dataDir, '.writable'));
    return realpathSync(dataDir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new EmbeddedError(
      `The data folder ${resolve(dataDir)} cannot be written (${code}): set DATA_DIR to a folder that you may write, or set DATABASE_URL.`,
      {
        cause: error,
      },
    );
  }
}

async function ensureDatabase(port: number, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(port, password, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = 'regulars'");
    if (rowCount === 0) await client.query('create database regulars');
  } finally {
    await client.end();
  }
}

/**
 * Starts the PostgreSQL that came with npm, on 127.0.0.1 only, or takes over the one that a killed run left behind.
 * The server outlives this process unless `stop` is called.
 * @throws EmbeddedError with a sentence that says what to do
 */
export async function startEmbedded({ dataDir: wanted, log, share = false, settings = {} }: Options): Promise<Embedded> {
  const dataDir = openFolder(wanted);
  const at = placesIn(dataDir);
  const as = serverUser();
  const binaries = findBinaries(as);
  requireReach(dataDir, as);
  const lock = await lockFolder(dataDir);
  if (!('release' in lock)) {
    const shared = share ? await sharedUrl(dataDir) : null;
    if (shared !== null) return { url: shared, stop: async () => {} };
    throw new EmbeddedError(
      `The data folder ${dataDir} is in use by process ${lock.pid}${share ? ', which is only starting or stopping' : ''}: stop that one first, give this one another DATA_DIR, or set DATABASE_URL to run several processes.`,
    );
  }
  try {
    const password = await prepareCluster(dataDir, binaries, as, log);
    const port = (await adopt(dataDir, log)) ?? (await launch(dataDir, binaries, as, settings));
    await ensureDatabase(port, password);
    let stopping: Promise<void> | undefined;
    const stop = () => (stopping ??= stopServer(at.cluster, binaries, as).finally(lock.release));
    return { url: urlOf(port, password), stop };
  } catch (error) {
    lock.release();
    throw error;
  }
}
