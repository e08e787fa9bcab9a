import type { Channel, Log } from './chat/channel.ts';
import { type Kernel, sceneAt } from './chat/handle.ts';
import { homeView } from './commands/home.ts';
import type { QueueLocation } from './jobs/queue-backend.ts';
import { createWorkers, type Workers } from './jobs/workers.ts';
import { notices } from './notices/index.ts';

type Parts = {
  kernel: Kernel;
  channels: readonly Channel[];
  queue: QueueLocation;
  log: Log;
  count(channel: string, outcome: string): void;
};

/** Carries out what waits in the database: messages, expiry, forgetting. Any number of these can run. */
export async function startWorker({ kernel, channels, queue, log, count }: Parts): Promise<Workers> {
  const { db, words, now, shop } = kernel;
  return createWorkers({
    queue,
    db,
    log,
    count,
    clock: now,
    timeZone: shop.timeZone,
    channels: new Map(channels.map((channel) => [channel.name, channel])),
    notices,
    wordsFor: (language) => words.say(words.pick(language)),
    renderHome: async (personId) => {
      const address = await db.prisma.address.findFirst({ where: { personId }, orderBy: { usedAt: 'desc' } });
      return address ? homeView(await sceneAt(kernel, address)) : undefined;
    },
  });
}
