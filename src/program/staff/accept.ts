import { codeHash, plainCode } from '../codes.ts';
import type { Context } from '../context.ts';
import { planDelivery, planHomes } from '../deliveries/plan.ts';
import type { Newcomer } from '../members/join.ts';
import { personAt } from '../members/person.ts';
import { once } from '../once.ts';
import { Refusal } from '../refusal.ts';
import type { Role } from './invite.ts';
import { noteChange } from './note-change.ts';

/**
 * Uses an invitation: its user becomes staff or owner (never less than they were), the inviter is told. Exactly one person can use a
 * code, also when two try at once. Refuses: `invitation.unknown`, `invitation.used`, `invitation.expired`, `invitation.revoked`.
 */
export async function acceptInvitation(ctx: Context, who: Newcomer, typed: string): Promise<{ role: Role }> {
  return once(ctx, async (tx) => {
    const hash = codeHash(plainCode(typed));
    const invitation = await tx.invitation.findUnique({ where: { codeHash: hash } });
    if (!invitation) throw new Refusal('invitation.unknown');
    if (invitation.revokedAt) throw new Refusal('invitation.revoked');
    // It ends with the role of who made it, also when they left at this moment. Of the program itself: for whoever has the server's terminal.
    const { inviterId } = invitation;
    const inviter = inviterId === null ? undefined : await tx.staff.findUnique({ where: { personId: inviterId } });
    if (inviter !== undefined && inviter?.role !== 'owner') throw new Refusal('invitation.revoked');
    if (invitation.expiresAt <= ctx.now) throw new Refusal('invitation.expired');
    const personId = await personAt(tx, who, ctx.now);
    const { count } = await tx.invitation.updateMany({
      where: { id: invitation.id, usedAt: null, revokedAt: null },
      data: { usedAt: ctx.now, usedById: personId },
    });
    if (count === 0) throw new Refusal('invitation.used');

    const before = await tx.staff.findUnique({ where: { personId } });
    const role: Role = before?.role === 'owner' || invitation.role === 'owner' ? 'owner' : 'staff';
    // A shop more, except for who may work anywhere already.
    const shops =
      invitation.shop === null || (before && before.shops.length === 0)
        ? (before?.shops ?? [])
        : [...new Set([...(before?.shops ?? []), invitation.shop])];
    await tx.staff.upsert({ where: { personId }, create: { personId, role, since: ctx.now, shops }, update: { role, shops } });
    const kind = before ? 'role' : 'joined';
    await noteChange(
      tx,
      ctx,
      { personId, kind, detail: { role, ...(invitation.shop === null ? {} : { shop: invitation.shop }) } },
      invitation.inviterId,
    );
    if (invitation.inviterId !== null && invitation.inviterId !== personId) {
      const params = { person: personId, role };
      await planDelivery(tx, {
        personId: invitation.inviterId,
        notice: 'team-joined',
        params,
        dedupe: `team-joined:${invitation.id}`,
        now: ctx.now,
      });
    }
    await planHomes(tx, personId, `role:${invitation.id}`, ctx.now);
    return { role };
  });
}
