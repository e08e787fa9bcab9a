import type { Context, Statement } from '../context.ts';

const statement: Statement = { name: 'ledger_expire', text: 'SELECT ledger_expire($1, $2) AS result' };

/**
 * Expires lots that are due at `ctx.now`, for a batch of members. Returns how many lots ended; call it until it returns 0. Being late
 * does no harm: what is past its date can't be spent, and every other verb expires it first.
 */
export async function expire(ctx: Pick<Context, 'db' | 'now'>, batch = 500): Promise<number> {
  const [row] = await ctx.db.run<{ result: number }>(statement, [ctx.now, batch]);
  return row?.result ?? 0;
}
