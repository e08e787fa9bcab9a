import { businessDay } from '../calendar.ts';
import { actorId, type Context } from '../context.ts';
import { once } from '../once.ts';
import { zoneOf } from '../pricing/sale-terms.ts';
import { Refusal } from '../refusal.ts';
import type { Rules } from '../rules/rules.ts';
import { workplaces } from './where.ts';

/**
 * Notes where the acting member of staff is, until the business day ends there: what they credit is sold in that shop. Refuses: `staff.only`,
 * `shop.unknown`, `shop.not_yours`.
 */
export async function chooseShop(ctx: Context, shop: string, rules: Rules, timeZone: string): Promise<{ until: string }> {
  return once(ctx, async (tx) => {
    const me = actorId(ctx.actor);
    const staff = me === null ? null : await tx.staff.findUnique({ where: { personId: me } });
    if (!staff) throw new Refusal('staff.only');
    if (!rules.shops.some(({ id }) => id === shop)) throw new Refusal('shop.unknown');
    if (!workplaces(rules, staff.shops).some(({ id }) => id === shop)) throw new Refusal('shop.not_yours');
    const { until } = businessDay(ctx.now, zoneOf(rules, shop, timeZone), rules.dayStartsAt);
    await tx.staff.update({ where: { personId: staff.personId }, data: { shop, shopUntil: until } });
    return { until: until.toISOString() };
  });
}
