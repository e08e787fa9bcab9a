import type { Config } from '../config.ts';
import { type OpenDatabase, openDatabase } from '../database/client.ts';
import { migrate } from '../database/migrate.ts';

/** Where the database is: the one that is configured, or the embedded one, started or shared. `stop` stops only what was started here. */
export async function databaseOf(
  config: Config,
  options: { share: boolean; log(line: string): void },
): Promise<{ url: string; stop(): Promise<void> }> {
  if (config.databaseUrl) return { url: config.databaseUrl, stop: async () => undefined };
  const { startEmbedded } = await import('../database/embedded/start.ts');
  return startEmbedded({ dataDir: config.dataDir, share: options.share, log: options.log });
}

/** Runs a short command on a migrated database, beside a running program if there is one. */
export async function withDatabase<Result>(config: Config, work: (db: OpenDatabase) => Promise<Result>): Promise<Result> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const place = await databaseOf(config, { share: true, log });
  try {
    await migrate({ url: place.url, log });
    const db = await openDatabase({ url: place.url, max: 4 });
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  } finally {
    await place.stop();
  }
}
