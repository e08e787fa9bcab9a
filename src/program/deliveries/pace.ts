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

const reserve: Statement = {
  name: 'delivery_slot',
  text: `
    INSERT INTO setting AS s (key, value, updated_at)
      VALUES ('pace:' || $1, jsonb_build_object('atMs', extract(epoch FROM clock_timestamp()) * 1000), clock_timestamp())
      ON CONFLICT (key) DO UPDATE SET updated_at = clock_timestamp(),
        value = jsonb_build_object('atMs', greatest((s.value ->> 'atMs')::float8 + $2::float8, extract(epoch FROM clock_timestamp()) * 1000))
      RETURNING greatest((value ->> 'atMs')::float8 - extract(epoch FROM clock_timestamp()) * 1000, 0)::float8 AS "waitMs"`,
};

/**
 * Takes the channel's next free moment to send, `gapMs` after the one before, whichever process took that.
 * @returns how many milliseconds away it is
 */
export async function reserveSlot(db: Database, channel: string, gapMs: number): Promise<number> {
  const [row] = await db.run<{ waitMs: number }>(reserve, [channel, gapMs]);
  return row?.waitMs ?? 0;
}

const next: Statement = {
  name: 'delivery_next',
  text: `
    SELECT min(greatest(extract(epoch FROM d.not_before - $2::timestamptz) * 1000, s.ms, 0))::float8 AS ms
    FROM delivery d, (SELECT coalesce(max((value ->> 'untilMs')::float8 - extract(epoch FROM clock_timestamp()) * 1000), 0) AS ms
      FROM setting WHERE key = 'pause:' || $1) s
    WHERE d.channel = $1 AND d.state IN ('planned', 'retry') AND d.not_before <= $2::timestamptz + make_interval(secs => $3::float8 / 1000)`,
};

/** How soon something of a channel may be due, looking `horizonMs` ahead; null: nothing in sight. 0: due, but its chat rests. */
export async function nextDueInMs(db: Database, channel: string, now: Date, horizonMs: number): Promise<number | null> {
  const [row] = await db.run<{ ms: number | null }>(next, [channel, now, horizonMs]);
  return row?.ms ?? null;
}
