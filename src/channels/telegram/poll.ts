import type { Update } from 'grammy/types';
import type { ChannelTools } from '../../chat/channel.ts';
import type { Bot } from './bot.ts';
import { createLanes } from './lanes.ts';
import { updateCount } from './limits.ts';
import { growingMs, pause } from './pause.ts';
import { isRefusal } from './problem.ts';
import { updateKinds } from './read.ts';
import { laneOf, type Take } from './take.ts';

/** How many chats are served side by side. */
const laneCount = 16;
/** How long a page of updates may hold up the next one. */
const pageMs = 1000;
/** An empty answer that comes sooner than this was not waited for. */
const briefMs = 100;
/** After how long without trouble the next trouble counts as the first: two pollers that take turns must not look like calm. */
const calmMs = 60_000;

export type Polling = { ready(): true | string; stop(): Promise<void> };

/**
 * Polls for updates, at least once each: what is confirmed to Telegram has been handled. An update that can't be handled now is tried
 * again and again; it holds up its own chat, nobody else. docs/adr/0010-telegram-polling-loop.md says why this is our own loop.
 */
export function startPolling(bot: Bot, take: Take, log: ChannelTools['log']): Polling {
  const stopping = new AbortController();
  const { signal } = stopping;
  const lanes = createLanes(laneCount);
  const progress = createProgress();
  let state: true | string = 'not connected to Telegram yet';

  /** Takes what is new on a page. Settles when the page is handled, or when the next one must not wait for it any longer. */
  async function begin(updates: readonly Update[]): Promise<void> {
    const fresh = updates.filter(({ update_id }) => progress.begins(update_id));
    const works = fresh.map((update) => lanes.run(laneOf(update), () => patiently(update)));
    const done = new AbortController();
    if (works.length > 0) void Promise.all(works).then(() => done.abort());
    if (progress.unconfirmed() > 0) await pause(pageMs, works.length > 0 ? done.signal : signal);
  }

  async function patiently(update: Update): Promise<void> {
    for (let tries = 1; !signal.aborted; tries++) {
      try {
        await take(update, signal);
        progress.ended(update.update_id);
        return;
      } catch (error) {
        log.warn({ event: `telegram-${update.update_id}`, tries, err: error }, 'an update waits');
        await pause(growingMs(tries, 500, 10_000), signal);
      }
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    let failedAtMs = 0;
    while (!signal.aborted) {
      try {
        if (state !== true) await connect();
        // The first poll returns at once, so that it is soon known whether polling works.
        const startedMs = Date.now();
        const offset = progress.offset();
        const timeout = state === true && progress.unconfirmed() === 0 ? bot.pollSeconds : 0;
        const updates = await bot.pollApi.getUpdates(
          { ...(offset === undefined ? {} : { offset }), limit: updateCount, timeout, allowed_updates: updateKinds },
          signalOf(signal),
        );
        state = true;
        if (Date.now() - failedAtMs > calmMs) failures = 0;
        await begin(updates);
        // A server that does not hold long polls open must not be asked without a pause.
        if (updates.length === 0 && Date.now() - startedMs < briefMs) await pause(briefMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        failedAtMs = Date.now();
        state = troubleOf(error);
        const waitMs = growingMs(failures, isRefusal(error, 409) ? 1000 : 500, 30_000);
        log.warn({ err: error, waitMs }, `polling waits: ${state}`);
        await pause(waitMs, signal);
      }
    }
  }

  /** A webhook that was set earlier keeps everybody from polling; what waits for it comes to us. */
  async function connect(): Promise<void> {
    await bot.me();
    await bot.api.deleteWebhook({ drop_pending_updates: false });
  }

  const running = run();
  return {
    ready: () => state,
    async stop() {
      stopping.abort();
      await running;
      await lanes.idle();
      const offset = progress.offset();
      state = 'stopped';
      // Confirms what was handled since the last poll, so that it does not come again.
      if (offset !== undefined)
        await bot.api.getUpdates({ offset, limit: 1, timeout: 0 }, signalOf(AbortSignal.timeout(3000))).catch(() => undefined);
    },
  };
}

// grammY declares the signals of a package that was there before Node's own.
const signalOf = (signal: AbortSignal) => signal as Parameters<Bot['api']['getUpdates']>[1];

/** Which updates were taken and not confirmed yet, and how far they may be confirmed. */
function createProgress() {
  /** By update id, in the order of arrival, which is theirs; true: handled. */
  const taken = new Map<number, boolean>();
  let next: number | undefined;
  return {
    /** Notes that an update is being handled; false when it was noted before. */
    begins(id: number): boolean {
      if (taken.has(id)) return false;
      taken.set(id, false);
      return true;
    },
    ended: (id: number) => void taken.set(id, true),
    /** How many are noted, also those that are handled and wait for an earlier one. */
    unconfirmed: () => taken.size,
    /** The first update that is not known to be handled: what a poll may confirm ends before it. */
    offset(): number | undefined {
      for (const [id, done] of taken) {
        if (!done) break;
        next = id + 1;
        taken.delete(id);
      }
      return next;
    },
  };
}

function troubleOf(error: unknown): string {
  if (isRefusal(error, 409)) return 'another program polls with the same bot token (409)';
  if (isRefusal(error, 401) || isRefusal(error, 404)) return 'Telegram does not know the bot token (401)';
  return `Telegram does not answer (${error instanceof Error ? error.message : String(error)})`;
}
