import { actorId, type Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { evaluateTiers } from './evaluate-tiers.ts';

/**
 * Says how changed tiers of a version come into force. `next evaluation` (the default of every change): members keep what they have; who has reached
 * more rises with the next purchase or evaluation, who has too little goes down by the usual way, warned and after grace. `now`: with the
 * beginning of the version (at once when it has begun) everybody gets the tier that their purchases have reached, up or down; once per version.
 * Refuses: `owner.only`.
 */
export async function applyTiers(
  ctx: Context,
  how: 'now' | 'next evaluation',
  { version, timeZone }: { version: number; timeZone: string },
): Promise<void> {
  const { prisma } = ctx.db;
  const me = actorId(ctx.actor);
  const owner = me === null ? null : await prisma.staff.findUnique({ where: { personId: me } });
  if (me !== null && owner?.role !== 'owner') throw new Refusal('owner.only');
  if (how === 'next evaluation') return;
  const { startsAt } = await prisma.programVersion.findUniqueOrThrow({ where: { id: version }, select: { startsAt: true } });
  const last = await prisma.tierRun.findFirst({ orderBy: { moment: 'desc' } });
  // After the evaluation that is done: what is not after it counts as done with it.
  const at = new Date(Math.max(startsAt.getTime(), ctx.now.getTime(), (last?.moment.getTime() ?? 0) + 1));
  await prisma.tierRelevel.createMany({ data: [{ versionId: version, at, actorId: me }], skipDuplicates: true });
  await evaluateTiers({ db: ctx.db, now: startsAt > ctx.now ? ctx.now : at, timeZone });
}
