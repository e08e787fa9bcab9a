import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { seeded } from '../../test/support/seeded.ts';
import { atMost, type Experiment, type Finding, never, type Tools, tell } from './experiment.ts';
import { configOf, noMistakes, openMessenger } from './messenger.ts';
import { isUp, startOwnRedis, startProcess } from './process.ts';
import { credit, openTill, type Till } from './till.ts';
import { waitFor } from './waiting.ts';

type RedisAwayPlan = {
  outages: number;
  /** How long Redis is away, and how long it is there between, in milliseconds. */
  awayMs: readonly [least: number, most: number];
  calmMs: number;
  customers: number;
};

const answerWithinMs = 5_000;
const resumeWithinMs = 10_000;

/** Credits one purchase after the other until it is told to stop. */
function work({ clerk, customers }: Till) {
  let over = false;
  const done = { made: 0, failed: 0 };
  const run = async (): Promise<void> => {
    while (!over) {
      const customer = customers[done.made % customers.length];
      if (!customer) return;
      done.made += 1;
      await credit(clerk, customer.code, 100 + done.made, answerWithinMs).catch((error: unknown) => {
        tell(String(error));
        done.failed += 1;
      });
      await sleep(100);
    }
  };
  const running = run();
  return {
    done,
    async stop(): Promise<void> {
      over = true;
      await running;
    },
  };
}

const open = "state IN ('planned', 'retry', 'claimed', 'sending') AND place = 'chat'";

/** How long it takes until the first and the last of what waits now is sent, in milliseconds. */
async function resumed(pool: pg.Pool): Promise<{ firstMs: number; allMs: number }> {
  const from = performance.now();
  const { rows } = await pool.query<{ id: number }>(`SELECT id::int FROM delivery WHERE ${open} AND not_before <= now()`);
  const ids = rows.map(({ id }) => id);
  const left = async (): Promise<number> =>
    (await pool.query(`SELECT 1 FROM delivery WHERE id = ANY ($1::bigint[]) AND ${open}`, [ids])).rowCount ?? 0;
  await waitFor(
    'a message that waited for Redis',
    async () => ids.length === 0 || (await left()) < ids.length,
    6 * resumeWithinMs,
  );
  const firstMs = performance.now() - from;
  await waitFor('all messages that waited for Redis', async () => (await left()) === 0, 6 * resumeWithinMs);
  return { firstMs, allMs: performance.now() - from };
}

/** Redis dies and forgets everything, again and again, while somebody works at a till. */
async function runRedisAway(
  name: string,
  { outages, awayMs, calmMs, customers }: RedisAwayPlan,
  { seed, freshUrl }: Pick<Tools, 'seed' | 'freshUrl'>,
): Promise<Finding[]> {
  const url = await freshUrl();
  const random = seeded(seed);
  const redis = await startOwnRedis();
  const telegram = await openMessenger({ seed, count: 0 });
  const program = startProcess('start', configOf(url, telegram, redis.freshUrl()));
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  try {
    await isUp(program);
    const till = work(await openTill(telegram, program, customers));
    const resumedMs: number[] = [];
    for (let outage = 1; outage <= outages; outage += 1) {
      await sleep(calmMs);
      await redis.kill();
      await sleep(random.whole(...awayMs));
      await redis.start();
      const { firstMs, allMs } = await resumed(pool);
      resumedMs.push(firstMs);
      tell(
        `outage ${outage}: the first after ${Math.round(firstMs)} ms, all after ${Math.round(allMs)} ms, ${till.done.made} credits`,
      );
    }
    await till.stop();
    await resumed(pool);
    noMistakes(telegram);
    const { rows } = await pool.query<{ sales: number; told: number }>(
      "SELECT (SELECT count(*)::int FROM sale) AS sales, (SELECT count(*)::int FROM delivery WHERE notice = 'credited' AND state = 'sent') AS told",
    );
    const { made, failed } = till.done;
    return [
      never(`${name}.failed`, `credits that were not answered within ${answerWithinMs / 1_000} s, of ${made}`, failed),
      never(
        `${name}.sales`,
        'purchases that do not stand in the books once, or whose customer was not told',
        2 * made - (rows[0]?.sales ?? 0) - (rows[0]?.told ?? 0),
      ),
      atMost(
        `${name}.resumed`,
        'milliseconds from the return of Redis until something that had waited was sent (the longest)',
        resumeWithinMs,
        [Math.max(...resumedMs)],
      ),
    ];
  } finally {
    await program.kill();
    await Promise.all([pool.end(), telegram.stop(), redis.remove()]);
  }
}

export const redisAwayExperiment: Experiment = {
  name: 'redis-away',
  about: 'Redis away for 1 to 30 s twenty times, and flushed each time, while credits go on',
  run: (tools) => runRedisAway('redis-away', { outages: 20, awayMs: [1_000, 30_000], calmMs: 2_000, customers: 20 }, tools),
};
