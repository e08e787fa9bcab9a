import { actorId, type Context } from '../context.ts';
import type { Tx } from '../once.ts';
import { Refusal } from '../refusal.ts';

/** The acting owner's id, as the roles are now. Refuses: `owner.only`. */
export async function requireOwner(tx: Pick<Tx, 'staff'>, ctx: Pick<Context, 'actor'>): Promise<number> {
  const me = actorId(ctx.actor);
  const owner = me === null ? null : await tx.staff.findUnique({ where: { personId: me } });
  if (owner?.role !== 'owner') throw new Refusal('owner.only');
  return owner.personId;
}
