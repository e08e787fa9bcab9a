import type { Database, Statement } from '../context.ts';

// Whose tier changes can't be served before the batch is done: a third of a second when all of them change.
const batch = 2_000;
const passes = 3;

type Due = { moment: Date | string; how: 'day' | 'relevel' | 'replay' };
type Done = { upto: number | null; changed: number; warned: number; left: number };

const due: Statement = { name: 'tier_due', text: 'SELECT tier_due($1, $2) AS due' };
const evaluate: Statement = { name: 'tier_evaluate', text: 'SELECT tier_evaluate($1, $2, $3, $4, $5, $6) AS done' };
const finish: Statement = { name: 'tier_finish', text: 'SELECT tier_finish($1, $2) AS done' };

export type Evaluation = {
  db: Database;
  now: Date;
  /** The program's. */
  timeZone: string;
  stopping?: AbortSignal;
};

/** One pass over everybody, as of a moment. `left`: members whose card was in use just then. */
async function pass({ db, now, timeZone, stopping }: Evaluation, { moment, how }: Due): Promise<Omit<Done, 'upto'>> {
  const sum = { changed: 0, warned: 0, left: 0 };
  for (let after: number | null = 0; after !== null; ) {
    if (stopping?.aborted) return { ...sum, left: sum.left + 1 };
    const [row]: { done: Done }[] = await db.run(evaluate, [now, moment, how, timeZone, after, batch]);
    if (!row) throw new Error('tier_evaluate returned nothing');
    for (const name of ['changed', 'warned', 'left'] as const) sum[name] += row.done[name];
    after = row.done.upto;
  }
  return sum;
}

/**
 * Evaluates everybody's tier as of every moment that is due: each business day's beginning, in their order, also when late, and the moments at
 * which an owner wanted changed tiers to count at once. Ups that nobody's purchase has made, one step down when the grace is over, and
 * warnings before it. Twice, or on two servers at once, does no harm. Returns how many members were moved or warned.
 */
export async function evaluateTiers(given: Evaluation): Promise<number> {
  const { db, now, timeZone, stopping } = given;
  let told = 0;
  while (!stopping?.aborted) {
    const [row] = await db.run<{ due: Due | null }>(due, [now, timeZone]);
    if (!row?.due) return told;
    let left = 1;
    for (let count = 0; count < passes && left > 0 && !stopping?.aborted; count += 1) {
      const done = await pass(given, row.due);
      told += done.changed + done.warned;
      left = done.left;
    }
    // Somebody's card is in use for long: the next run goes on from here.
    if (left > 0) return told;
    await db.run(finish, [row.due.moment, now]);
  }
  return told;
}
