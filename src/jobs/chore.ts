import type { Database } from '../program/context.ts';

/** What is done by the clock, at `now` of the program. Run late, twice or on two servers at once it does no harm. Returns how much was done. */
export type Chore = (moment: { db: Database; now: Date; timeZone: string; stopping: AbortSignal }) => Promise<number>;
