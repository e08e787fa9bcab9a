import type { Database, Statement } from '../context.ts';

/**
 * Why messages to many did not go, or not yet. `waits`: they may still go. Reasons: `quiet`, `cap`, `paused` (waiting); `cap`, `muted`, `no_consent`, `late`,
 * `stopped`, `erased`, `told` (on another card of theirs), `nothing_to_say` (dropped); `unreachable`, `refused`, `gave_up`, `not_written` (failed); `unknown`.
 */
export type Attention = { reason: string; waits: boolean; count: number };

const reasons: Statement = {
  name: 'attention_log',
  text: `
    SELECT reason, waits, count(*)::int AS count FROM (
      SELECT state IN ('planned', 'retry') AS waits, CASE WHEN state IN ('planned', 'retry') THEN result ->> 'wait' ELSE result ->> 'code' END AS reason
      FROM delivery WHERE campaign_id = $1 AND state IN ('planned', 'retry', 'dropped', 'failed', 'unknown')) r
    WHERE reason IS NOT NULL GROUP BY waits, reason ORDER BY count(*) DESC, reason`,
};

/** What kept the messages of a campaign from being sent, the most frequent reason first. */
export async function attentionLog(db: Database, campaignId: number): Promise<Attention[]> {
  return db.run<Attention>(reasons, [campaignId]);
}
