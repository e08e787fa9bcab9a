import type { Database, Statement } from '../program/context.ts';
import { type KeepDays, keepDays } from '../program/privacy/keep.ts';
import { programAt } from '../program/settings/program.ts';

const dayMs = 86_400_000;
const batch = 5_000;

const settled = `state IN ('sent', 'failed', 'dropped', 'unknown')`;

/** What is deleted, a batch at a time: what is older than $1, at most $2 rows. */
const forgets: readonly { days: keyof KeepDays; statement: Statement }[] = [
  {
    days: 'events',
    statement: {
      name: 'forget_inbox',
      text: 'DELETE FROM inbox WHERE key IN (SELECT key FROM inbox WHERE at < $1 ORDER BY at LIMIT $2) RETURNING 1 AS one',
    },
  },
  {
    days: 'events',
    statement: {
      name: 'forget_attempts',
      text: 'DELETE FROM attempt WHERE key IN (SELECT key FROM attempt WHERE until < $1 LIMIT $2) RETURNING 1 AS one',
    },
  },
  {
    days: 'questions',
    statement: {
      name: 'forget_conversations',
      text: 'DELETE FROM conversation WHERE stamp IN (SELECT stamp FROM conversation WHERE updated_at < $1 LIMIT $2) RETURNING 1 AS one',
    },
  },
  {
    days: 'poison',
    statement: {
      name: 'forget_poison',
      text: 'DELETE FROM poison WHERE id IN (SELECT id FROM poison WHERE at < $1 LIMIT $2) RETURNING 1 AS one',
    },
  },
  {
    // Used ones say which chats turned out to be one person's: an erasing must reach them all. A paper card's code has no end.
    days: 'links',
    statement: {
      name: 'forget_links',
      text: `DELETE FROM link_code WHERE id IN (
        SELECT id FROM link_code WHERE kind = 'link' AND created_at < $1 AND used_at IS NULL LIMIT $2) RETURNING 1 AS one`,
    },
  },
  {
    days: 'uploads',
    statement: {
      name: 'forget_uploads',
      text: `DELETE FROM upload WHERE (channel, hash) IN (SELECT channel, hash FROM upload WHERE created_at < $1 LIMIT $2) RETURNING 1 AS one`,
    },
  },
  {
    days: 'messages',
    statement: {
      name: 'forget_deliveries',
      text: `DELETE FROM delivery WHERE id IN (
        SELECT id FROM delivery WHERE created_at < $1 AND campaign_id IS NULL AND ${settled} LIMIT $2) RETURNING 1 AS one`,
    },
  },
  {
    // Those of a broadcast when its figures have been kept; a journey goes on and counts the last weeks only.
    days: 'campaigns',
    statement: {
      name: 'forget_campaign_deliveries',
      text: `DELETE FROM delivery WHERE id IN (
        SELECT d.id FROM delivery d JOIN campaign c ON c.id = d.campaign_id
        WHERE d.created_at < $1 AND d.${settled} AND (c.kind = 'journey' OR c.result IS NOT NULL) LIMIT $2) RETURNING 1 AS one`,
    },
  },
];

/** Deletes what has done its work, after the days of `keepDays` under the rules in force. */
export async function forgetOld({ db, now, stopping }: { db: Database; now: Date; stopping: AbortSignal }): Promise<void> {
  const days = keepDays((await programAt(db, now)).rules);
  for (const { days: kept, statement } of forgets) {
    let deleted = batch;
    while (deleted === batch && !stopping.aborted) {
      deleted = (await db.run(statement, [new Date(now.getTime() - days[kept] * dayMs), batch])).length;
    }
  }
}
