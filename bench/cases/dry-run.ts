import pg from 'pg';
import { openDatabase } from '../../src/database/client.ts';
import { previewChange } from '../../src/program/preview/preview.ts';
import { plainRules, type Rules } from '../../src/program/rules/rules.ts';
import { ensureProgram } from '../../src/program/settings/program.ts';
import { type Case, rounds } from '../case.ts';
import { startBenchServer } from '../database.ts';
import { thirtyRules } from './pricing.ts';

const salesCount = 100_000;
const membersCount = 10_000;
const now = new Date('2026-07-01T00:00:00Z');

/** The sales of a month, ten a member, made by the database itself: nothing about how they got there is measured. */
async function fill(client: pg.Client): Promise<void> {
  await client.query(
    `INSERT INTO member (code, joined_at) SELECT 'B' || lpad(i::text, 8, '0'), $1 FROM generate_series(1, $2::int) i`,
    [new Date('2025-01-01T00:00:00Z'), membersCount],
  );
  await client.query(`INSERT INTO wallet (member_id, head) SELECT id, '\\x00' FROM member ON CONFLICT DO NOTHING`);
  await client.query(
    `INSERT INTO sale (member_id, amount_minor, currency, receipt, items, at, created_at, key, request_hash, snapshot, points, balance_after)
     SELECT m.id, 150 + (i * 7919) % 12000, 'EUR', 'R' || i, 1, x.at, x.at, 'bench:' || i, '\\x00',
       jsonb_build_object('version', 1, 'rule', 'base', 'value', 150 + (i * 7919) % 12000, 'per', 100, 'carry', true, 'carriedIn', 0, 'carriedOut', 0),
       (150 + (i * 7919) % 12000) / 100, 0
     FROM generate_series(1, $1::int) i
     CROSS JOIN LATERAL (SELECT $2::timestamptz - make_interval(secs => (i::bigint * 7907) % 2500000 + 60) AS at) x
     JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM member) m ON m.place = 1 + i % $3::int`,
    [salesCount, now, membersCount],
  );
  await client.query('ANALYZE');
}

/** Credits one after another until it is told to stop; how long each took. */
async function crediting(url: string, stopped: () => boolean): Promise<number[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const tookMs: number[] = [];
  const sale = {
    amountMinor: 1250,
    currency: 'EUR',
    version: 1,
    rule: 'base',
    value: '1250',
    per: '100',
    carry: true,
    expiry: { expiresAt: null },
  };
  try {
    const { rows } = await client.query<{ id: number }>('SELECT id FROM member ORDER BY id LIMIT 500');
    for (let at = 0; !stopped(); at += 1) {
      const started = performance.now();
      await client.query({
        name: 'bare',
        text: 'SELECT ledger_credit($1, NULL, $2, NULL, $3, $4)',
        values: [`meanwhile:${process.hrtime.bigint()}`, now, rows[at % rows.length]?.id, sale],
      });
      tookMs.push(performance.now() - started);
    }
    return tookMs;
  } finally {
    await client.end();
  }
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export const dryRunCase: Case = {
  name: 'dry-run',
  about: `seconds to try a program of 30 rules on ${salesCount} sales, while credits go on`,
  goal: 5,
  async run() {
    const server = await startBenchServer();
    try {
      const url = await server.fresh();
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await fill(client);
      await client.end();
      const db = await openDatabase({ url, max: 4 });
      await ensureProgram(db, 100, new Date(0));
      const before: Rules = plainRules(100);
      const values: number[] = [];
      try {
        for (let round = 1; round <= rounds; round += 1) {
          let over = false;
          const meanwhile = crediting(url, () => over);
          const started = performance.now();
          const found = await previewChange(db, {
            before,
            after: thirtyRules(),
            now: new Date(now.getTime() - 1),
            timeZone: 'UTC',
          });
          const seconds = (performance.now() - started) / 1_000;
          over = true;
          const tookMs = await meanwhile;
          const slowestMs = Math.max(...tookMs);
          process.stderr.write(
            `  round ${round}: ${seconds.toFixed(2)} s for ${found.sales} sales; meanwhile ${tookMs.length} credits, median ${medianOf(tookMs).toFixed(1)} ms, slowest ${slowestMs.toFixed(0)} ms\n`,
          );
          if (found.sales !== salesCount) throw new Error(`${found.sales} of ${salesCount} sales were tried`);
          // Somebody who is locked out waits for all of it.
          if (slowestMs > seconds * 500) throw new Error(`a credit took ${slowestMs} ms of a dry run of ${seconds} s`);
          values.push(seconds);
        }
        return { values };
      } finally {
        await db.close();
      }
    } finally {
      await server.close();
    }
  },
};
