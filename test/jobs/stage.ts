import type { Channel, Log } from '../../src/chat/channel.ts';
import type { View } from '../../src/chat/view.ts';
import { createWords } from '../../src/chat/words.ts';
import { type Bell, createBell } from '../../src/jobs/bell.ts';
import type { Outcome } from '../../src/jobs/deliver.ts';
import type { QueueLocation } from '../../src/jobs/queue-backend.ts';
import type { Tuning } from '../../src/jobs/tuning.ts';
import { createWorkers, type Workers } from '../../src/jobs/workers.ts';
import { notices } from '../../src/notices/index.ts';
import { ensureProgram } from '../../src/program/settings/program.ts';
import { freshDatabase } from '../support/database.ts';

const words = await createWords({ currency: 'EUR', timeZone: 'UTC', language: 'en' });

/** Quick in everything, so that a test does not wait for what a person would not notice. */
const quick: Partial<Tuning> = { sweepEveryMs: 400, leaseMs: 20_000, restMs: 0, retryMs: 20, retryMaxMs: 100, tries: 3 };

type PlanOptions = {
  personId: number;
  addressId: number;
  channel: string;
  receipt: string;
  lane?: string;
  place?: string;
  notBefore?: Date;
};

/** A database, a queue and messengers, ready to start workers on; `close` ends all of it. */
export async function openStage(locate: (databaseUrl: string) => QueueLocation, channels: readonly Channel[]) {
  const db = await freshDatabase({ max: 12 });
  await ensureProgram(db, 100, new Date(0));
  const queue = locate(db.url);
  let aheadMs = 0;
  const clock = () => new Date(Date.now() + aheadMs);
  const lines: { facts: object; sentence: string }[] = [];
  const line = (facts: object, sentence: string) => void lines.push({ facts, sentence });
  const log: Log = { debug: line, info: line, warn: line, error: line };
  const outcomes: Outcome[] = [];
  const started: (Workers | Bell)[] = [];
  const bell = createBell({ queue, channels: channels.map(({ name }) => name), log });
  started.push(bell);

  return {
    db,
    queue,
    log,
    lines,
    outcomes,
    bell,
    clock,
    moveClock: (ms: number) => {
      aheadMs += ms;
    },
    async start(
      tuning: Partial<Tuning> = {},
      renderHome: (personId: number) => Promise<View | undefined> = async () => undefined,
    ) {
      const workers = await createWorkers({
        ...{
          queue,
          db,
          clock,
          log,
          notices,
          renderHome,
          timeZone: 'UTC',
          shop: { name: 'Shop', language: 'en', timeZone: 'UTC' },
        },
        channels: new Map(channels.map((channel) => [channel.name, channel])),
        wordsFor: (language) => words.say(words.pick(language)),
        count: (_channel, outcome) => void outcomes.push(outcome),
        tuning: { ...quick, ...tuning },
      });
      started.push(workers);
      return workers;
    },
    /** Somebody with an address on each of these channels, the last one used last. */
    async person(user: string, ...on: string[]) {
      const { id } = await db.prisma.person.create({ data: { name: `Name of ${user}`, createdAt: clock() } });
      const addresses: number[] = [];
      for (const [index, channel] of on.entries()) {
        const usedAt = new Date(clock().getTime() - 60_000 + index);
        const data = { personId: id, channel, user: `${user}-${channel}`, chat: `chat-${user}-${channel}`, usedAt };
        addresses.push((await db.prisma.address.create({ data })).id);
      }
      return { id, addresses };
    },
    /** Writes deliveries of the notice `credited`, each with its receipt. */
    async plan(rows: readonly PlanOptions[]) {
      const now = clock();
      await db.prisma.delivery.createMany({
        data: rows.map(({ receipt, lane = 'service', place = 'chat', notBefore = now, ...row }) => ({
          ...row,
          ...{ notice: 'credited', lane, place, notBefore, createdAt: now, dedupe: `credited:${receipt}` },
          params: { points: 12, balance: 22, amountMinor: 1250, currency: 'EUR', receipt },
        })),
      });
    },
    states: async () => (await db.prisma.delivery.findMany({ orderBy: { id: 'asc' } })).map(({ state }) => state),
    row: async (receipt: string) => db.prisma.delivery.findUniqueOrThrow({ where: { dedupe: `credited:${receipt}` } }),
    async close() {
      await Promise.all(started.map((it) => it.close()));
      await db.close();
    },
  };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;
