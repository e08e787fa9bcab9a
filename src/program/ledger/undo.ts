import type { Context } from '../context.ts';
import { type Refunded, takeBack } from './refund.ts';
import { undoWindowMinutes } from './undo-window.ts';

/**
 * Undoes a sale: the refund of all that is left of it. Refuses: `sale.unknown`, `staff.only`, `ledger.already_undone`,
 * `ledger.undo_too_late`, `ledger.undo_not_yours`, `ledger.key_reused`.
 */
export const undo = (ctx: Context, { saleId, timeZone }: { saleId: number; timeZone: string }): Promise<Refunded> =>
  takeBack(ctx, { saleId, timeZone, amountMinor: null, windowMinutes: undoWindowMinutes });
