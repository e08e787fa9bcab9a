import { actorId, type Context } from '../context.ts';
import { once, type Tx } from '../once.ts';
import { Refusal } from '../refusal.ts';
import type { Rules } from '../rules/rules.ts';
import { storedRules } from './program.ts';

// The program itself (the command line, whoever runs the server) may do what an owner may.
async function requireOwner(tx: Tx, ctx: Context): Promise<number | null> {
  const me = actorId(ctx.actor);
  const owner = me === null ? null : await tx.staff.findUnique({ where: { personId: me } });
  if (me !== null && owner?.role !== 'owner') throw new Refusal('owner.only');
  return me;
}

/**
 * Makes `rules` a new version, in force from `startsAt` on (a moment not before now): sales made before keep the rules they were priced by,
 * points keep the dates they were given. The rules must have been checked. `replaces`: the version the change was made from; when another
 * began or was scheduled before `startsAt` since, nothing is changed. Refuses: `owner.only`, `program.changed_meanwhile`, `program.in_the_past`.
 */
export async function publishRules(
  ctx: Context,
  { rules, startsAt, replaces }: { rules: Rules; startsAt: Date; replaces?: number },
): Promise<{ version: number }> {
  return once(ctx, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('program_version'))`;
    const me = await requireOwner(tx, ctx);
    if (startsAt < ctx.now) throw new Refusal('program.in_the_past');
    const before = await tx.programVersion.findFirst({
      where: { startsAt: { lte: startsAt }, withdrawnAt: null },
      orderBy: [{ startsAt: 'desc' }, { id: 'desc' }],
      select: { id: true },
    });
    if (replaces !== undefined && before?.id !== replaces) throw new Refusal('program.changed_meanwhile');
    const { id } = await tx.programVersion.create({
      data: { rules: storedRules(rules), actorId: me, startsAt, createdAt: ctx.now },
    });
    return { version: id };
  });
}

/** Takes back a version that has not begun. Refuses: `owner.only`, `program.no_such_plan` (unknown, taken back already, or begun). */
export async function withdrawVersion(ctx: Context, version: number): Promise<{ startsAt: string }> {
  return once(ctx, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('program_version'))`;
    await requireOwner(tx, ctx);
    const { count } = await tx.programVersion.updateMany({
      where: { id: version, withdrawnAt: null, startsAt: { gt: ctx.now } },
      data: { withdrawnAt: ctx.now },
    });
    if (count === 0) throw new Refusal('program.no_such_plan');
    const { startsAt } = await tx.programVersion.findUniqueOrThrow({ where: { id: version } });
    return { startsAt: startsAt.toISOString() };
  });
}
