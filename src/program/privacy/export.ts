import type { Context, Statement } from '../context.ts';
import { personalData } from './personal-data.ts';

const whose: Statement = {
  name: 'export_whose',
  text: `SELECT people, cards_of(people, (SELECT id FROM member WHERE person_id = $1)) AS cards FROM people_of($1) AS people`,
};

const statementOf = (table: string, rows: string, more: string): Statement => ({
  name: `export_${table}`,
  text: `SELECT coalesce(jsonb_agg(to_jsonb(t) - $3::text[] || ${more} ORDER BY t.ctid), '[]') AS rows
    FROM ${table} t CROSS JOIN (SELECT $1::int[] AS people, $2::int[] AS cards) me WHERE ${rows}`,
});

const statements = Object.entries(personalData).map(([table, { rows, hidden = [], more = `'{}'::jsonb` }]) => ({
  table,
  hidden,
  statement: statementOf(table, rows, more),
}));

/** Everything the program keeps about somebody, by table, as the database keeps it: times in UTC, money in minor units. */
export type Exported = { about: { shop: string; at: string }; data: Record<string, unknown[]> };

/** Reads what is kept about a person, all of it. Keys, hashes and who else was there are left out. */
export async function exportOf(
  { db, now }: Pick<Context, 'db' | 'now'>,
  { personId, shop }: { personId: number; shop: string },
): Promise<Exported> {
  const [{ people = [], cards = [] } = {}] = await db.run<{ people: number[]; cards: number[] }>(whose, [personId]);
  const data: Record<string, unknown[]> = {};
  for (const { table, hidden, statement } of statements) {
    const [found] = await db.run<{ rows: unknown[] }>(statement, [people, cards, hidden]);
    data[table] = found?.rows ?? [];
  }
  return { about: { shop, at: now.toISOString() }, data };
}
