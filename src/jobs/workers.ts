import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Channel, Log } from '../chat/channel.ts';
import type { Database } from '../program/context.ts';
import { sweep } from '../program/deliveries/sweep.ts';
import { createArrivals } from './arrivals.ts';
import { type Bell, createBell, deliveriesQueue, upkeepQueue } from './bell.ts';
import { chores, doChores } from './chores.ts';
import type { ComposeTools } from './compose.ts';
import { type DeliverTools, deliver, type Outcome } from './deliver.ts';
import { createDrainer, type Drainer } from './drainer.ts';
import { errorName } from './error-name.ts';
import { createFirstAlone } from './first-alone.ts';
import { createGate } from './gate.ts';
import { createPacer } from './pacer.ts';
import { checkQueue, openQueue, openWorker, type QueueLocation } from './queue-backend.ts';
import { forgetOld } from './retention.ts';
import { defaultTuning, type Tuning } from './tuning.ts';

export type WorkersOptions = ComposeTools & {
  queue: QueueLocation;
  channels: ReadonlyMap<string, Channel>;
  db: Database;
  /** Program time, and the zone of its days. */
  clock: () => Date;
  timeZone: string;
  log: Log;
  /** Told how each delivery ended, for metrics. */
  count?: (channel: string, outcome: Outcome) => void;
  tuning?: Partial<Tuning>;
};

export type Workers = {
  /** Begins to do nothing new, finishes what is being sent, gives back the rest. Takes less than 20 s. */
  close(): Promise<void>;
};

type Room = { options: WorkersOptions; tuning: Tuning; bell: Bell; stopping: AbortSignal };

/** What drains a channel: within its free limit, or (`paid`) what may go beyond. Replies never wait behind the latter: it has lanes and a pace of its own. */
function drainerOf(channel: Channel, { options, tuning, bell, stopping }: Room, paid: boolean): Drainer {
  const { db, clock, timeZone, log, channels, notices, wordsFor, renderHome, screens, shop, linkFor, count } = options;
  const pace = paid ? (channel.paidPace ?? channel.pace) : channel.pace;
  const perSecond = Math.ceil((pace.max * 1_000) / pace.perMs);
  const tools: DeliverTools = {
    ...{ channel, db, clock, log, tuning, stopping, notices, wordsFor, renderHome, shop, paid },
    ...(linkFor ? { linkFor } : {}),
    ...(screens ? { screens } : {}),
    channels: [...channels.keys()],
    ring: bell.ring,
    pacer: createPacer(db, paid ? `${channel.name}:paid` : channel.name, pace),
    pictures: createFirstAlone(),
    begin: createGate({ db, clock, timeZone, leaseMs: tuning.leaseMs }),
    arrived: createArrivals(db, tuning.restMs),
  };
  return createDrainer({
    channel: channel.name,
    db,
    clock,
    worker: randomUUID(),
    // A slow messenger needs no more than it takes in a second: the rest would only wait for slots, with leases running.
    tuning: { ...tuning, lanes: Math.min(paid ? tuning.paidLanes : tuning.lanes, Math.max(perSecond, 1)) },
    ...(channel.paidPace ? { paid } : {}),
    async deliver(row) {
      const outcome = await deliver(row, tools);
      count?.(channel.name, outcome);
      return outcome;
    },
    failed: (error) =>
      log.warn({ channel: channel.name, reason: errorName(error) }, 'what is due could not be read; it is tried again'),
  });
}

type Station = { stop(): Promise<void>; close(): Promise<void> };

function startChannel(channel: Channel, room: Room): Station {
  const { options, bell } = room;
  const { queue, db, log } = options;
  const drainer = drainerOf(channel, room, false);
  const paid = channel.paidPace && drainerOf(channel, room, true);
  const worker = openWorker(
    queue,
    deliveriesQueue(channel.name),
    async (job) => {
      if (job === 'sweep') await sweep(db, channel.name);
      paid?.wake();
      if ((await drainer.drain()) === 'more') bell.ring(channel.name);
    },
    log,
  );
  return { stop: async () => void (await Promise.all([drainer.stop(), paid?.stop()])), close: () => worker.close() };
}

function startUpkeep({ options, tuning, bell, stopping }: Room): Station {
  const { queue, db, clock, timeZone, log, channels } = options;
  const schedules = openQueue(queue, upkeepQueue, log);
  schedules.onReady(() => {
    for (const [name, { every }] of Object.entries(chores)) schedules.schedule(name, tuning[every], {}).catch(() => undefined);
    schedules.schedule('forget', tuning.forgetEveryMs, {}).catch(() => undefined);
  });
  const worker = openWorker(
    queue,
    upkeepQueue,
    async (job) => {
      if (job === 'forget') return forgetOld({ db, now: clock(), stopping });
      const list = chores[job]?.list ?? [];
      if ((await doChores(list, { db, now: clock(), timeZone, stopping })) > 0)
        for (const channel of channels.keys()) bell.ring(channel);
    },
    log,
  );
  return { stop: async () => undefined, close: async () => void (await Promise.all([worker.close(), schedules.close()])) };
}

/**
 * Starts to carry out what waits in the database: deliveries per channel, expiry of points, and forgetting what has done its work.
 * @throws QueueUnfit for a Redis that can't hold a queue
 */
export async function createWorkers(options: WorkersOptions): Promise<Workers> {
  await checkQueue(options.queue);
  const stopping = new AbortController();
  // Everyone who waits for a slot listens.
  setMaxListeners(0, stopping.signal);
  const tuning = { ...defaultTuning, ...options.tuning };
  const bell = createBell({
    queue: options.queue,
    channels: options.channels.keys(),
    log: options.log,
    // After every outage too: a Redis that lost its memory has lost the schedule.
    onReady(channel, open) {
      open.schedule('sweep', tuning.sweepEveryMs, { channel }).catch(() => undefined);
      bell.ring(channel);
    },
  });
  const room: Room = { options, tuning, bell, stopping: stopping.signal };
  const stations = [...[...options.channels.values()].map((channel) => startChannel(channel, room)), startUpkeep(room)];
  let closing: Promise<void> | undefined;
  const close = async () => {
    stopping.abort();
    await Promise.all(stations.map((station) => station.stop()));
    await Promise.all([...stations.map((station) => station.close()), bell.close()]);
  };
  return {
    close() {
      closing ??= close();
      return closing;
    },
  };
}
