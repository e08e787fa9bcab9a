import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../src/database/client.ts';
import { isDatabaseDown, refusalIn } from '../../src/database/errors.ts';
import { Refusal } from '../../src/program/refusal.ts';
import { freshDatabase } from '../support/database.ts';

const raise = (detail: string) =>
  `do $$ begin raise exception using errcode = 'RG001', message = 'tooMuch', detail = '${detail}'; end $$`;

describe('openDatabase', () => {
  let db: OpenDatabase & { url: string };
  beforeAll(async () => {
    db = await freshDatabase();
  });
  afterAll(() => db.close());

  it('works with the rights of regulars_app, in both doors', async () => {
    expect(await db.run({ name: 'who', text: 'select current_user::text as role' }, [])).toEqual([{ role: 'regulars_app' }]);
    expect(await db.prisma.$queryRaw`select current_user::text as role`).toEqual([{ role: 'regulars_app' }]);
  });

  it('gives bigints as numbers and times as dates in `run`, and leaves Prisma its own types', async () => {
    const text = 'select $1::int8 as n, array[1, null, 3]::int8[] as many, $2::timestamptz as at, null::int8 as none';
    const at = new Date('2026-01-02T03:04:05.678Z');
    expect(await db.run({ name: 'kinds', text }, [42, at])).toEqual([{ n: 42, many: [1, null, 3], at, none: null }]);
    expect(await db.prisma.$queryRaw`select 42::int8 as n`).toEqual([{ n: 42n }]);
  });

  it('prepares a statement once per connection', async () => {
    const client = await openDatabase({ url: db.url, max: 1 });
    for (const n of [1, 2, 3]) await client.run({ name: 'once', text: 'select $1::int as n' }, [n]);
    expect(
      await client.run({ name: 'look', text: `select count(*) as n from pg_prepared_statements where name = 'once'` }, []),
    ).toEqual([{ n: 1 }]);
    await client.close();
  });

  it('turns RG001 into a Refusal with its parameters', async () => {
    const error = await db.run({ name: 'raise', text: raise('{"left": 5}') }, []).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ code: 'tooMuch', params: { left: 5 } });
    const bare = await db.run({ name: 'raise bare', text: raise('') }, []).catch((thrown: unknown) => thrown);
    expect(bare).toMatchObject({ code: 'tooMuch', params: {} });
  });

  it('finds a refusal inside what Prisma throws', async () => {
    const error = await db.prisma.$executeRawUnsafe(raise('{"left": 7}')).catch((thrown: unknown) => thrown);
    expect(refusalIn(error)).toMatchObject({ code: 'tooMuch', params: { left: 7 } });
    expect(isDatabaseDown(error)).toBe(false);
  });

  it('passes other errors on', async () => {
    const error = await db.run({ name: 'wrong', text: 'select 1 / 0' }, []).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: '22012' });
    expect(isDatabaseDown(error)).toBe(false);
  });
});

describe('isDatabaseDown', () => {
  it('knows a connection that is cut, for both doors, and comes back afterwards', async () => {
    const db = await freshDatabase({ max: 1 });
    const cut = async () => {
      const server = new pg.Client({ connectionString: inject('serverUrl') });
      await server.connect();
      await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
        new URL(db.url).pathname.slice(1),
      ]);
      await server.end();
    };
    const long = db.run({ name: 'long', text: 'select pg_sleep(10)' }, []).catch((thrown: unknown) => thrown);
    await sleep(100);
    await cut();
    const byRun = await long;
    expect(isDatabaseDown(byRun), String(byRun)).toBe(true);
    const longPrisma = db.prisma.$executeRaw`select pg_sleep(10)`.catch((thrown: unknown) => thrown);
    await sleep(100);
    await cut();
    const byPrisma = await longPrisma;
    expect(isDatabaseDown(byPrisma), String(byPrisma)).toBe(true);
    expect(await db.run({ name: 'back', text: 'select 1 as one' }, [])).toEqual([{ one: 1 }]);
    await db.close();
  });

  it('knows a pool without a free connection', async () => {
    const db = await freshDatabase({ max: 1 });
    const held = await db.pool.connect();
    const [error, byPrisma] = await Promise.all([
      db.run({ name: 'late', text: 'select 1' }, []).catch((thrown: unknown) => thrown),
      db.prisma.person.count().catch((thrown: unknown) => thrown),
    ]);
    held.release();
    await db.close();
    expect(isDatabaseDown(error), String(error)).toBe(true);
    expect(isDatabaseDown(byPrisma), String(byPrisma)).toBe(true);
  });

  it('knows a server that is not there', async () => {
    const error = await openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/none', max: 1 }).catch((thrown: unknown) => thrown);
    expect(isDatabaseDown(error)).toBe(true);
    expect(isDatabaseDown(new Error('no'))).toBe(false);
    expect(isDatabaseDown(undefined)).toBe(false);
  });
});
