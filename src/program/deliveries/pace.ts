import type { Database, Statement } from '../context.ts';

const pause: Statement = {
  name: 'delivery_pause',
  text: `
    INSERT INTO setting AS s (key, value, updated_at)
      VALUES ('pause:' || $1, jsonb_build_object('untilMs', extract(epoch FROM clock_timestamp()) * 1000 + $2::float8), clock_timestamp())
      ON CONFLICT (key) DO UPDATE SET updated_at = clock_timestamp(),
        value = jsonb_build_object('untilMs', greatest((s.value ->> 'untilMs')::float8, (excluded.value ->> 'untilMs')::float8))`,
};

/** The messenger wants everyone to wait: no worker of any process sends on this channel for so long. A longer pause stays. */
export async function pauseChannel(db: Database, channel: string, ms: number): Promise<void> {
  await db.run(pause, [channel, ms]);
}

/** How messages are spread: in groups of `size` on `tracks` tracks, see `pace_take`. All others in milliseconds. */
export type Spread = { tracks: number; size: number; perMs: number; spacingMs: number; lateMs: number; travelMs: number };

/**
 * Moments by the database's clock, in milliseconds since 1970. `longer`: since when a group has been given longer; null: it can't be. `restMs`: until when
 * the messenger wants nothing; null: it never said so.
 */
export type Taken = { now: number; slots: [atMs: number, turn: number][]; longer: (number | null)[]; restMs: number | null };

const takePace: Statement = {
  name: 'pace_take',
  text: `SELECT pace_take($1, $2::jsonb, $3, $4::bigint[]) AS taken, (SELECT (value ->> 'untilMs')::float8 FROM setting WHERE key = 'pause:' || split_part($1, ':', 1)) AS "restMs"`,
};

/**
 * Takes the next `count` free moments to send under a pace, whichever process took those before, and gives groups that were missed (their turns) longer.
 * No moment lies in the past. `name` begins with the channel's, which may rest.
 */
export async function takeSlots(
  db: Database,
  name: string,
  spread: Spread,
  { count, longer }: { count: number; longer: readonly number[] },
): Promise<Taken> {
  const values = [name, JSON.stringify(spread), count, longer];
  const [row] = await db.run<{ taken: Omit<Taken, 'restMs'>; restMs: number | null }>(takePace, values);
  if (!row) throw new Error('no slots were given');
  return { ...row.taken, restMs: row.restMs };
}

// Per index: what people wait for, and each running campaign's own. What a paused one holds back is not due.
const next: Statement = {
  name: 'delivery_next',
  text: `
    WITH soonest AS (
      SELECT min(d.not_before) AS at FROM delivery d
      WHERE d.channel = $1 AND d.campaign_id IS NULL AND d.state IN ('planned', 'retry') AND $4::boolean IS NOT TRUE
      UNION ALL
      SELECT m.at FROM campaign c CROSS JOIN LATERAL (
        SELECT min(d.not_before) AS at FROM delivery d
        WHERE d.campaign_id = c.id AND d.channel = $1 AND d.state IN ('planned', 'retry')) m
      WHERE c.state = 'running' AND c.paid = coalesce($4, c.paid)
    )
    SELECT greatest(extract(epoch FROM min(at) - $2::timestamptz) * 1000, max(s.ms), 0)::float8 AS ms
    FROM soonest, (SELECT coalesce(max((value ->> 'untilMs')::float8 - extract(epoch FROM clock_timestamp()) * 1000), 0) AS ms
      FROM setting WHERE key = 'pause:' || $1) s
    HAVING min(at) <= $2::timestamptz + make_interval(secs => $3::float8 / 1000)`,
};

/**
 * How soon something of a channel may be due, looking `horizonMs` ahead; null: nothing in sight. 0: due, but its chat rests. `paid` as in `claimDue`.
 */
export async function nextDueInMs(
  db: Database,
  { channel, now, horizonMs, paid }: { channel: string; now: Date; horizonMs: number; paid?: boolean },
): Promise<number | null> {
  const [row] = await db.run<{ ms: number | null }>(next, [channel, now, horizonMs, paid ?? null]);
  return row?.ms ?? null;
}
