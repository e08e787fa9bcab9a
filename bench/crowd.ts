import type pg from 'pg';

/** Members with a chat who agreed to offers, their ids one after the other, written in one go: what they would be made by is measured elsewhere. */
export async function fillCrowd(pool: pg.Pool, { from, upto }: { from: number; upto: number }): Promise<void> {
  const client = await pool.connect();
  try {
    // Without foreign keys, the first tier of everybody and what triggers keep of them, one by one.
    await client.query('SET session_replication_role = replica');
    for (const text of [
      `INSERT INTO person (id, name, language, created_at, marketing) SELECT n, 'm' || n, CASE WHEN n % 3 = 0 THEN 'fi' ELSE 'en' END, now(), true FROM generate_series($1::int, $2::int) n`,
      `INSERT INTO address (person_id, channel, user_id, chat_id, used_at) SELECT n, 'telegram', n, n, now() FROM generate_series($1::int, $2::int) n`,
      `INSERT INTO member (id, person_id, code, joined_at) SELECT n, n, lpad(n::text, 9, '0'), now() FROM generate_series($1::int, $2::int) n`,
      `INSERT INTO wallet (member_id, head) SELECT n, '' FROM generate_series($1::int, $2::int) n`,
      `INSERT INTO member_fact (member_id, open, joined_at, birthday, points, tier, language, marketing, channels, tags, first_at, last_at, visits, spent_minor, shop)
        SELECT * FROM facts_of($1, $2)`,
    ])
      await client.query(text, [from, upto]);
    await client.query('RESET session_replication_role');
    await client.query('VACUUM ANALYZE');
  } finally {
    client.release();
  }
}
