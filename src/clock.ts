import type { Database } from './program/context.ts';

/** The program's time. In the playground it can be moved forward; everywhere else it is the real time. */
export type Clock = { now(): Date; offsetMs(): number; advance(ms: number): Promise<void> };

const key = 'clock-offset-ms';

/** The real time. */
export const realClock: Clock = {
  now: () => new Date(),
  offsetMs: () => 0,
  advance: () => Promise.reject(new Error('only the clock of the playground can be moved')),
};

/** A clock that keeps how far it was moved, so that after a restart no entry lies in the future. `moved` hears of each time it is. */
export async function movableClock(db: Database, moved: () => void): Promise<Clock> {
  const kept = await db.prisma.setting.findUnique({ where: { key } });
  let offset = Number(kept?.value ?? 0);
  return {
    now: () => new Date(Date.now() + offset),
    offsetMs: () => offset,
    advance: async (ms) => {
      if (ms < 0) throw new Error('time goes forward');
      const [row] = await db.run<{ offset: number }>(
        {
          name: 'clock_advance',
          text: `INSERT INTO setting AS s (key, value, updated_at) VALUES ($1, to_jsonb($2::bigint), now())
            ON CONFLICT (key) DO UPDATE SET value = to_jsonb((s.value #>> '{}')::bigint + $2::bigint), updated_at = now()
            RETURNING (value #>> '{}')::bigint AS offset`,
        },
        [key, ms],
      );
      offset = row?.offset ?? offset;
      moved();
    },
  };
}
