import { afterAll, expect, test } from 'vitest';
import { runDead } from '../../bench/chaos/dead.ts';
import type { Finding } from '../../bench/chaos/experiment.ts';
import { runKills } from '../../bench/chaos/kills.ts';
import { killAll } from '../../bench/chaos/process.ts';
import { runTooMany } from '../../bench/chaos/too-many.ts';
import { redisInstalled } from '../jobs/redis-server.ts';
import { freshUrl } from '../support/database.ts';

// What `npm run chaos` does with thousands and for minutes, with a handful and for seconds. At the same time, since each mostly waits. The short form of what
// is sent again after a kill is kill.test.ts, of Redis and PostgreSQL away outages.test.ts, of the reminders program/journeys/fortnight.test.ts.
const tools = { seed: 20_261_122, freshUrl };
const withinMs = 45_000;
const quick = { leaseMs: 1_500, sendTimeoutMs: 1_000, sweepEveryMs: 300, campaignsEveryMs: 1_000 };

/** What was counted, without the name of the experiment, where it is more than it may be. */
const beyond = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ name, goal, found }) => {
    const [value] = Object.values(found).flat() as number[];
    return value === undefined || !(value <= goal) ? [`${name}: ${value}, at most ${goal}`] : [];
  });

afterAll(killAll);

test.runIf(redisInstalled)(
  'killed, told to wait, refused: nothing is lost or doubled unseen, and every limit holds',
  { timeout: 60_000 },
  async () => {
    const common = { workers: 1, tuned: quick, withinMs } as const;
    const killed = { ...common, recipients: 40, kills: 1, redisKills: 1, tripMs: [10, 60], awayMs: [100, 300] } as const;
    const waiting = { ...common, recipients: 20, talkative: 2, share: 0, seconds: [1, 1], least: 1 } as const;
    const found = await Promise.all([
      runKills('kills', { ...killed, queue: 'redis', policy: 'skip' }, tools),
      runTooMany('too-many', waiting, tools),
      runDead('dead', { ...common, recipients: 80 }, tools),
    ]);
    expect(beyond(found.flat())).toEqual([]);
  },
);
