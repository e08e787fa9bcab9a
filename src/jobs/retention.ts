import type { Database, Statement } from '../program/context.ts';

const dayMs = 86_400_000;
const batch = 5_000;

// What is kept for how long: keys of events longer than any messenger delivers again (Telegram: 24 hours), open questions a week.
const keeps: readonly { days: number; statement: Statement }[] = [
  {
    days: 8,
    statement: {
      name: 'forget_inbox',
      text: 'DELETE FROM inbox WHERE key IN (SELECT key FROM inbox WHERE at < $1 ORDER BY at LIMIT $2) RETURNING 1 AS one',
    },
  },
  {
    days: 7,
    statement: {
      name: 'forget_conversations',
      text: 'DELETE FROM conversation WHERE stamp IN (SELECT stamp FROM conversation WHERE updated_at < $1 LIMIT $2) RETURNING 1 AS one',
    },
  },
  {
    days: 90,
    statement: {
      name: 'forget_deliveries',
      text: `DELETE FROM delivery WHERE id IN (
        SELECT id FROM delivery WHERE created_at < $1 AND state IN ('sent', 'failed', 'dropped', 'unknown') LIMIT $2) RETURNING 1 AS one`,
    },
  },
];

/** Deletes what has done its work: keys of events after 8 days, open questions after 7, messages that are settled after 90. */
export async function forgetOld({ db, now, stopping }: { db: Database; now: Date; stopping: AbortSignal }): Promise<void> {
  for (const { days, statement } of keeps) {
    let deleted = batch;
    while (deleted === batch && !stopping.aborted) {
      deleted = (await db.run(statement, [new Date(now.getTime() - days * dayMs), batch])).length;
    }
  }
}
