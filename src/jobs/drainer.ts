import { nextDueInMs } from '../program/deliveries/pace.ts';
import { type CrewOptions, createCrew } from './crew.ts';
import type { Tuning } from './tuning.ts';

export type Drainer = {
  /**
   * Sends what is due, until nothing is or the slice of time is over; `more`: there may be more. When a drain is under way already,
   * that one looks once more, and this call returns at once.
   */
  drain(): Promise<'done' | 'more'>;
  /** Drains without anybody waiting for it, however long that takes. */
  wake(): void;
  /** Finishes what is being sent and gives back the rest. Does not wait longer than `stopMs`. */
  stop(): Promise<void>;
};

type Options = CrewOptions & {
  tuning: Pick<Tuning, 'sweepEveryMs' | 'stopMs'>;
  /** Told of what went wrong when nobody else waits for the drain. */
  failed(error: unknown): void;
};

// A chat that rests, or that another worker is busy with: look again soon.
const soonestMs = 200;

/** Makes what drains one channel in one process. It wakes itself for what is due before the next sweep. */
export function createDrainer(options: Options): Drainer {
  const { channel, db, clock, tuning, paid, failed } = options;
  const crew = createCrew(options);
  let running: Promise<'done' | 'more'> | undefined;
  let stopped = false;
  let alarm: NodeJS.Timeout | undefined;

  const wakeIn = (ms: number) => {
    clearTimeout(alarm);
    if (!stopped) alarm = setTimeout(() => void drainAlone(), Math.max(ms, soonestMs)).unref();
  };
  const run = async (): Promise<'done' | 'more'> => {
    clearTimeout(alarm);
    const ended = await crew.work();
    const horizon = { channel, now: clock(), horizonMs: tuning.sweepEveryMs, ...(paid === undefined ? {} : { paid }) };
    const dueInMs = ended === 'more' || stopped ? null : await nextDueInMs(db, horizon);
    if (dueInMs !== null) wakeIn(dueInMs);
    return ended;
  };
  const drain = async (): Promise<'done' | 'more'> => {
    crew.look();
    if (running || stopped) return 'done';
    running = run().finally(() => {
      running = undefined;
    });
    return running;
  };
  // Without a job of the queue, when the alarm goes off: nobody but itself can ring for the rest.
  const drainAlone = async () => {
    try {
      if ((await drain()) === 'more') wakeIn(0);
    } catch (error) {
      failed(error);
    }
  };

  return {
    drain,
    wake: () => void drainAlone(),
    async stop() {
      stopped = true;
      clearTimeout(alarm);
      crew.stop();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, tuning.stopMs);
      });
      const ended = running?.then(
        () => undefined,
        () => undefined,
      );
      await Promise.race([ended, late]);
      clearTimeout(timer);
    },
  };
}
