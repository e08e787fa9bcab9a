import type { Channel, Log } from './chat/channel.ts';
import { type Kernel, sceneAt } from './chat/handle.ts';
import { broadcastScreens } from './commands/broadcast/screens.ts';
import { homeView } from './commands/home.ts';
import type { QueueLocation } from './jobs/queue-backend.ts';
import { createWorkers, type Workers } from './jobs/workers.ts';
import { notices } from './notices/index.ts';

type Parts = {
  kernel: Kernel;
  channels: readonly Channel[];
  queue: QueueLocation;
  log: Log;
  /** Where links of campaigns are followed and counted; absent: by a press in the chat. */
  linkFor?: ((delivery: number) => string) | undefined;
  count(channel: string, outcome: string): void;
};

/** Carries out what waits in the database: messages, expiry, forgetting. Any number of these can run. */
export async function startWorker({ kernel, channels, queue, log, linkFor, count }: Parts): Promise<Workers> {
  const { db, words, now, shop } = kernel;
  const lastAddress = (personId: number) => db.prisma.address.findFirst({ where: { personId }, orderBy: { usedAt: 'desc' } });
  return createWorkers({
    queue,
    db,
    log,
    count,
    clock: now,
    timeZone: shop.timeZone,
    shop,
    ...(linkFor ? { linkFor } : {}),
    channels: new Map(channels.map((channel) => [channel.name, channel])),
    notices,
    wordsFor: (language) => words.say(words.pick(language)),
    renderHome: async (personId) => {
      const address = await lastAddress(personId);
      return address ? homeView(await sceneAt(kernel, address)) : undefined;
    },
    screens: new Map(
      [...broadcastScreens].map(([notice, show]) => [
        notice,
        async ({ personId, params, name }) => {
          const address = await lastAddress(personId);
          const ctx = { db, now: now(), actor: { kind: 'person', personId } as const, key: { id: notice } };
          return address ? show(ctx, await sceneAt(kernel, address), { params, name }) : undefined;
        },
      ]),
    ),
  });
}
