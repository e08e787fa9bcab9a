import { codeHash, randomCode } from '../codes.ts';
import type { Context, Database } from '../context.ts';
import { once } from '../once.ts';
import { Refusal } from '../refusal.ts';
import { requireOwner } from './require-owner.ts';

export type Role = 'staff' | 'owner';

/** How long an invitation can be used (semantics: "single use, 24 hours"). */
const lifeMs = 24 * 3_600_000;

/** An open invitation as owners see it. */
export type OpenInvitation = { id: number; role: Role; inviter: string; expiresAt: Date };

/**
 * Invites somebody to a role not above the inviter's, to work in `shop` (its id) when there is one. Returns the code to hand over; only its hash is kept, so it can't be shown again.
 * Refuses: `owner.only`.
 */
export async function invite(
  ctx: Context,
  input: { role: Role; shop?: string },
): Promise<{ code: string; id: number; expiresAt: string }> {
  return once(ctx, async (tx) => {
    const inviterId = await requireOwner(tx, ctx);
    const code = randomCode(16);
    const expiresAt = new Date(ctx.now.getTime() + lifeMs);
    const { id } = await tx.invitation.create({
      data: { codeHash: codeHash(code), role: input.role, inviterId, createdAt: ctx.now, expiresAt, shop: input.shop ?? null },
    });
    return { code, id, expiresAt: expiresAt.toISOString() };
  });
}

/** A one-time code that makes its user an owner: for whoever has the server's terminal. */
export async function ownerCode(db: Database, now: Date): Promise<{ code: string; expiresAt: Date }> {
  const code = randomCode(16);
  const expiresAt = new Date(now.getTime() + lifeMs);
  await db.prisma.invitation.create({ data: { codeHash: codeHash(code), role: 'owner', createdAt: now, expiresAt } });
  return { code, expiresAt };
}

/** Takes an invitation back before it is used. Refuses: `owner.only`, `invitation.used`. */
export async function revokeInvitation(ctx: Context, input: { id: number }): Promise<void> {
  await once(ctx, async (tx) => {
    await requireOwner(tx, ctx);
    const { count } = await tx.invitation.updateMany({ where: { id: input.id, usedAt: null }, data: { revokedAt: ctx.now } });
    if (count === 0) throw new Refusal('invitation.used');
  });
}
