import type { Context } from '../context.ts';
import { type Refunded, takeBack } from './refund.ts';

/** How long the person who credited a sale may undo it; afterwards an owner can (semantics: "within 10 minutes, else owner"). */
export const undoWindowMinutes = 10;

/**
 * Undoes a sale: the refund of all that is left of it. Refuses: `sale.unknown`, `staff.only`, `ledger.already_undone`,
 * `ledger.undo_too_late`, `ledger.undo_not_yours`, `ledger.key_reused`.
 */
export const undo = (ctx: Context, { saleId }: { saleId: number }): Promise<Refunded> =>
  takeBack(ctx, { saleId, amountMinor: null, windowMinutes: undoWindowMinutes });
