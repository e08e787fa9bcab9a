import type { Context, Statement } from '../context.ts';
import type { Rules } from '../rules/rules.ts';

/** Within how many days a purchase brings somebody back. */
export const returnDays = 30;

const dayMs = 86_400_000;

/**
 * Purchases of one kind. `purchases`, `turnoverMinor` (what was paid and not refunded) and the costs are of the last days: `discountMinor` was taken
 * off bills, `bonusPoints` were given on top of what the base rule gives, `costMinor` is both in money (null: the program gives points no price).
 * `judged`, `members` and `returned` are of as many days that ended `returnDays` ago, so that everybody had the time to come back: purchases, who made them, and how
 * many of those bought again on a later day within `returnDays` after the first of them.
 */
export type Mechanic = {
  purchases: number;
  turnoverMinor: number;
  discountMinor: number;
  bonusPoints: number;
  costMinor: number | null;
  judged: number;
  members: number;
  returned: number;
};

/** Purchases with a discount, with bonus points, and with neither; one with both counts for both. */
export type Mechanics = Record<'discount' | 'bonus' | 'plain', Mechanic>;

const statement: Statement = {
  name: 'report_mechanics',
  text: `
    WITH bought AS (
      SELECT s.member_id, s.at, s.discount_minor, s.amount_minor - s.refunded_minor AS paid,
        CASE WHEN s.amount_minor = 0 THEN 1 ELSE (s.amount_minor - s.refunded_minor)::numeric / s.amount_minor END AS kept,
        CASE WHEN s.snapshot ? 'parts' THEN greatest(0,
          (s.snapshot ->> 'value')::numeric - (s.snapshot -> 'parts' -> 0 ->> 'value')::numeric) / (s.snapshot ->> 'per')::numeric ELSE 0 END AS extra
      FROM sale s WHERE s.at >= $1 AND s.at <= $4 AND s.undone_at IS NULL AND ($5::text IS NULL OR s.shop = $5)
    ), kinds AS (
      SELECT b.*, k.kind FROM bought b CROSS JOIN LATERAL (VALUES ('discount', b.discount_minor > 0), ('bonus', b.extra > 0),
        ('plain', b.discount_minor = 0 AND b.extra = 0)) k (kind, holds) WHERE k.holds
    ), costs AS (
      SELECT kind, count(*) AS purchases, sum(paid)::bigint AS turnover, floor(sum(discount_minor * kept))::bigint AS discount,
        floor(sum(extra * kept))::bigint AS points FROM kinds WHERE at >= $2 GROUP BY kind
    ), firsts AS (
      SELECT kind, member_id, min(at) AS at, count(*) AS purchases FROM kinds WHERE at < $3 GROUP BY kind, member_id
    ), returns AS (
      SELECT kind, sum(purchases)::bigint AS judged, count(*) AS members, count(*) FILTER (WHERE EXISTS (
          SELECT 1 FROM sale r WHERE r.member_id = f.member_id AND r.undone_at IS NULL AND r.at > f.at AND r.at <= f.at + make_interval(days => $7)
            AND (r.at AT TIME ZONE $6)::date > (f.at AT TIME ZONE $6)::date)) AS returned
      FROM firsts f GROUP BY kind
    )
    SELECT kind, coalesce(purchases, 0) AS purchases, coalesce(turnover, 0) AS "turnoverMinor", coalesce(discount, 0) AS "discountMinor",
      coalesce(points, 0) AS "bonusPoints", coalesce(judged, 0) AS judged, coalesce(members, 0) AS members, coalesce(returned, 0) AS returned
    FROM costs FULL JOIN returns USING (kind)`,
};

/**
 * What so many points are worth in money: as when paying with them, else by the cheapest reward that is money; null where the program gives
 * them no price.
 */
export function worthOf(points: number, { pay, rewards }: Pick<Rules, 'pay' | 'rewards'>): number | null {
  if (pay) return Math.floor((points * pay.worthMinor) / pay.points);
  let cheapest: { cost: number; amountMinor: number } | undefined;
  for (const reward of rewards)
    if (reward.kind === 'money' && reward.cost > 0 && reward.cost < (cheapest?.cost ?? Number.POSITIVE_INFINITY))
      cheapest = reward;
  return cheapest ? Math.floor((points * cheapest.amountMinor) / cheapest.cost) : null;
}

/** Compares discounts with bonus points over the last days, in one shop (by id) or all. */
export async function mechanicsOf(
  ctx: Pick<Context, 'db' | 'now'>,
  { days, shop, timeZone }: { days: number; shop?: string; timeZone: string },
  rules: Pick<Rules, 'pay' | 'rewards'>,
): Promise<Mechanics> {
  const before = (count: number): Date => new Date(ctx.now.getTime() - count * dayMs);
  const rows = await ctx.db.run<Omit<Mechanic, 'costMinor'> & { kind: keyof Mechanics }>(statement, [
    before(days + returnDays),
    before(days),
    before(returnDays),
    ctx.now,
    shop ?? null,
    timeZone,
    returnDays,
  ]);
  const mechanic = (wanted: keyof Mechanics): Mechanic => {
    const found = rows.find(({ kind }) => kind === wanted);
    if (!found)
      return {
        purchases: 0,
        turnoverMinor: 0,
        discountMinor: 0,
        bonusPoints: 0,
        costMinor: 0,
        judged: 0,
        members: 0,
        returned: 0,
      };
    const { kind: _, ...counted } = found;
    const worth = counted.bonusPoints === 0 ? 0 : worthOf(counted.bonusPoints, rules);
    return { ...counted, costMinor: worth === null ? null : counted.discountMinor + worth };
  };
  return { discount: mechanic('discount'), bonus: mechanic('bonus'), plain: mechanic('plain') };
}
