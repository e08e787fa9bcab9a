import type { Context, Statement } from '../context.ts';

const expireStatement: Statement = { name: 'coupon_expire', text: 'SELECT coupon_expire($1, $2) AS count' };
const warnStatement: Statement = { name: 'coupon_warn', text: 'SELECT coupon_warn($1, $2, $3) AS count' };

type Now = Pick<Context, 'db' | 'now'>;

/** Ends up to `limit` coupons that are past their date; call it until it returns 0. Being late does no harm: they can't be used any more. */
export async function expireCoupons({ db, now }: Now, limit: number): Promise<number> {
  const [row] = await db.run<{ count: number }>(expireStatement, [now, limit]);
  return row?.count ?? 0;
}

/**
 * Plans messages for up to `limit` coupons that end soon; call it until it returns 0. `days` before their end, those steps that are less than half of a
 * coupon's life; each once, and when it is late only the nearest.
 */
export async function warnCoupons({ db, now }: Now, days: readonly number[], limit: number): Promise<number> {
  const [row] = await db.run<{ count: number }>(warnStatement, [now, days, limit]);
  return row?.count ?? 0;
}
