import pg from 'pg';
import { openDatabase } from '../../src/database/client.ts';
import { plainRules, type Rules } from '../../src/program/rules/rules.ts';
import { evaluateTiers } from '../../src/program/tiers/evaluate-tiers.ts';
import { type Case, interleave, rateOf } from '../case.ts';
import { startBenchServer } from '../database.ts';

const members = 100_000;
const salesEach = 4;
const dayMs = 86_400_000;
const begin = Date.UTC(2026, 0, 1, 3);

const rules: Rules = {
  ...plainRules(100),
  tiers: {
    by: 'money',
    windowMonths: 12,
    graceDays: 14,
    warnDays: 14,
    levels: [
      { id: 'silver', name: 'Silver', from: 30_000 },
      { id: 'gold', name: 'Gold', from: 40_000 },
    ],
  },
};

/** A year of purchases: some members are near a boundary every day. */
async function fill(pool: pg.Pool): Promise<void> {
  await pool.query('INSERT INTO program_version (starts_at, rules, created_at) VALUES ($1, $2, $1)', [
    new Date(begin - dayMs),
    JSON.stringify(rules),
  ]);
  await pool.query(`INSERT INTO member (code, joined_at) SELECT lpad(n::text, 9, '0'), $1 FROM generate_series(1, $2::int) n`, [
    new Date(begin - 400 * dayMs),
    members,
  ]);
  await pool.query(`INSERT INTO wallet (member_id, head) SELECT id, '' FROM member`);
  await pool.query(
    `INSERT INTO sale (member_id, amount_minor, currency, receipt, at, created_at, key, request_hash, snapshot, points, balance_after)
      SELECT m.id, 500 + (m.id * 7919 + n * 104729) % 12000, 'EUR', m.id || '/' || n, s.at, s.at, m.id || '/' || n, '', '{}', 0, 0
      FROM member m CROSS JOIN generate_series(1, $2::int) n
        CROSS JOIN LATERAL (SELECT $1::timestamptz - make_interval(hours => (m.id * 31 + n * 1009) % 8760) AS at) s`,
    [new Date(begin - 2 * dayMs), salesEach],
  );
  await pool.query('VACUUM ANALYZE');
}

export const tiersCase: Case = {
  name: 'tiers',
  about: 'members per second whose tier is evaluated for a day, of 100,000 with 400,000 sales, against a bare sum of their sales',
  goal: 0.1,
  async run() {
    const server = await startBenchServer();
    const url = await server.fresh();
    const db = await openDatabase({ url, max: 4 });
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    const evaluate = (round: number) => evaluateTiers({ db, now: new Date(begin + round * dayMs), timeZone: 'UTC' });
    try {
      await fill(pool);
      // The first evaluation gives everybody their first tier; those of the days after it are measured.
      await evaluate(0);
      await pool.query('VACUUM ANALYZE standing');
      return await interleave({
        baseline: () =>
          rateOf(members, () =>
            pool.query(
              'SELECT count(*), sum(total) FROM (SELECT member_id, sum(amount_minor) AS total FROM sale GROUP BY member_id) x',
            ),
          ),
        ours: (round) => rateOf(members, () => evaluate(round)),
      });
    } finally {
      await pool.end();
      await db.close();
      await server.close();
    }
  },
};
