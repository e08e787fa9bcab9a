import pg from 'pg';
import { type OpenDatabase, openDatabase } from '../../src/database/client.ts';
import { expireAll } from '../../src/jobs/expiry.ts';
import { type Case, interleave, rateOf, rounds } from '../case.ts';
import { startBenchServer } from '../database.ts';

const lots = 100_000;
const lotsEach = 5;
const buyers = 400;
const credits = 3_000;
const atOnce = 16;
const dayMs = 86_400_000;
const begin = Date.UTC(2026, 0, 1);

type Ground = { db: OpenDatabase; pool: pg.Pool; buyerIds: number[] };

/** Lots of 20,000 members that end one after the other, and members who buy and have none. */
async function fill(pool: pg.Pool): Promise<number[]> {
  const members = lots / lotsEach;
  await pool.query(`INSERT INTO member (code, joined_at) SELECT lpad(n::text, 9, '0'), $1 FROM generate_series(1, $2::int) n`, [
    new Date(begin),
    members + buyers,
  ]);
  await pool.query(`INSERT INTO wallet (member_id, head, balance, version) SELECT id, '', $1, $2 FROM member WHERE id <= $3`, [
    lotsEach * 10,
    lotsEach,
    members,
  ]);
  await pool.query(`INSERT INTO wallet (member_id, head) SELECT id, '' FROM member WHERE id > $1`, [members]);
  await pool.query(
    `INSERT INTO entry (member_id, version, kind, delta, debt, balance_after, debt_after, key, request_hash, at, reason, hash)
      SELECT m, n, 'grant', 10, 0, n * 10, 0, m || '/' || n, '', $1, '{}', '' FROM generate_series(1, $2::int) m CROSS JOIN generate_series(1, $3::int) n`,
    [new Date(begin), members, lotsEach],
  );
  // In every round other members' lots end, and some of theirs: a day of expiry.
  await pool.query(
    `INSERT INTO lot (entry_id, member_id, earned, remaining, earned_at, expires_at)
      SELECT id, member_id, 10, 10, at, at + make_interval(days => 1 + ((member_id + version) % $1)::int) FROM entry`,
    [rounds],
  );
  await pool.query('VACUUM ANALYZE');
  const { rows } = await pool.query<{ id: number }>('SELECT id FROM member WHERE id > $1', [members]);
  return rows.map(({ id }) => id);
}

async function onGround<Result>(work: (ground: Ground) => Promise<Result>): Promise<Result> {
  const server = await startBenchServer();
  const url = await server.fresh();
  const db = await openDatabase({ url, max: 4 });
  const pool = new pg.Pool({ connectionString: url, max: atOnce });
  try {
    return await work({ db, pool, buyerIds: await fill(pool) });
  } finally {
    await pool.end();
    await db.close();
    await server.close();
  }
}

const dueOf = async (pool: pg.Pool, now: Date): Promise<number> => {
  const { rows } = await pool.query<{ due: string }>('SELECT count(*) AS due FROM lot WHERE remaining > 0 AND expires_at <= $1', [
    now,
  ]);
  return Number(rows[0]?.due);
};

/** Runs the job again and again, as its schedule does, until nothing is due or it is told to stop. Returns how many lots ended. */
async function expireUntil(db: OpenDatabase, now: Date, stopping: AbortSignal): Promise<number> {
  let total = 0;
  for (let done = -1; done !== 0 && !stopping.aborted; total += Math.max(done, 0))
    done = await expireAll({ db, now, timeZone: 'UTC', stopping });
  return total;
}

export const expiryCase: Case = {
  name: 'expiry',
  about: 'seconds in which 100,000 lots expire, with the rests that the job leaves to people at the counter',
  goal: 100,
  run: () =>
    onGround(async ({ db, pool }) => {
      const values: number[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        const now = new Date(begin + round * dayMs);
        const due = await dueOf(pool, now);
        const rate = await rateOf(due, () => expireUntil(db, now, new AbortController().signal));
        process.stderr.write(`  round ${round}: ${Math.round(rate)} lots/s\n`);
        values.push(lots / rate);
      }
      return { values };
    }),
};

export const expiryCreditsCase: Case = {
  name: 'expiry-credits',
  about: 'credits per second while lots expire, against credits per second while none do',
  goal: 0.8,
  run: () =>
    onGround(async ({ db, pool, buyerIds }) => {
      const sale = JSON.stringify({
        ...{ amountMinor: 1_250, currency: 'EUR', version: 1, rule: 'base', value: '1250', per: '100', carry: true },
        ...{ expiry: { expiresAt: null }, notify: true },
      });
      let made = 0;
      const credit = () => {
        made += 1;
        const values = [`bench:${made}`, buyerIds[made % buyerIds.length], sale];
        return pool.query({ name: 'credit', text: 'SELECT ledger_credit($1, NULL, now(), NULL, $2, $3)', values });
      };
      const creditRate = () =>
        rateOf(credits, async () => {
          let left = credits;
          const till = async (): Promise<void> => {
            while (left-- > 0) await credit();
          };
          await Promise.all(Array.from({ length: atOnce }, till));
        });
      return interleave({
        baseline: creditRate,
        async ours(round) {
          const stop = new AbortController();
          const now = new Date(begin + round * dayMs);
          const due = await dueOf(pool, now);
          const expiring = expireUntil(db, now, stop.signal);
          const rate = await creditRate();
          stop.abort();
          const ended = await expiring;
          if (ended === due) throw new Error('everything had expired before the credits were measured');
          process.stderr.write(`  meanwhile ${ended} of ${due} lots ended\n`);
          return rate;
        },
      });
    }),
};
