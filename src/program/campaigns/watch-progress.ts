import type { Database, Statement } from '../context.ts';
import { type Progress, progressOf } from './progress.ts';

/** The message that keeps the score of a broadcast, one for each owner who watches it. */
export const progressNotice = 'broadcast-progress';

/** How long a score stands at least before it is painted anew: messengers allow one message a second to a chat, and people can't read faster. */
const standsMs = 4_000;
/** Who has been asked something within this time is looking at the question: nothing is painted over it. */
const answeringMinutes = 2;

// Who started it and who agreed to it watch, as long as they are owners; also one that had nobody to be sent to and was over before anybody looked.
const begin: Statement = {
  name: 'progress_begin',
  text: `
    INSERT INTO delivery (notice, params, person_id, address_id, channel, dedupe, not_before, created_at)
    SELECT '${progressNotice}', jsonb_build_object('campaign', c.id), s.person_id, a.id, a.channel, 'progress:' || c.id || ':' || s.person_id, $1, $1
    FROM campaign c JOIN staff s ON s.role = 'owner' AND s.person_id IN (c.started_by, c.approved_by)
      CROSS JOIN LATERAL (SELECT a.id, a.channel FROM address a WHERE a.person_id = s.person_id AND a.dead_at IS NULL ORDER BY a.used_at DESC, a.id DESC LIMIT 1) a
    WHERE c.kind = 'broadcast' AND (c.state = 'running' OR (c.state = 'done' AND c.ended_at > $1::timestamptz - interval '1 hour'))
    ON CONFLICT (dedupe) DO NOTHING RETURNING 1 AS one`,
};

// What is sent already is pressed now and then for days: once it is said that it is over, it is looked at once a minute, until its figures are final.
const watched: Statement = {
  name: 'progress_watched',
  text: `
    SELECT DISTINCT c.id, c.state, c.result IS NOT NULL AS closed FROM delivery d JOIN campaign c ON c.id = (d.params ->> 'campaign')::int
    WHERE d.notice = '${progressNotice}' AND d.state IN ('sent', 'unknown') AND NOT d.params ? 'last'
      AND (c.state NOT IN ('done', 'stopped') OR $2::boolean OR extract(second FROM $1::timestamptz) < 5
        OR NOT starts_with(coalesce(d.params ->> 'seen', ''), '["' || c.state || '"'))`,
};

const again: Statement = {
  name: 'progress_again',
  text: `
    UPDATE delivery d SET state = 'planned', attempt = 0, not_before = $4, result = d.result - 'doubts' - 'code',
      params = jsonb_build_object('campaign', $1::int, 'seen', $2::text) || CASE WHEN $3::boolean THEN '{"last": true}'::jsonb ELSE '{}' END
    WHERE d.notice = '${progressNotice}' AND d.state IN ('sent', 'unknown') AND (d.params ->> 'campaign')::int = $1
      AND ($3::boolean OR d.params ->> 'seen' IS DISTINCT FROM $2) AND NOT d.params ? 'last'
      AND coalesce(d.lease_until < clock_timestamp() - make_interval(secs => $5::float8 / 1000), true)
      AND NOT EXISTS (SELECT 1 FROM address a JOIN conversation v ON v.channel = a.channel AND v.user_id = a.user_id
        WHERE a.id = d.address_id AND v.updated_at > $4::timestamptz - interval '${answeringMinutes} minutes')
    RETURNING 1 AS one`,
};

/** What of a score can be seen: when this stays the same, nothing is painted. */
const seenOf = (state: string, { perMinute: _, leftMs, ...counts }: Progress): string =>
  JSON.stringify([state, leftMs === null ? null : Math.ceil(leftMs / 60_000), Object.values(counts)]);

type Watched = { id: number; state: string; closed: boolean };
type Moment = { db: Database; now: Date; stopping: AbortSignal; stands?: number };

/**
 * Keeps the scores of running broadcasts up to date: plans each watching owner's message once, and then, whenever there is something new to see, that the
 * same message is painted anew. The last time is when its figures are final, or its owner went on to the report. Returns how many were planned. Run twice or late it does no harm.
 */
export async function watchProgress({ db, now, stopping, stands = standsMs }: Moment): Promise<number> {
  let total = (await db.run(begin, [now])).length;
  for (const { id, state, closed } of await db.run<Watched>(watched, [now, stands === 0])) {
    if (stopping.aborted) break;
    const progress = await progressOf(db, id);
    total += (await db.run(again, [id, seenOf(state, progress), closed, now, stands])).length;
  }
  return total;
}

const leave: Statement = {
  name: 'progress_leave',
  text: `
    UPDATE delivery d SET params = d.params || '{"last": true}',
      state = CASE WHEN d.state IN ('planned', 'retry') AND d.result ? 'message' THEN 'sent' ELSE d.state END
    WHERE d.notice = '${progressNotice}' AND d.state IN ('sent', 'unknown', 'planned', 'retry') AND (d.params ->> 'campaign')::int = $1 AND d.person_id = $2`,
};

/** Somebody reads the report of what is over, perhaps in the place of its score: that is not painted any more. Done twice it does no harm. */
export async function leaveScore(db: Database, { id, personId }: { id: number; personId: number | null }): Promise<void> {
  await db.run(leave, [id, personId]);
}
