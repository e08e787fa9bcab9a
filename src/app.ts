import { openChannels } from './channels.ts';
import type { Channel, Hub, Listener, Log } from './chat/channel.ts';
import { createHub, type Kernel } from './chat/handle.ts';
import { createWords } from './chat/words.ts';
import { type Clock, movableClock, realClock } from './clock.ts';
import type { Config } from './config.ts';
import { type OpenDatabase, openDatabase, poolSize } from './database/client.ts';
import { sayFarewell } from './farewell.ts';
import { createBell } from './jobs/bell.ts';
import type { QueueLocation } from './jobs/queue-backend.ts';
import { createKernel } from './kernel.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createOfferLinks } from './offer-link.ts';
import { followLink } from './program/campaigns/follow-link.ts';
import { deliveryBacklog } from './program/deliveries/backlog.ts';
import { ensureJourneys } from './program/journeys/ensure-journeys.ts';
import { minorPerUnit } from './program/money.ts';
import { ensureProgram } from './program/settings/program.ts';
import { ownerCode } from './program/staff/invite.ts';
import { inTime, readinessOf } from './readiness.ts';
import { onlyStorable } from './storable.ts';
import { type Readiness, startWeb } from './web.ts';
import { startWorker } from './worker.ts';

/** `all` in one process; or the two that scale apart. */
export type Part = 'all' | 'web' | 'worker';

/** A running program. `stop` takes nothing new, finishes what has begun, and closes what was opened here, in that order. */
export type App = {
  port: number;
  hub: Hub;
  kernel: Kernel;
  ownerCode: string | undefined;
  readiness(): Promise<Readiness>;
  stop(): Promise<void>;
};

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

/** What was opened, to be closed in phases: nothing new comes in (0), what has begun is finished (1), then what it stood on (2). */
function createClosing() {
  const phases: (() => Promise<unknown>)[][] = [[], [], []];
  return {
    at: (phase: 0 | 1 | 2, close: () => Promise<unknown>): void => void phases[phase]?.push(close),
    async close(): Promise<void> {
      for (const phase of phases) await Promise.all(phase.splice(0).map((close) => close()));
    },
  };
}

type Closing = ReturnType<typeof createClosing>;

/** Wires everything and starts it; what was started is stopped again when something fails. The only place that knows every room. */
export async function startApp(options: Options): Promise<App> {
  const closing = createClosing();
  try {
    return await start(options, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function start({ config, databaseUrl, log, part }: Options, closing: Closing): Promise<App> {
  const db = await openDatabase({
    url: databaseUrl,
    max: poolSize,
    log: (error) => log.warn({ err: error }, 'a database connection broke'),
  });
  closing.at(2, db.close);
  const clock = config.playground ? await movableClock(db, () => bell.hurry()) : realClock;
  const shop = { ...config.shop, timeZone: config.shop.timezone };
  await ensureProgram(db, minorPerUnit(shop.currency), clock.now());
  await ensureJourneys(db, clock.now());
  const origin = config.publicUrl ?? `http://localhost:${config.port}`;
  const newOwnerCode = await firstOwnerCode(db, clock);
  const words = await createWords(shop);
  const channels = await openChannels({ config, db, shop, words, clock, log, origin, ownerCode: newOwnerCode });
  const queue: QueueLocation = config.redisUrl ? { redisUrl: config.redisUrl } : { pgUrl: databaseUrl };
  const bell = createBell({ queue, channels: channels.map((channel) => channel.name), log });
  closing.at(2, bell.close);
  const ring = (): void => {
    for (const channel of channels) bell.ring(channel.name);
  };
  // A link that nobody outside can open is no link.
  const links = config.publicUrl ? createOfferLinks(config.appSecret, config.publicUrl) : undefined;
  const farewell: Parameters<typeof createKernel>[0]['farewell'] = (places) =>
    void sayFarewell(places, { kernel, channels, log });
  const kernel = createKernel({
    ...{ db, shop, words, log, now: clock.now, ring, farewell },
    link: linkOf(config, channels, origin),
  });
  const metrics = createMetrics(() => inTime(deliveryBacklog(db, clock.now())));
  const hub = metrics.watch(onlyStorable(createHub(kernel)));

  if (part !== 'web') {
    const workers = await startWorker({ kernel, channels, queue, log, linkFor: links?.linkFor, count: metrics.delivered });
    closing.at(1, workers.close);
  }
  const listening = part === 'worker' ? [] : channels;
  const listeners = new Map(
    await Promise.all(listening.map(async (channel) => [channel.name, await listen(channel, hub, closing)] as const)),
  );
  const readiness = () => readinessOf(db, bell, listeners);
  const web = await startWeb({
    port: config.port,
    log,
    listeners: [...listeners.values()],
    readiness,
    metrics: async () => ({ type: metrics.registry.contentType, text: await textOf(metrics) }),
    linkPage: (payload) => words.say(shop.language)('bot:link_page', { shop: shop.name, text: `start ${payload}` }),
    offerLink: async (token) => {
      const delivery = links?.deliveryOf(token);
      return delivery === undefined ? undefined : followLink(db, delivery, clock.now());
    },
  });
  closing.at(1, web.stop);
  const firstCode = part === 'worker' ? undefined : await newOwnerCode();
  return { port: web.port, hub, kernel, ownerCode: firstCode, readiness, stop: closing.close };
}

async function listen(channel: Channel, hub: Hub, closing: Closing): Promise<Listener> {
  const listener = await channel.listen(hub);
  closing.at(0, () => listener.stop());
  return listener;
}

const textOf = (metrics: Metrics): Promise<string> => metrics.registry.metrics();
