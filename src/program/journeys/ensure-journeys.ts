import type { Database, Statement } from '../context.ts';
import { journeys } from './index.ts';

const make: Statement = {
  name: 'journeys_ensure',
  text: `INSERT INTO campaign (kind, key, name, state, topic, lane, button, worth, created_at, started_at)
    SELECT 'journey', j.key, j.key, 'running', j.topic, j.lane, j.button, j.worth, $2, $2
    FROM jsonb_to_recordset($1) AS j(key text, topic text, lane text, button jsonb, worth int)
    WHERE NOT EXISTS (SELECT 1 FROM campaign c WHERE c.key = j.key) ON CONFLICT (key) DO NOTHING`,
};

/** Makes the campaign of every journey that has none yet, switched on. What an owner has changed stays; started twice at once, both see one. */
export async function ensureJourneys(db: Database, now: Date): Promise<void> {
  const wanted = journeys.map(({ key, topic, lane, button, worth }) => ({ key, topic, lane, button, worth }));
  await db.run(make, [JSON.stringify(wanted), now]);
}
