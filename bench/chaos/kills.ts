import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisServer } from '../../test/jobs/redis-server.ts';
import type { FakeTelegram } from '../../test/support/fake-telegram/index.ts';
import { type Random, seeded } from '../../test/support/seeded.ts';
import { atMost, type Experiment, type Finding, never, type Tools, tell } from './experiment.ts';
import { arrivals, configOf, noMistakes, openMessenger } from './messenger.ts';
import { openOffer, type Row } from './offer.ts';
import { isUp, type Running, startOwnRedis, startProcess, type Tuned } from './process.ts';
import { waitFor } from './waiting.ts';

export type KillsPlan = {
  queue: 'redis' | 'postgres';
  policy: 'resend' | 'skip';
  recipients: number;
  workers: number;
  kills: number;
  redisKills: number;
  /** Between a call and its answer, in milliseconds. */
  tripMs: readonly [least: number, most: number];
  /** How long Redis is away, in milliseconds. */
  awayMs: readonly [least: number, most: number];
  tuned: Tuned;
  withinMs: number;
};

/** Messages under way at a time, in each worker. */
const lanes = 3;

/** Each call is heard somewhere on its round trip: who dies before was not heard, who dies later will not know. */
function wayThrough(telegram: FakeTelegram, random: Random, [least, most]: KillsPlan['tripMs']): void {
  telegram.decides((method) => {
    if (method !== 'sendMessage') return undefined;
    const tripMs = random.whole(least, most);
    const thereMs = random.whole(0, tripMs);
    return { thereMs, backMs: tripMs - thereMs };
  });
}

type Scene = { telegram: FakeTelegram; random: Random; plan: KillsPlan; start(): Running; ended(): boolean };

/** Kills one of the workers that run whenever so many more messages have arrived, and starts another in its place. */
async function killWorkers({ telegram, random, plan, start, ended }: Scene, workers: Running[]): Promise<number> {
  const { recipients, kills, withinMs } = plan;
  let killed = 0;
  for (let kill = 1; kill <= kills && !ended(); kill += 1) {
    const after = Math.round((recipients * kill) / (kills + 1));
    await waitFor(`message ${after}`, () => telegram.calls('sendMessage').length >= after || ended(), withinMs, 10);
    await waitFor('a worker to kill', () => workers.some((one) => one.up()), withinMs, 10);
    await sleep(random.whole(0, 80));
    const victim = random.pick(workers.filter((one) => one.up()));
    await victim.kill();
    killed += 1;
    workers[workers.indexOf(victim)] = start();
    if (kill % 10 === 0) tell(`${kill} kills, ${telegram.calls('sendMessage').length} messages`);
  }
  return killed;
}

async function killRedis({ telegram, random, plan, ended }: Scene, redis: RedisServer): Promise<void> {
  const { recipients, redisKills, awayMs, withinMs } = plan;
  for (let kill = 1; kill <= redisKills && !ended(); kill += 1) {
    const after = Math.round((recipients * (kill - 0.5)) / redisKills);
    await waitFor(`message ${after}`, () => telegram.calls('sendMessage').length >= after || ended(), withinMs, 10);
    await redis.kill();
    await sleep(random.whole(...awayMs));
    await redis.start();
  }
}

type Count = {
  recipients: number;
  killed: number;
  policy: KillsPlan['policy'];
  rows: readonly Row[];
  came: ReadonlyMap<number, number>;
};

/** Holds what the book says against what the messenger saw. */
function judge(name: string, { recipients, killed, policy, rows, came }: Count): Finding[] {
  const book = new Map(rows.map((row) => [row.chat, row]));
  const count = { lost: 0, twice: 0, unlisted: 0, doubts: 0 };
  for (let chat = 1; chat <= recipients; chat += 1) {
    const times = came.get(chat) ?? 0;
    const row = book.get(chat);
    count.doubts += row?.doubts ?? 0;
    if (times === 0) count.lost += 1;
    if (times > 1) count.twice += 1;
    // A message that came more or less often than once is one of which the book says that nobody knew.
    if (times > 1 && (row?.doubts ?? 0) < times - 1) count.unlisted += 1;
    if (times === 0 && row?.state !== 'unknown') count.unlisted += 1;
    if (times > 0 && row?.state !== 'sent' && row?.state !== 'unknown') count.unlisted += 1;
  }
  tell(
    `${came.size} of ${recipients} told, ${count.twice} more than once, ${count.lost} not; ${count.doubts} doubts in ${killed} kills`,
  );
  return [
    policy === 'resend'
      ? never(`${name}.lost`, 'recipients whom nothing reached', count.lost)
      : never(`${name}.twice`, 'recipients who got it twice', count.twice),
    never(
      `${name}.unlisted`,
      'recipients who got it more or less often than once, and the book does not say uncertain',
      count.unlisted,
    ),
    atMost(`${name}.doubts`, `doubts for each call that may be under way at a kill (${killed} kills, ${lanes} at a time)`, 1, [
      count.doubts / Math.max(1, killed * lanes),
    ]),
  ];
}

/** A broadcast through workers that are killed again and again, and so is Redis where it is the queue. */
export async function runKills(
  name: string,
  plan: KillsPlan,
  { seed, freshUrl }: Pick<Tools, 'seed' | 'freshUrl'>,
): Promise<Finding[]> {
  const { recipients, policy, queue, tripMs, tuned, withinMs } = plan;
  const url = await freshUrl();
  const redis = queue === 'redis' ? await startOwnRedis() : undefined;
  const telegram = await openMessenger({ seed, count: recipients });
  const offer = await openOffer({ url, recipients, resend: policy === 'resend' });
  const config = configOf(url, telegram, redis?.freshUrl());
  const start = () => startProcess('worker', config, { lanes, perSecond: 1_000, ...tuned });
  const workers: Running[] = [];
  let settled = false;
  try {
    wayThrough(telegram, seeded(seed), tripMs);
    for (let n = 0; n < plan.workers; n += 1) workers.push(start());
    await Promise.all(workers.map(isUp));
    const scene = (salt: number): Scene => ({ telegram, random: seeded(seed + salt), plan, start, ended: () => settled });
    const watching = waitFor('the last message', offer.settled, withinMs, 250).finally(() => {
      settled = true;
    });
    const [, killed] = await Promise.all([watching, killWorkers(scene(1), workers), redis && killRedis(scene(2), redis)]);
    noMistakes(telegram);
    return judge(name, { recipients, killed, policy, rows: await offer.rows(), came: arrivals(telegram) });
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await Promise.all([offer.close(), telegram.stop(), redis?.remove()]);
  }
}

const kills = (policy: KillsPlan['policy'], queue: KillsPlan['queue']): Experiment => {
  const name = `kills-${policy}-${queue}`;
  return {
    name,
    about: `10,000 recipients, 20 to 200 ms there and back, two workers with three messages at a time, fifty kill -9${queue === 'redis' ? ' and five of Redis' : ''}`,
    run: (tools) =>
      runKills(
        name,
        {
          ...{
            queue,
            policy,
            recipients: 10_000,
            workers: 2,
            kills: 50,
            redisKills: 5,
            tripMs: [20, 200],
            awayMs: [1_000, 3_000],
          },
          // A row whose worker died is found sooner than after the usual minute.
          tuned: { leaseMs: 30_000 },
          withinMs: 1_800_000,
        },
        tools,
      ),
  };
};

export const killExperiments: readonly Experiment[] = [
  kills('resend', 'redis'),
  kills('skip', 'redis'),
  kills('resend', 'postgres'),
  kills('skip', 'postgres'),
];
