import { actorId, type Context } from '../context.ts';
import { planDelivery, planHomes } from '../deliveries/plan.ts';
import { once } from '../once.ts';
import { Refusal } from '../refusal.ts';
import type { OpenInvitation, Role } from './invite.ts';
import { noteChange } from './note-change.ts';

/** `shops`: ids of where they work; none: anywhere. */
export type TeamMember = { personId: number; name: string; role: Role; since: Date; shops: readonly string[] };

/** Who works here, owners first, and the invitations that can still be used. */
export async function team(ctx: Pick<Context, 'db' | 'now'>): Promise<{ people: TeamMember[]; invitations: OpenInvitation[] }> {
  const rows = await ctx.db.prisma.staff.findMany({
    include: { person: { select: { name: true } } },
    orderBy: [{ role: 'asc' }, { since: 'asc' }],
  });
  const open = await ctx.db.prisma.invitation.findMany({
    where: { usedAt: null, revokedAt: null, inviterId: { not: null }, expiresAt: { gt: ctx.now } },
    orderBy: { id: 'asc' },
    take: 20,
  });
  const names = new Map(rows.map((row) => [row.personId, row.person.name]));
  return {
    people: rows.map((row) => ({
      personId: row.personId,
      name: row.person.name,
      role: row.role as Role,
      since: row.since,
      shops: row.shops,
    })),
    invitations: open.map((one) => ({
      id: one.id,
      role: one.role as Role,
      inviter: names.get(one.inviterId ?? 0) ?? '',
      expiresAt: one.expiresAt,
    })),
  };
}

/**
 * Takes somebody's role away; they are told. The owners' rows are locked together, so that two owners removing each other at the same
 * instant can't leave the shop without one. Refuses: `owner.only`, `team.not_in_team`, `team.last_owner`.
 */
export async function removeFromTeam(ctx: Context, input: { personId: number }): Promise<{ name: string; role: Role }> {
  return once(ctx, async (tx) => {
    const owners = await tx.$queryRaw<
      { person_id: number }[]
    >`SELECT person_id FROM staff WHERE role = 'owner' ORDER BY person_id FOR UPDATE`;
    const me = actorId(ctx.actor);
    if (!owners.some((owner) => owner.person_id === me)) throw new Refusal('owner.only');
    const leaving = await tx.staff.findUnique({ where: { personId: input.personId }, include: { person: true } });
    if (!leaving) throw new Refusal('team.not_in_team');
    if (leaving.role === 'owner' && owners.length === 1) throw new Refusal('team.last_owner');
    const { personId } = input;
    await tx.staff.delete({ where: { personId } });
    await tx.invitation.updateMany({
      where: { inviterId: personId, usedAt: null, revokedAt: null },
      data: { revokedAt: ctx.now },
    });
    await noteChange(tx, ctx, { personId, kind: 'removed', detail: { role: leaving.role } });
    await planDelivery(tx, {
      personId,
      notice: 'team-removed',
      params: { role: leaving.role },
      dedupe: `team-removed:${ctx.key.id}`,
      now: ctx.now,
    });
    await planHomes(tx, personId, `removed:${ctx.key.id}`, ctx.now);
    return { name: leaving.person.name, role: leaving.role as Role };
  });
}
