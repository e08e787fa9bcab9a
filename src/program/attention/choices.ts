import type { Context } from '../context.ts';
import { once } from '../once.ts';
import type { Quiet } from './quiet-hours.ts';
import { type Topic, topics } from './topics.ts';

/** How somebody wants to be written to. `hears`: each kind, as it counts now. `quiet`, `timeZone`: their own; null: the shop's. */
export type Choices = { hears: Readonly<Record<Topic, boolean>>; quiet: Quiet | null; timeZone: string | null };

/** What somebody has chosen. */
export async function choicesOf({ db }: Pick<Context, 'db'>, personId: number): Promise<Choices> {
  const person = await db.prisma.person.findUniqueOrThrow({
    where: { id: personId },
    select: { marketing: true, muted: true, quiet: true, timeZone: true },
  });
  const hears = (topic: Topic): boolean => (topic === 'reminders' || person.marketing) && !person.muted.includes(topic);
  return {
    hears: Object.fromEntries(topics.map((topic) => [topic, hears(topic)])) as Record<Topic, boolean>,
    quiet: person.quiet as Quiet | null,
    timeZone: person.timeZone,
  };
}

/** Sets somebody's own quiet hours; null: the shop's count again. */
export async function setQuiet(ctx: Context, { personId, quiet }: { personId: number; quiet: Quiet | null }): Promise<void> {
  await once(ctx, async (tx) => {
    await tx.$executeRaw`UPDATE person SET quiet = ${quiet === null ? null : JSON.stringify(quiet)}::jsonb WHERE id = ${personId}`;
  });
}

/** Sets where somebody is (IANA name); null: where the shop is. */
export async function setTimeZone(
  ctx: Context,
  { personId, timeZone }: { personId: number; timeZone: string | null },
): Promise<void> {
  await once(ctx, async (tx) => {
    await tx.person.update({ where: { id: personId }, data: { timeZone } });
  });
}
