import { actorId, type Context } from '../context.ts';
import { once } from '../once.ts';
import { Refusal } from '../refusal.ts';
import type { ProgramRules } from './program.ts';

/**
 * Puts new rules in force from now on, as a new version: sales made before keep the rules they were priced by, points keep the dates
 * they were given. Refuses: `owner.only`.
 */
export async function changeProgram(ctx: Context, change: Partial<ProgramRules>): Promise<{ version: number }> {
  return once(ctx, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('program_version'))`;
    const me = actorId(ctx.actor);
    const owner = me === null ? null : await tx.staff.findUnique({ where: { personId: me } });
    if (owner?.role !== 'owner') throw new Refusal('owner.only');
    const { id: _, ...before } = await tx.programVersion.findFirstOrThrow({
      where: { startsAt: { lte: ctx.now } },
      orderBy: [{ startsAt: 'desc' }, { id: 'desc' }],
    });
    const { id } = await tx.programVersion.create({
      data: { ...before, ...change, actorId: me, startsAt: ctx.now, createdAt: ctx.now },
    });
    return { version: id };
  });
}
