import pg from 'pg';
import { openDatabase } from '../../src/database/client.ts';
import { ensureJourneys } from '../../src/program/journeys/ensure-journeys.ts';
import { ensureProgram } from '../../src/program/settings/program.ts';
import { fillCrowd } from '../crowd.ts';

/** How a message to a recipient stands: the recipient's number is their chat. `doubts`: how often nobody knew whether it arrived. */
export type Row = { chat: number; state: string; doubts: number; code: string | null };

const texts = { en: { title: 'Spring is here', body: 'Hi {name}, you have {points}: come and taste the new blend.' } };

/**
 * A shop whose members 1 to `recipients` have a chat of the same number and no quiet hours, and a broadcast to all of them that waits to be begun by the
 * workers' own chores. `resend`: what its owner wants of a message of which nobody knows whether it arrived.
 */
export async function openOffer({ url, recipients, resend }: { url: string; recipients: number; resend: boolean }) {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  // The server may be stopped under an idle connection when an experiment fails.
  pool.on('error', () => undefined);
  const db = await openDatabase({ url, max: 2 });
  await ensureProgram(db, 100, new Date(0));
  await ensureJourneys(db, new Date(0));
  await db.close();
  await fillCrowd(pool, { from: 1, upto: recipients });
  await pool.query(`UPDATE person SET quiet = '{"from": "00:00", "until": "00:00"}'`);
  // They would write to the new members tomorrow.
  await pool.query("UPDATE campaign SET state = 'paused' WHERE kind = 'journey'");
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO campaign (kind, name, state, topic, created_at, started_at, begins_at, resend, text_versions)
      VALUES ('broadcast', 'Spring', 'scheduled', 'offers', now(), now(), now(), $1, '{"a": 1}') RETURNING id`,
    [resend],
  );
  const id = rows[0]?.id ?? 0;
  const slot = `campaign:${id}:a`;
  await pool.query("INSERT INTO message_text (slot, version, texts, fallback, at) VALUES ($1, 1, $2::jsonb, 'en', now())", [
    slot,
    JSON.stringify(texts),
  ]);
  return {
    pool,
    /** Every message of the broadcast. */
    async rows(): Promise<Row[]> {
      const found = await pool.query<Row>(
        `SELECT member_id AS chat, state, coalesce((result ->> 'doubts')::int, 0) AS doubts, result ->> 'code' AS code FROM delivery WHERE campaign_id = $1`,
        [id],
      );
      return found.rows;
    },
    /** Whether all are planned, and what became of each is settled. */
    async settled(): Promise<boolean> {
      const found = await pool.query<{ settled: boolean }>(
        `SELECT planned_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.campaign_id = c.id AND d.state IN ('planned', 'retry', 'claimed', 'sending'))
          AS settled FROM campaign c WHERE id = $1`,
        [id],
      );
      return found.rows[0]?.settled === true;
    },
    close: () => pool.end(),
  };
}

export type Offer = Awaited<ReturnType<typeof openOffer>>;
