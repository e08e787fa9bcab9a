import type { ChannelTools } from '../../chat/channel.ts';
import { Away } from './away.ts';
import type { Spool, Spooled } from './spool.ts';

const firstWaitMs = 250;
const longestWaitMs = 4000;
// An event that alone is refused while others pass is not waiting for the database. It blocks its person no longer.
const triesAlone = 8;

/**
 * Events that wait for the database, in their order for each person. Tried again and again, ever more slowly, until they are treated.
 */
export function createWaitingRoom({
  treat,
  spool,
  putAside,
  log,
}: {
  treat(event: Spooled): Promise<void>;
  spool: Pick<Spool, 'done'>;
  putAside: ChannelTools['putAside'];
  log: ChannelTools['log'];
}) {
  let waiting: Spooled[] = [];
  const refusedAlone = new Map<string, number>();
  let waitMs = firstWaitMs;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  let closed = false;

  function schedule(): void {
    if (closed || timer || round || waiting.length === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      round = drain().finally(() => {
        round = undefined;
        schedule();
      });
    }, waitMs);
  }

  /** One try for each person's oldest event and, as long as it works, for those behind it. */
  async function drain(): Promise<void> {
    const stuck = new Map<string, Spooled>();
    let passed = 0;
    for (const event of [...waiting]) {
      if (closed) return;
      if (stuck.has(event.user)) continue;
      if (await passes(event)) passed++;
      else if (stuck.set(event.user, event).size >= 3 && passed === 0) break;
    }
    if (passed > 0) await giveUpOn([...stuck.values()]);
    waitMs = passed > 0 ? firstWaitMs : Math.min(waitMs * 2, longestWaitMs);
    if (waiting.length === 0) log.info({}, 'events that waited for the database are treated');
  }

  async function passes(event: Spooled): Promise<boolean> {
    try {
      await treat(event);
      await leave(event);
      return true;
    } catch (error) {
      if (!(error instanceof Away)) log.warn({ event: event.id, err: error }, 'an event waits on');
      return false;
    }
  }

  async function leave(event: Spooled): Promise<void> {
    await spool.done(event.id);
    waiting = waiting.filter((one) => one !== event);
    refusedAlone.delete(event.id);
  }

  async function giveUpOn(stuck: readonly Spooled[]): Promise<void> {
    for (const event of stuck) {
      const tries = (refusedAlone.get(event.id) ?? 0) + 1;
      refusedAlone.set(event.id, tries);
      if (tries < triesAlone) continue;
      const isAside = await putAside(event.id, event.body, new Error('refused while others passed')).then(
        () => true,
        () => false,
      );
      if (isAside) await leave(event);
    }
  }

  return {
    add(event: Spooled): void {
      if (waiting.length === 0) log.warn({}, 'the database is away: events wait on the local disk');
      waiting.push(event);
      schedule();
    },
    holds: (user: string): boolean => waiting.some((event) => event.user === user),
    size: (): number => waiting.length,
    async close(): Promise<void> {
      closed = true;
      clearTimeout(timer);
      await round;
    },
  };
}
