import type { Database, Statement } from '../context.ts';
import type { Claimed } from './claim.ts';

const dead: Statement = {
  name: 'delivery_address_dead',
  text: `
    WITH gone AS (
      UPDATE address SET dead_at = $4 WHERE id = $3 AND dead_at IS NULL
    ), next AS (
      SELECT a.id, a.channel FROM address a
      WHERE a.person_id = $5 AND a.id <> $3 AND a.dead_at IS NULL AND a.channel = ANY($6::text[]) AND $7 = 'chat'
      ORDER BY a.used_at DESC, a.id DESC LIMIT 1
    )
    UPDATE delivery d SET leased_by = NULL, lease_until = NULL, sent_at = CASE WHEN (d.result ->> 'doubts')::int > 0 THEN d.sent_at END,
      state = CASE WHEN EXISTS (SELECT 1 FROM next) THEN 'planned' ELSE 'failed' END,
      address_id = coalesce((SELECT id FROM next), d.address_id), channel = coalesce((SELECT channel FROM next), d.channel),
      result = CASE WHEN EXISTS (SELECT 1 FROM next) THEN d.result ELSE coalesce(d.result, '{}') || '{"code": "unreachable"}' END
    WHERE d.id = $1 AND d.leased_by = $2 AND d.state IN ('claimed', 'sending')
    RETURNING d.state, d.channel`,
};

/**
 * The messenger said that nothing reaches this address any more: it is not tried again until there is a sign of life, and the
 * message goes to the address of the person used most recently on one of `channels`. The place that shows the card does not move.
 * @returns the channel where it waits now, or null when the person can't be reached
 */
export async function markUnreachable(
  db: Database,
  row: Claimed,
  now: Date,
  channels: readonly string[],
): Promise<string | null> {
  const values = [row.id, row.worker, row.addressId, now, row.personId, channels, row.place];
  const [moved] = await db.run<{ state: string; channel: string }>(dead, values);
  return moved?.state === 'planned' ? moved.channel : null;
}

const moved: Statement = {
  name: 'delivery_chat_moved',
  text: 'UPDATE address SET chat_id = $2 WHERE id = $1 AND chat_id = $3',
};

/** The chat has another id now. An id that was learnt from the person in the meantime stays. */
export async function markMoved(db: Database, row: Claimed, chat: string): Promise<void> {
  await db.run(moved, [row.addressId, chat, row.address?.chat]);
}
