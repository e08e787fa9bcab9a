import type { Prisma } from '../../database/generated/client.ts';
import type { Context } from '../context.ts';
import { once } from '../once.ts';
import { Refusal } from '../refusal.ts';
import type { Limit, Limits, Rules } from '../rules/rules.ts';
import { noteChange } from '../staff/note-change.ts';
import { requireOwner } from '../staff/require-owner.ts';
import { type LimitName, limitLevels, limitNames } from './limit-terms.ts';

/** Somebody's limits by name: what holds for them now, and whether it is their own or their role's. */
export type HeldLimits = { name: LimitName; limit: Limit; own: boolean }[];

/** The limits one member of staff is held to. Refuses: `team.not_in_team`. */
export async function limitsHeld(ctx: Pick<Context, 'db'>, personId: number, rules: Pick<Rules, 'limits'>): Promise<HeldLimits> {
  const staff = await ctx.db.prisma.staff.findUnique({ where: { personId } });
  if (!staff) throw new Refusal('team.not_in_team');
  const own = (staff.limits ?? {}) as Limits;
  const role = rules.limits[staff.role === 'owner' ? 'owner' : 'staff'];
  return limitNames.map((name) => ({ name, limit: own[name] ?? role[name] ?? {}, own: own[name] !== undefined }));
}

/**
 * Gives somebody a limit of their own in place of their role's; null: their role's again. Points or minor units. Refuses: `owner.only`,
 * `team.not_in_team`, `limit.order` (soft ≤ approval ≤ hard).
 */
export async function setOwnLimit(
  ctx: Context,
  { personId, name, limit }: { personId: number; name: LimitName; limit: Limit | null },
): Promise<{ name: string }> {
  const levels = limitLevels.flatMap((level) => limit?.[level] ?? []);
  if (levels.some((value, at) => at > 0 && value < (levels[at - 1] ?? 0))) throw new Refusal('limit.order');
  return once(ctx, async (tx) => {
    await requireOwner(tx, ctx);
    // Two owners at once: the second adds to what the first has written.
    await tx.$executeRaw`SELECT 1 FROM staff WHERE person_id = ${personId}::int FOR UPDATE`;
    const staff = await tx.staff.findUnique({ where: { personId }, include: { person: true } });
    if (!staff) throw new Refusal('team.not_in_team');
    const { [name]: _before, ...others } = (staff.limits ?? {}) as Limits;
    const limits = (limit === null ? others : { ...others, [name]: limit }) as Prisma.InputJsonObject;
    await tx.staff.update({ where: { personId }, data: { limits } });
    await noteChange(tx, ctx, { personId, kind: 'limits', detail: { limit: name, ...limit } });
    return { name: staff.person.name };
  });
}
