import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { checksumsOf, prismaFolder, readMigrations } from './migrations.ts';

type Options = {
  url: string;
  log: (line: string) => void;
  /** Where the migrations are; `prisma/migrations` of this package. */
  folder?: string;
};

/** The migrations and the database do not fit together. The message says which and what to do. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

type Row = { name: string; checksum: string; finished: boolean };

// Any number will do as long as everybody uses the same: it spells "rglr".
const lockKey = 0x72676c72;

async function appliedIn(client: pg.Client): Promise<Row[]> {
  const { rows: tables } = await client.query("select to_regclass('_prisma_migrations') is not null as there");
  if (!tables[0]?.there) return [];
  const { rows } = await client.query<Row>(
    `select migration_name as name, checksum, finished_at is not null as finished
       from _prisma_migrations where rolled_back_at is null order by started_at`,
  );
  return rows;
}

// The schema engine takes a third of a second to load: it is asked only when there is something to do.
async function applySchema(
  client: pg.Client,
  { url, log, folder = join(prismaFolder(), 'migrations') }: Options,
): Promise<string[]> {
  const migrations = readMigrations(folder);
  const rows = await appliedIn(client);
  const done = new Map(rows.filter((row) => row.finished).map((row) => [row.name, row.checksum]));
  for (const { name, script } of migrations) {
    const checksum = done.get(name);
    if (checksum === undefined || checksumsOf(script).includes(checksum)) continue;
    throw new MigrationError(
      `The migration ${name} was changed after it had been applied to this database: restore the file and put the change into a new migration.`,
    );
  }
  for (const name of done.keys()) {
    if (!migrations.some((migration) => migration.name === name))
      log(`the database knows a migration of a newer release: ${name}`);
  }
  if (migrations.every(({ name }) => done.has(name))) return [];
  const { openEngine } = await import('./schema-engine.ts');
  const engine = await openEngine(url, folder);
  try {
    // Scripts run as one transaction, so one that was begun and not finished has left nothing: it is run again.
    for (const { name } of rows.filter((row) => !row.finished)) await engine.forget(name);
    return await engine.apply();
  } catch (error) {
    throw new MigrationError(`The database could not be migrated: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    await engine.close();
  }
}

/**
 * Brings the database up to date: our tables by Prisma's schema engine, then BullMQ's (for deployments whose queue is PostgreSQL).
 * Several starts at once wait for each other. With nothing to do it takes a few milliseconds.
 * @returns the names of the migrations that were applied now
 * @throws MigrationError
 */
export async function migrate(options: Options): Promise<string[]> {
  const client = new pg.Client({
    connectionString: options.url,
    connectionTimeoutMillis: 5_000,
    application_name: 'regulars migrate',
  });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    const applied = await applySchema(client, options);
    const { runMigrations } = await import('bullmq');
    await runMigrations(client);
    return applied;
  } finally {
    await client.end();
  }
}

/**
 * What is missing in a migrated database, as SQL that would bring it to `schema` (by default prisma/schema.prisma); empty: nothing.
 * Checks, triggers, functions and rights are out of Prisma's sight and not compared.
 */
export async function diffSchema({ url, schema }: { url: string; schema?: string }): Promise<string> {
  const { openEngine } = await import('./schema-engine.ts');
  const engine = await openEngine(url, join(prismaFolder(), 'migrations'));
  try {
    return await engine.diff(schema ?? readFileSync(join(prismaFolder(), 'schema.prisma'), 'utf8'));
  } finally {
    await engine.close();
  }
}
