import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';

export type Spent = { entryId: number; points: number; balance: number };

const statement: Statement = { name: 'ledger_spend', text: 'SELECT ledger_spend($1, $2, $3, $4, $5, $6, $7) AS result' };

/**
 * Spends points of a member, nearest expiry first, then oldest, never-expiring last. `reason` says what for (codes and numbers).
 * Refuses: `member.unknown`, `ledger.not_enough`, `ledger.points_not_positive`, `ledger.too_many_points`, `ledger.key_reused`.
 */
export async function spend(
  ctx: Context,
  input: { memberId: number; points: number; reason: Record<string, unknown> },
): Promise<Spent> {
  const [row] = await ctx.db.run<{ result: Spent }>(statement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    input.memberId,
    input.points,
    JSON.stringify(input.reason),
  ]);
  if (!row) throw new Error('ledger_spend returned nothing');
  return row.result;
}
