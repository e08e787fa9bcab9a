import type { Context, Statement } from '../context.ts';

const expireStatement: Statement = { name: 'coupon_expire', text: 'SELECT coupon_expire($1, $2) AS count' };

/** Ends up to `limit` coupons that are past their date; call it until it returns 0. Being late does no harm: they can't be used any more. */
export async function expireCoupons({ db, now }: Pick<Context, 'db' | 'now'>, limit: number): Promise<number> {
  const [row] = await db.run<{ count: number }>(expireStatement, [now, limit]);
  return row?.count ?? 0;
}
