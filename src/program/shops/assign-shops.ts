import type { Context } from '../context.ts';
import { planHomes } from '../deliveries/plan.ts';
import { once } from '../once.ts';
import { Refusal } from '../refusal.ts';
import type { Rules } from '../rules/rules.ts';
import { noteChange } from '../staff/note-change.ts';
import { requireOwner } from '../staff/require-owner.ts';

/**
 * Says where somebody works: ids of shops, none for anywhere. Where they are today is asked anew. Refuses: `owner.only`, `team.not_in_team`,
 * `shop.unknown`.
 */
export async function assignShops(
  ctx: Context,
  { personId, shops }: { personId: number; shops: readonly string[] },
  rules: Pick<Rules, 'shops'>,
): Promise<{ name: string }> {
  return once(ctx, async (tx) => {
    await requireOwner(tx, ctx);
    if (shops.some((shop) => !rules.shops.some(({ id }) => id === shop))) throw new Refusal('shop.unknown');
    const found = await tx.staff.findUnique({ where: { personId }, include: { person: true } });
    if (!found) throw new Refusal('team.not_in_team');
    await tx.staff.update({ where: { personId }, data: { shops: [...new Set(shops)], shop: null, shopUntil: null } });
    await noteChange(tx, ctx, { personId, kind: 'shops', detail: { shops: [...new Set(shops)] } });
    await planHomes(tx, personId, `shops:${ctx.key.id}`, ctx.now);
    return { name: found.person.name };
  });
}
