import type { Database } from '../program/context.ts';
import { type Claimed, claimDue, giveBack } from '../program/deliveries/claim.ts';
import type { Outcome } from './deliver.ts';
import type { Tuning } from './tuning.ts';

export type CrewOptions = {
  channel: string;
  db: Database;
  /** Program time. */
  clock: () => Date;
  /** Whose leases these are. */
  worker: string;
  tuning: Pick<Tuning, 'lanes' | 'leaseMs' | 'sliceMs'>;
  /** Carries only messages of paid campaigns, or only others; absent: all. */
  paid?: boolean;
  deliver(row: Claimed): Promise<Outcome>;
};

/** Those who send: `lanes` messages of a channel under way at a time, as many more held ready. */
export type Crew = {
  /**
   * Sends until nothing is due (`done`), or the slice of time is over (`more`). What was begun is finished, what was only held is
   * given back. One call at a time. Throws when the database is away.
   */
  work(): Promise<'done' | 'more'>;
  /** There may be something new. */
  look(): void;
  /** Begins nothing new. */
  stop(): void;
};

/** Makes the crew of a channel in this process. */
export function createCrew({ channel, db, clock, worker, tuning, paid, deliver }: CrewOptions): Crew {
  const { lanes, leaseMs, sliceMs } = tuning;
  const held: Claimed[] = [];
  const active = new Set<Promise<void>>();
  const broken: unknown[] = [];
  let again = false;
  let rung = () => {};
  let stopped = false;

  const refill = async () => {
    again = false;
    held.push(
      ...(await claimDue({ db, channel, worker, now: clock(), limit: lanes, leaseMs, ...(paid === undefined ? {} : { paid }) })),
    );
  };
  const begin = (row: Claimed) => {
    const one: Promise<void> = deliver(row)
      .then(
        () => undefined,
        (error: unknown) => void broken.push(error),
      )
      .finally(() => active.delete(one));
    active.add(one);
  };
  const drain = async (): Promise<'done' | 'more'> => {
    const until = performance.now() + sliceMs;
    while (!stopped && broken.length === 0) {
      if (performance.now() > until) return 'more';
      if (held.length === 0) await refill();
      while (active.size < lanes && held.length > 0) begin(held.shift() as Claimed);
      if (active.size === 0 && !again) return 'done';
      const ring = new Promise<void>((resolve) => {
        rung = resolve;
      });
      if (!again || active.size >= lanes) await Promise.race([...active, ring]);
    }
    return 'done';
  };

  return {
    async work() {
      const ended = await drain().catch((error: unknown) => void broken.push(error));
      const ids = held.splice(0).map(({ id }) => id);
      await giveBack(db, worker, ids).catch((error: unknown) => void broken.push(error));
      await Promise.all(active);
      const [error] = broken.splice(0);
      if (error !== undefined) throw error;
      return ended ?? 'done';
    },
    look() {
      again = true;
      rung();
    },
    stop() {
      stopped = true;
      rung();
    },
  };
}
