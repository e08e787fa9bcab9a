import { openChannels } from './channels.ts';
import type { Channel, Hub, Listener, Log } from './chat/channel.ts';
import { createHub, type Kernel } from './chat/handle.ts';
import { createWords } from './chat/words.ts';
import { type Clock, movableClock, realClock } from './clock.ts';
import type { Config } from './config.ts';
import { type OpenDatabase, openDatabase } from './database/client.ts';
import { createBell } from './jobs/bell.ts';
import type { QueueLocation } from './jobs/queue-backend.ts';
import { createKernel } from './kernel.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { deliveryBacklog } from './program/deliveries/backlog.ts';
import { minorPerUnit } from './program/money.ts';
import { ensureProgram } from './program/settings/program.ts';
import { ownerCode } from './program/staff/invite.ts';
import { type Readiness, startWeb } from './web.ts';
import { startWorker } from './worker.ts';

/** `all` in one process; or the two that scale apart. */
export type Part = 'all' | 'web' | 'worker';

/** A running program. `stop` takes nothing new, finishes what has begun, and closes what was opened here, in that order. */
export type App = { port: number; hub: Hub; kernel: Kernel; ownerCode: string | undefined; stop(): Promise<void> };

type Options = { config: Config; databaseUrl: string; log: Log; part: Part };

/** A code for the first owner, made once per process while there is none. */
async function firstOwnerCode(db: OpenDatabase, clock: Clock): Promise<() => Promise<string | undefined>> {
  let made: { code: string; expiresAt: Date } | undefined;
  return async () => {
    if ((await db.prisma.staff.count({ where: { role: 'owner' } })) > 0) return undefined;
    if (!made || made.expiresAt <= clock.now()) made = await ownerCode(db, clock.now());
    return made.code;
  };
}

function linkOf(config: Config, channels: readonly Channel[], origin: string): Kernel['link'] {
  return (payload) => {
    for (const channel of channels) {
      const link = channel.link?.(payload);
      if (link) return link;
    }
    return config.publicUrl ? `${origin}/go/${payload}` : undefined;
  };
}

/** Wires everything and starts it. The only place that knows every room. */
export async function startApp({ config, databaseUrl, log, part }: Options): Promise<App> {
  const db = await openDatabase({
    url: databaseUrl,
    max: 16,
    log: (error) => log.warn({ err: error }, 'a database connection broke'),
  });
  const clock = config.playground ? await movableClock(db) : realClock;
  const shop = { ...config.shop, timeZone: config.shop.timezone };
  await ensureProgram(db, minorPerUnit(shop.currency), clock.now());
  const origin = config.publicUrl ?? `http://localhost:${config.port}`;
  const newOwnerCode = await firstOwnerCode(db, clock);
  const words = await createWords(shop);
  const channels = await openChannels({ config, db, shop, words, clock, log, origin, ownerCode: newOwnerCode });
  const queue: QueueLocation = config.redisUrl ? { redisUrl: config.redisUrl } : { pgUrl: databaseUrl };
  const bell = createBell({ queue, channels: channels.map((channel) => channel.name), log });
  const ring = (): void => {
    for (const channel of channels) bell.ring(channel.name);
  };
  const kernel = createKernel({ db, shop, words, log, now: clock.now, ring, link: linkOf(config, channels, origin) });
  const metrics = createMetrics(() => deliveryBacklog(db, clock.now()));
  const hub = metrics.watch(createHub(kernel));

  const workers = part === 'web' ? undefined : await startWorker({ kernel, channels, queue, log, count: metrics.delivered });
  const listeners = part === 'worker' ? [] : await Promise.all(channels.map((channel) => channel.listen(hub)));
  const names = part === 'worker' ? [] : channels.map((channel) => channel.name);
  const web = await startWeb({
    port: config.port,
    log,
    listeners,
    readiness: () => readinessOf(db, bell, listeners, names),
    metrics: async () => ({ type: metrics.registry.contentType, text: await textOf(metrics) }),
    linkPage: (payload) => `start ${payload}\n`,
  });

  return {
    port: web.port,
    hub,
    kernel,
    ownerCode: part === 'worker' ? undefined : await newOwnerCode(),
    stop: async () => {
      await Promise.all(listeners.map((listener) => listener.stop()));
      await Promise.all([web.stop(), workers?.close()]);
      await bell.close();
      await db.close();
    },
  };
}

const textOf = (metrics: Metrics): Promise<string> => metrics.registry.metrics();

const answers = (asked: Promise<unknown>, name: string): Promise<true | string> =>
  asked.then(
    () => true as const,
    () => `${name} does not answer`,
  );

async function readinessOf(
  db: OpenDatabase,
  bell: { ready(): Promise<true | string> },
  listeners: readonly Listener[],
  names: readonly string[],
): Promise<Readiness> {
  const [database, queue] = await Promise.all([
    answers(db.run({ name: 'ping', text: 'SELECT 1' }, []), 'the database'),
    bell.ready(),
  ]);
  return { database, queue, ...Object.fromEntries(listeners.map((listener, at) => [names[at] ?? 'channel', listener.ready()])) };
}
