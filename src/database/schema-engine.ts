import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { type Migration, prismaFolder, readMigrations } from './migrations.ts';

/** Prisma's schema engine at work on one database. */
export type Engine = {
  /** Applies what is not applied yet; each script in one transaction. Returns the names. */
  apply(): Promise<string[]>;
  /** Declares an interrupted migration as not applied, so that `apply` runs it again. */
  forget(name: string): Promise<void>;
  /** The SQL that would make the database what the schema says; empty when it already is. */
  diff(schema: string): Promise<string>;
  /** Ends its connections, which would otherwise stay for a while. */
  close(): Promise<void>;
};

const listOf = (baseDir: string, migrations: Migration[]): MigrationList => ({
  baseDir,
  lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
  shadowDbInitScript: '',
  migrationDirectories: migrations.map(({ name, script }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } },
  })),
});

// The engine asks PostgreSQL's catalogue for kinds of constraints in a type of one byte that the adapter does not know: they are
// read as text and handed over as characters.
const oneByte = ['constraint_type', 'confdeltype', 'confupdtype'];
const asText = (sql: string): string =>
  sql
    .replace('constr.contype AS', 'constr.contype::text AS')
    .replace(/\bcon\.(confdeltype|confupdtype),/g, 'con.$1::text AS $1,');

// The adapter cuts a script at every semicolon, which no function body survives. Sent whole, PostgreSQL runs it as one
// transaction: a script that fails, or that a crash interrupts, leaves nothing behind.
type Connections = { factory: SqlMigrationAwareDriverAdapterFactory; close: () => Promise<void> };

async function connections(url: string): Promise<Connections> {
  const [{ PrismaPg }, { default: pg }, { ColumnTypeEnum, DriverAdapterError }] = await Promise.all([
    import('@prisma/adapter-pg'),
    import('pg'),
    import('@prisma/driver-adapter-utils'),
  ]);
  const factory = new PrismaPg({ connectionString: url, max: 1, connectionTimeoutMillis: 5_000 });
  const connect = factory.connect.bind(factory);
  const open: { dispose: () => Promise<void> }[] = [];
  factory.connect = async () => {
    const adapter = await connect();
    open.push(adapter);
    adapter.executeScript = async (script) => {
      try {
        await adapter.underlyingDriver().query(script);
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
        const { code = 'N/A', severity = 'N/A', message, detail, column, hint } = error;
        throw new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint });
      }
    };
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw({ ...query, sql: asText(query.sql) });
      const columnTypes = result.columnTypes.map((type, at) =>
        oneByte.includes(result.columnNames[at] ?? '') ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    return adapter;
  };
  return { factory, close: async () => void (await Promise.all(open.map((adapter) => adapter.dispose()))) };
}

// Node has it; the types belong to browsers, which this program is not written for.
type Instantiate = (code: Uint8Array, imports: object) => Promise<{ instance: { exports: Record<string, unknown> } }>;
const { WebAssembly } = globalThis as unknown as { WebAssembly: { instantiate: Instantiate } };

// Once per process: the package's glue serves a single instance.
let loading: Promise<typeof SchemaEngine> | undefined;

async function load(): Promise<typeof SchemaEngine> {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const code = readFileSync(join(dirname(entry), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(code, { './schema_engine_bg.js': glue });
  // Where the engine leaves its last words before it traps.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => process.stderr.write(`${message}\n`) },
  });
  (glue as unknown as { __wbg_set_wasm: (wasm: object) => void }).__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return glue.SchemaEngine;
}

async function start(factory: SqlMigrationAwareDriverAdapterFactory, schema: string): Promise<SchemaEngine> {
  loading ??= load();
  const [loaded, { bindMigrationAwareSqlAdapterFactory }] = await Promise.all([loading, import('@prisma/driver-adapter-utils')]);
  return loaded.new({ datamodels: [['schema.prisma', schema]] }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
}

const nothing = { externalTables: [], externalEnums: [] };

/**
 * Loads Prisma's schema engine (an internal package of Prisma, pinned exactly) for one database and one folder of migrations.
 * @throws what the engine says when a script fails
 */
export async function openEngine(url: string, folder: string): Promise<Engine> {
  const schema = readFileSync(join(prismaFolder(), 'schema.prisma'), 'utf8');
  const { factory, close } = await connections(url);
  const engine = await start(factory, schema);
  const migrationsList = listOf(folder, readMigrations(folder));
  return {
    close,
    apply: async () => (await engine.applyMigrations({ migrationsList, filters: nothing })).appliedMigrationNames,
    forget: (migrationName) => engine.markMigrationRolledBack({ migrationName }).then(() => {}),
    async diff(wanted) {
      const files = [{ path: 'schema.prisma', content: wanted }];
      const { stdout } = await engine.diff({
        from: { tag: 'schemaDatasource', files, configDir: folder },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: null,
        filters: { ...nothing, externalTables: ['public._prisma_migrations'] },
      });
      return stdout === null || stdout.startsWith('-- This is an empty migration') ? '' : stdout;
    },
  };
}
