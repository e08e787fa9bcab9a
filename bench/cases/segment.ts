import pg from 'pg';
import { openDatabase } from '../../src/database/client.ts';
import { countSegment } from '../../src/program/segments/count.ts';
import { parseSegment } from '../../src/program/segments/parse.ts';
import { type Case, rounds } from '../case.ts';
import { startBenchServer } from '../database.ts';

const members = 1_000_000;
const now = new Date(Date.UTC(2026, 10, 22, 12));

/** What owners ask for, alone and together. */
const usual = [
  'tier:gold',
  'language:fi',
  'last-visit>30d',
  'visits>=3',
  'spent>100',
  'points>=100',
  'tag:vip',
  'channel:telegram',
  'joined<30d',
  'birthday<7d',
  'tier:gold last-visit>30d language:fi',
  'tier:gold or tag:vip or visits>20',
  'visits>=3 not tag:vip',
  '(tier:gold or points>500) (language:fi or spent>50) agreed',
];

// Without triggers: they would take longer than the rest, and what they would have copied is written here.
const filling = [
  `INSERT INTO person (name, language, created_at, marketing)
    SELECT 'Somebody', (ARRAY['en', 'ru', 'bg', 'fi', 'pl'])[1 + n % 5], $1, n % 2 = 0 FROM generate_series(1, ${members}) n`,
  `INSERT INTO member (person_id, code, joined_at, birthday)
    SELECT n, lpad(n::text, 9, '0'), $1::timestamptz - make_interval(days => n % 900), to_char('2024-01-01'::date + n % 366, 'MM-DD') FROM generate_series(1, ${members}) n`,
  `INSERT INTO wallet (member_id, balance, head) SELECT n, n % 1000, '' FROM generate_series(1, ${members}) n WHERE $1::timestamptz IS NOT NULL`,
  `INSERT INTO member_fact (member_id, joined_at, birthday, points, tier, language, marketing, channels, tags, first_at, last_at, visits, spent_minor, shop)
    SELECT m.id, m.joined_at, m.birthday, m.id % 1000, CASE WHEN m.id % 20 = 0 THEN 'gold' WHEN m.id % 5 = 0 THEN 'silver' END, p.language, p.marketing,
      CASE WHEN m.id % 8 > 0 THEN ARRAY[(ARRAY['telegram', 'slack'])[1 + m.id % 2]] END, CASE WHEN m.id % 10 = 1 THEN ARRAY['vip'] WHEN m.id % 7 = 1 THEN ARRAY['student'] END,
      CASE WHEN m.id % 10 > 0 THEN $1::timestamptz - make_interval(days => 400 + m.id % 400) END,
      CASE WHEN m.id % 10 > 0 THEN $1::timestamptz - make_interval(days => ((m.id::bigint * 104729) % 400)::int) END,
      CASE WHEN m.id % 10 > 0 THEN m.id % 30 + 1 ELSE 0 END, CASE WHEN m.id % 10 > 0 THEN (m.id::bigint * 7919) % 100000 ELSE 0 END, 'main'
    FROM member m JOIN person p ON p.id = m.person_id`,
];

async function fill(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('SET session_replication_role = replica');
  for (const sql of filling) await client.query(sql, [now]);
  await client.query('VACUUM (FREEZE, ANALYZE)');
  await client.end();
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

export const segmentCase: Case = {
  name: 'segment',
  about:
    'milliseconds to count a segment among 1,000,000 members, warm: in each round the slowest of the usual conditions, alone and together',
  goal: 300,
  async run() {
    const server = await startBenchServer();
    const url = await server.fresh();
    const db = await openDatabase({ url, max: 2 });
    const moment = { now, timeZone: 'Europe/Helsinki', rules: { dayStartsAt: 0 } };
    const values: number[] = [];
    try {
      await fill(url);
      const trees = usual.map((text) => ({ text, tree: parseSegment(text), times: [] as number[] }));
      // The first round warms.
      for (let round = 0; round <= rounds; round += 1) {
        for (const { tree, times } of trees) {
          const started = performance.now();
          await countSegment(db, tree, moment);
          if (round > 0) times.push(performance.now() - started);
        }
        if (round > 0) values.push(Math.max(...trees.map(({ times }) => times.at(-1) ?? 0)));
      }
      for (const { text, times } of trees) process.stderr.write(`  ${text}: ${Math.round(median(times))} ms\n`);
      return { values };
    } finally {
      await db.close();
      await server.close();
    }
  },
};
