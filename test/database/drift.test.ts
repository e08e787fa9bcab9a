import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it } from 'vitest';
import { diffSchema } from '../../src/database/migrate.ts';
import { prismaFolder } from '../../src/database/migrations.ts';
import { freshUrl } from '../support/database.ts';

it('finds no difference between the migrations and schema.prisma', async () => {
  expect(await diffSchema({ url: await freshUrl() })).toBe('');
});

it('would find a column that only schema.prisma has', async () => {
  const schema = readFileSync(join(prismaFolder(), 'schema.prisma'), 'utf8');
  const more = schema.replace('model Person {', 'model Person {\n  shoeSize Int @map("shoe_size")');
  expect(await diffSchema({ url: await freshUrl(), schema: more })).toMatch(/ALTER TABLE "person" ADD COLUMN\s+"shoe_size"/);
});

it('would find a column, a table and a foreign key that only the migrations have', async () => {
  const url = await freshUrl();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    'alter table person add column shoe_size int; create table extra (id int primary key); alter table wallet drop constraint wallet_member_id_fkey',
  );
  await client.end();
  const found = await diffSchema({ url });
  expect(found).toMatch(/DROP COLUMN "shoe_size"/);
  expect(found).toMatch(/DROP TABLE "extra"/);
  expect(found).toMatch(/wallet_member_id_fkey/);
});
