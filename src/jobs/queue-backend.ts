import { createPostgresBackend, type Processor, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Log } from '../chat/channel.ts';
import { outageLog } from './outage-log.ts';

/** Where BullMQ keeps its jobs: in Redis, or in PostgreSQL (migrated by BullMQ's `runMigrations`). */
export type QueueLocation = { redisUrl: string } | { pgUrl: string };

/** The Redis that was given can't hold a queue. The message says what to do. */
export class QueueUnfit extends Error {
  override readonly name = 'QueueUnfit';
}

type RingOptions = { deduplication?: { id: string; keepLastIfActive: true } };

/** One queue, as far as we use it. Payloads hold nothing but a channel's name. */
export type OpenQueue = {
  add(job: string, data: { channel?: string }, options?: RingOptions): Promise<unknown>;
  schedule(job: string, everyMs: number, data: { channel?: string }): Promise<unknown>;
  /** Answers when the queue does. */
  ping(): Promise<unknown>;
  /** Called each time a connection is there, the first time and after every outage. */
  onReady(listener: () => void): void;
  close(): Promise<void>;
};

const prefix = 'regulars';
const closeMs = 2_000;

// BullMQ's own retry delay grows to 20 s; draining must resume within 10 s of Redis's return.
const redisOptions = (url: string) => ({
  url,
  maxRetriesPerRequest: null,
  connectTimeout: 5_000,
  keepAlive: 10_000,
  retryStrategy: (times: number) => Math.min(times * 100, 1_000),
});

const pgOptions = (url: string, max: number) => ({
  connectionString: url,
  max,
  application_name: 'regulars queue',
  keepAlive: true,
  connectionTimeoutMillis: 5_000,
  idleTimeoutMillis: 30_000,
});

// While Redis is away its orderly goodbye would wait for its return.
async function closeSoon(it: { close(): Promise<void>; disconnect(): Promise<void> }): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, closeMs, 'late');
  });
  const closing = it.close().catch(() => undefined);
  if ((await Promise.race([closing, late])) === 'late') void it.disconnect().catch(() => undefined);
  clearTimeout(timer);
}

/** Opens a queue to put jobs in. Never throws because the backend is away: commands wait for it. */
export function openQueue(location: QueueLocation, name: string, log: Log): OpenQueue {
  const defaultJobOptions = { removeOnComplete: { count: 20 }, removeOnFail: { count: 100 } };
  const streams = { events: { maxLen: 100 } };
  const queue =
    'redisUrl' in location
      ? new Queue(name, { connection: redisOptions(location.redisUrl), prefix, defaultJobOptions, streams })
      : new Queue(name, { connection: pgOptions(location.pgUrl, 1), defaultJobOptions, streams }, createPostgresBackend);
  const outage = outageLog(log, name, 'queue');
  queue.on('error', outage.down);
  queue.backend.on('ready', outage.up);
  return {
    add: (job, data, options = {}) => queue.add(job, data, options),
    schedule: (job, everyMs, data) => queue.upsertJobScheduler(job, { every: everyMs }, { name: job, data }),
    ping: () => queue.getWaitingCount(),
    onReady: (listener) => void queue.backend.on('ready', listener),
    close: () => closeSoon(queue),
  };
}

/** Starts to work on a queue's jobs, two at a time (a long one and the sweep). A job that throws is logged, once per outage. */
export function openWorker(
  location: QueueLocation,
  name: string,
  work: (job: string) => Promise<void>,
  log: Log,
): { close(): Promise<void> } {
  const outage = outageLog(log, name, 'queue');
  const trouble = outageLog(log, name, 'work');
  const processor: Processor = (job) => work(job.name);
  const options = {
    concurrency: 2,
    // A ring is worth repeating however many workers die of what it leads to: the rows remember, not the job.
    maxStalledCount: 1_000_000,
    stalledInterval: 10_000,
    runRetryDelay: 1_000,
    removeOnComplete: { count: 20 },
    removeOnFail: { count: 100 },
  };
  const worker =
    'redisUrl' in location
      ? new Worker(name, processor, { connection: redisOptions(location.redisUrl), prefix, ...options })
      : new Worker(name, processor, { connection: pgOptions(location.pgUrl, 2), ...options }, createPostgresBackend);
  worker.on('error', outage.down);
  worker.on('failed', (_job, error) => trouble.down(error));
  worker.on('completed', () => {
    outage.up();
    trouble.up();
  });
  return { close: () => closeSoon(worker) };
}

/**
 * Refuses a Redis that may throw jobs away (any `maxmemory-policy` but noeviction) or is older than 6.2. One that can't be reached
 * is not refused: it may come back.
 * @throws QueueUnfit
 */
export async function checkQueue(location: QueueLocation): Promise<void> {
  if (!('redisUrl' in location)) return;
  const quick = { connectTimeout: 3_000, commandTimeout: 3_000, maxRetriesPerRequest: 0, retryStrategy: () => null };
  const client = new Redis(location.redisUrl, { ...quick, lazyConnect: true, enableReadyCheck: false });
  client.on('error', () => undefined);
  let info: string;
  try {
    await client.connect();
    info = await client.info();
  } catch {
    return;
  } finally {
    client.disconnect();
  }
  const of = (field: string) => new RegExp(`^${field}:(.*)$`, 'm').exec(info)?.[1]?.trim();
  const version = of('redis_version') ?? '0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    throw new QueueUnfit(
      `The Redis at REDIS_URL is version ${version}: upgrade it to 6.2 or newer, or leave REDIS_URL out to queue in PostgreSQL.`,
    );
  }
  const policy = of('maxmemory_policy');
  if (policy !== 'noeviction') {
    throw new QueueUnfit(
      `The Redis at REDIS_URL throws keys away when memory is short (maxmemory-policy ${policy}): set maxmemory-policy to noeviction, or leave REDIS_URL out.`,
    );
  }
}
