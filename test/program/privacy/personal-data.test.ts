import { afterAll, beforeAll, expect, it } from 'vitest';
import { impersonal, personalData } from '../../../src/program/privacy/personal-data.ts';
import { freshDatabase } from '../../support/database.ts';

let db: Awaited<ReturnType<typeof freshDatabase>>;
beforeAll(async () => {
  db = await freshDatabase({ max: 2 });
});
afterAll(() => db.close());

const columns = () =>
  db.prisma.$queryRaw<{ table_name: string; columns: string[] }[]>`
    SELECT c.table_name::text, array_agg(c.column_name::text) AS columns FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name <> '_prisma_migrations' GROUP BY c.table_name`;

it('decides about every table there is: exported and erased how, or why it says nothing about a customer', async () => {
  const decided = [...Object.keys(personalData), ...Object.keys(impersonal)];
  expect(decided.sort()).toEqual((await columns()).map((one) => one.table_name).sort());
});

it('hides only columns that are there', async () => {
  const known = new Map((await columns()).map((one) => [one.table_name, one.columns]));
  for (const [table, { hidden = [] }] of Object.entries(personalData))
    for (const column of hidden) expect(known.get(table), `${table}.${column}`).toContain(column);
});

it('lets nobody who wrote a person, a member or a chat into a table go unnoticed', async () => {
  const says = /^(person_id|member_id|user_id|chat_id|phone)$/;
  const quiet = (await columns()).filter(
    ({ table_name, columns: names }) => !(table_name in personalData) && names.some((name) => says.test(name)),
  );
  expect(quiet).toEqual([]);
});
