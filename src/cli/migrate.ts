import { readConfig } from '../config.ts';
import { migrate } from '../database/migrate.ts';
import { databaseOf } from './database.ts';

/** Brings the database up to date. */
export async function run(_args: string[], json: boolean): Promise<number> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const database = await databaseOf(readConfig(process.env), { share: true, log });
  try {
    const applied = await migrate({ url: database.url, log });
    process.stdout.write(
      json
        ? `${JSON.stringify({ applied })}\n`
        : `${applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`}\n`,
    );
  } finally {
    await database.stop();
  }
  return 0;
}
