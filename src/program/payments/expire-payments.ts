import type { Context, Statement } from '../context.ts';

const statement: Statement = { name: 'payments_expire', text: 'SELECT payments_expire($1, $2) AS result' };

/** Ends questions about paying with points that nobody answered in time; both sides are told. Returns how many; call it until it returns 0. */
export async function expirePayments(ctx: Pick<Context, 'db' | 'now'>, batch = 100): Promise<number> {
  const [row] = await ctx.db.run<{ result: number }>(statement, [ctx.now, batch]);
  return row?.result ?? 0;
}
