import { businessDay } from '../calendar.ts';
import type { Database, Statement } from '../context.ts';
import { programAt } from '../settings/program.ts';

const batch = 5_000;
const doneKey = 'rfm-scored';

const cuts: Statement = { name: 'rfm_cuts', text: 'SELECT rfm_cuts() AS cuts' };
const score: Statement = { name: 'rfm_score', text: 'SELECT rfm_score($1, $2, $3) AS done' };

type Moment = { db: Database; now: Date; timeZone: string; stopping: AbortSignal };

/**
 * Scores every member who ever bought by recency, frequency and money, once a business day, a few thousand at a time: nobody at the counter waits for it. Cut
 * short, or on two servers at once, it does no harm. Returns how many scores have changed.
 */
export async function scoreRfm({ db, now, timeZone, stopping }: Moment): Promise<number> {
  const { rules } = await programAt(db, now);
  const { day } = businessDay(now, timeZone, rules.dayStartsAt);
  const done = await db.prisma.setting.findUnique({ where: { key: doneKey } });
  if (done?.value === day) return 0;
  const [measured] = await db.run<{ cuts: object }>(cuts, []);
  let changed = 0;
  for (let after: number | null = 0; after !== null; ) {
    if (stopping.aborted) return changed;
    const [row]: { done: { upto: number | null; changed: number } }[] = await db.run(score, [
      JSON.stringify(measured?.cuts ?? {}),
      after,
      batch,
    ]);
    after = row?.done.upto ?? null;
    changed += row?.done.changed ?? 0;
  }
  await db.prisma.setting.upsert({
    where: { key: doneKey },
    create: { key: doneKey, value: day, updatedAt: now },
    update: { value: day, updatedAt: now },
  });
  return changed;
}
