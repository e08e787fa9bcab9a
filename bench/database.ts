import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../src/database/embedded/start.ts';
import { migrate } from '../src/database/migrate.ts';

/** A server of its own with the settings of a real deployment (what is committed survives a power cut). */
export type BenchServer = {
  /** A migrated database without rows. Returns its address. */
  fresh(): Promise<string>;
  /** Stops the server and removes its files. */
  close(): Promise<void>;
};

const open = new Set<() => Promise<void>>();

/** Stops what a case that failed or was interrupted has left running: a server outlives the process that started it. */
export const closeServers = async (): Promise<void> => {
  await Promise.all([...open].map((close) => close()));
};

/** Starts a database server in a temporary folder. Call `close`. */
export async function startBenchServer(): Promise<BenchServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'regulars-bench-'));
  // The server's user has to pass through.
  chmodSync(dataDir, 0o711);
  const server = await startEmbedded({ dataDir, log: () => {} });
  const close = async () => {
    open.delete(close);
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  open.add(close);
  const at = (database: string) => Object.assign(new URL(server.url), { pathname: `/${database}` }).href;
  const onServer = async (sql: string) => {
    const client = new pg.Client({ connectionString: at('postgres') });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  let count = 0;
  await onServer('create database bench_template');
  await migrate({ url: at('bench_template'), log: () => {} });
  return {
    async fresh() {
      count += 1;
      await onServer(`create database bench_${count} template bench_template`);
      return at(`bench_${count}`);
    },
    close,
  };
}
