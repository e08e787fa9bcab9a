import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';

/** A sale taken back: `points` left the balance, `owed` were already spent and are paid by the next credits. */
export type Undone = {
  saleId: number;
  memberId: number;
  receipt: string;
  points: number;
  owed: number;
  balance: number;
  amountMinor: number;
  currency: string;
};

/** How long the person who credited a sale may undo it; afterwards an owner can (semantics: "within 10 minutes, else owner"). */
export const undoWindowMinutes = 10;

const statement: Statement = {
  name: 'ledger_undo',
  text: 'SELECT ledger_undo($1, $2, $3, $4, $5, make_interval(mins => $6)) AS result',
};

/**
 * Undoes a sale. Refuses: `sale.unknown`, `staff.only`, `ledger.already_undone`, `ledger.undo_too_late`, `ledger.undo_not_yours`,
 * `ledger.key_reused`.
 */
export async function undo(ctx: Context, input: { saleId: number }): Promise<Undone> {
  const [row] = await ctx.db.run<{ result: Undone }>(statement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    input.saleId,
    undoWindowMinutes,
  ]);
  if (!row) throw new Error('ledger_undo returned nothing');
  return row.result;
}
