import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/database/embedded/start.ts';
import { migrate } from '../../src/database/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the test run's server, in its database `postgres`. */
    serverUrl: string;
  }
}

const prefix = 'regulars-tests-';
const log = () => {};

// A run that was killed has left its server running; what is in use by another run is left alone.
async function clearLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const dataDir = join(tmpdir(), name);
    try {
      // A run that begins at this moment has not locked its folder yet.
      if (Date.now() - statSync(dataDir).mtimeMs < 120_000) continue;
      await (await startEmbedded({ dataDir, log })).stop();
      rmSync(dataDir, { recursive: true, force: true });
    } catch {
      // In use, or somebody else's.
    }
  }
}

/** One server for the whole run, with a migrated database to copy; `freshDatabase` makes the copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await clearLeftovers();
  const dataDir = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(dataDir, 0o711);
  // Nothing here has to survive a power cut.
  const settings = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    // Hundreds of small databases that live for seconds: going round them takes more than it saves.
    autovacuum: 'off',
    max_connections: '200',
    file_copy_method: 'copy',
  };
  const server = await startEmbedded({ dataDir, log, settings });
  const teardown = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const at = (database: string) => Object.assign(new URL(server.url), { pathname: `/${database}` }).href;
    const client = new pg.Client({ connectionString: at('postgres') });
    await client.connect();
    await client.query('create database template_migrated');
    await migrate({ url: at('template_migrated'), log });
    await client.end();
    project.provide('serverUrl', at('postgres'));
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}
