import { actorId, type Context, type Statement } from '../context.ts';
import { undoWindowMinutes } from './undo.ts';

/** A sale that its actor may still undo. */
export type RecentSale = { id: number; receipt: string; amountMinor: number; points: number; name: string; at: Date };

const recent: Statement = {
  name: 'recent_sales',
  text: `SELECT s.id, s.receipt, s.amount_minor AS "amountMinor", s.points, coalesce(p.name, m.external_ref, m.code) AS name, s.created_at AS at
    FROM sale s JOIN member m ON m.id = s.member_id LEFT JOIN person p ON p.id = m.person_id
    WHERE s.actor_id = $1 AND s.created_at > $2 AND s.undone_at IS NULL ORDER BY s.id DESC LIMIT 5`,
};
const byReceipt: Statement = {
  name: 'sale_by_receipt',
  text: 'SELECT id FROM sale WHERE receipt = $1 ORDER BY undone_at IS NULL DESC, id DESC LIMIT 1',
};

/** The last sales of the acting member of staff that are young enough to be undone by them, newest first, at most five. */
export async function undoableSales(ctx: Context): Promise<RecentSale[]> {
  return ctx.db.run<RecentSale>(recent, [actorId(ctx.actor), new Date(ctx.now.getTime() - undoWindowMinutes * 60_000)]);
}

/** The sale with this receipt: the one in force, else the last one undone. */
export async function saleByReceipt(ctx: Pick<Context, 'db'>, receipt: string): Promise<number | undefined> {
  const [row] = await ctx.db.run<{ id: number }>(byReceipt, [receipt]);
  return row?.id;
}
