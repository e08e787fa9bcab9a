import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MigrationError, migrate } from '../../src/database/migrate.ts';
import { prismaFolder, readMigrations } from '../../src/database/migrations.ts';
import { freshUrl } from '../support/database.ts';

const told: string[] = [];
const log = (line: string) => told.push(line);
const ours = readMigrations(join(prismaFolder(), 'migrations')).map(({ name }) => name);

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

describe('migrate', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'regulars-migrations-'));
    told.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const add = (name: string, script: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'migration.sql'), script);
  };

  it('applies everything to an empty database, once, and the queue’s tables with it', async () => {
    const url = await freshUrl({ empty: true });
    expect(await migrate({ url, log })).toEqual(ours);
    expect(await migrate({ url, log })).toEqual([]);
    expect(await query(url, 'select count(*)::int as n from _prisma_migrations')).toEqual([{ n: ours.length }]);
    expect(await query(url, "select to_regclass('bullmq.job') is not null as there")).toEqual([{ there: true }]);
  });

  it('lets only one of two starts at once do the work', async () => {
    const url = await freshUrl({ empty: true });
    const both = await Promise.all([migrate({ url, log }), migrate({ url, log })]);
    expect(both.flat()).toEqual(ours);
  });

  it('is quick when there is nothing to do', async () => {
    const url = await freshUrl();
    await migrate({ url, log });
    const before = performance.now();
    await migrate({ url, log });
    expect(performance.now() - before).toBeLessThan(500);
  });

  it('leaves nothing behind of a script that fails, and runs it again once it is right', async () => {
    const url = await freshUrl({ empty: true });
    add('1_first', 'create table first (id int);');
    add('2_second', 'create table second (id int); insert into nowhere values (1);');
    await expect(migrate({ url, log, folder })).rejects.toThrow(/nowhere/);
    expect(
      await query(url, "select to_regclass('first') is not null as first, to_regclass('second') is not null as second"),
    ).toEqual([{ first: true, second: false }]);
    add('2_second', 'create table second (id int);');
    expect(await migrate({ url, log, folder })).toEqual(['2_second']);
  });

  it('refuses a script that was changed after it had been applied', async () => {
    const url = await freshUrl({ empty: true });
    add('1_first', 'create table first (\n  id int\n);');
    await migrate({ url, log, folder });
    add('1_first', 'create table first (\r\n  id int\r\n);');
    expect(await migrate({ url, log, folder })).toEqual([]);
    add('1_first', 'create table first (id bigint);');
    const error = await migrate({ url, log, folder }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MigrationError);
    expect(String(error)).toContain('1_first');
  });

  it('starts on a database that a newer release has migrated further, and says so', async () => {
    const url = await freshUrl({ empty: true });
    add('1_first', 'create table first (id int);');
    add('2_newer', 'create table newer (id int);');
    await migrate({ url, log, folder });
    rmSync(join(folder, '2_newer'), { recursive: true });
    expect(await migrate({ url, log, folder })).toEqual([]);
    expect(told.join()).toContain('2_newer');
  });
});
