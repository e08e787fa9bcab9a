import { actorId, type Context, type Statement } from '../context.ts';
import type { PricedSale } from '../pricing/left-over.ts';
import { Refusal } from '../refusal.ts';
import type { Refundable } from './points-back.ts';
import { undoWindowMinutes } from './undo-window.ts';

/** A sale that its actor may still undo; `amountMinor` is what of it stands. */
export type RecentSale = { id: number; receipt: string; amountMinor: number; points: number; name: string; at: Date };

/** A sale that can be refunded: who bought, when, and what decides which points go back. */
export type RefundableSale = Refundable &
  PricedSale & {
    id: number;
    memberId: number;
    receipt: string;
    name: string;
    paidMinor: number;
    refundedMinor: number;
    paidPoints: number;
    pointsReturned: number;
  };

const recent: Statement = {
  name: 'recent_sales',
  text: `SELECT s.id, s.receipt, s.amount_minor - s.refunded_minor AS "amountMinor", s.points, coalesce(p.name, m.external_ref, m.code) AS name,
      s.created_at AS at
    FROM sale s JOIN member m ON m.id = s.member_id LEFT JOIN person p ON p.id = m.person_id
    WHERE s.actor_id = $1 AND s.created_at > $2 AND s.undone_at IS NULL ORDER BY s.id DESC LIMIT 5`,
};
const byReceipt: Statement = {
  name: 'sale_by_receipt',
  text: `SELECT id FROM sale WHERE receipt = $1 AND undone_at IS NULL UNION ALL
    (SELECT id FROM sale WHERE receipt = $1 AND undone_at IS NOT NULL ORDER BY id DESC LIMIT 1) LIMIT 1`,
};
const refundable: Statement = {
  name: 'sale_refundable',
  text: `SELECT s.id, s.member_id AS "memberId", s.receipt, s.at, s.undone_at AS "undoneAt", coalesce(p.name, m.external_ref, m.code) AS name, s.amount_minor AS "paidMinor",
      s.refunded_minor AS "refundedMinor", s.points, (s.snapshot ->> 'per')::bigint AS per, s.amount_minor AS "amountMinor", s.paid_points_minor AS "paidPointsMinor", s.paid_points AS "paidPoints",
      s.shop, s.items, s.snapshot, w.debt, coalesce(wait.left, 0) AS "pointsPending", r.value AS "valueBack", r.returned AS "pointsReturned",
      CASE WHEN (s.snapshot ->> 'carry')::boolean THEN c.numerator END AS carried, coalesce(c.denominator, 1) AS "carriedPer",
      r.back AS "pointsBack", r.taken AS "pointsTaken", own.expired + own.due AS "pointsExpired",
      w.balance - coalesce((SELECT sum(l.remaining)::bigint FROM lot l WHERE l.member_id = s.member_id AND l.remaining > 0 AND l.expires_at <= $2), 0) AS balance
    FROM sale s JOIN member m ON m.id = s.member_id JOIN wallet w ON w.member_id = s.member_id LEFT JOIN person p ON p.id = m.person_id
      LEFT JOIN pending wait ON wait.sale_id = s.id AND wait.released_at IS NULL
      LEFT JOIN carry c ON c.member_id = s.member_id AND c.rule = s.snapshot ->> 'rule'
      CROSS JOIN LATERAL (SELECT coalesce(sum(points_back), 0)::bigint AS back, coalesce(sum(points_taken + points_owed + points_pending + points_written_off), 0)::bigint AS taken,
        coalesce(sum(value_back), 0)::bigint AS value, coalesce(sum(points_returned), 0)::bigint AS returned FROM refund WHERE sale_id = s.id) r
      CROSS JOIN LATERAL (SELECT coalesce(sum(l.remaining) FILTER (WHERE l.expires_at <= $2), 0)::bigint AS due,
          coalesce(sum((SELECT sum(a.amount) FROM allocation a JOIN entry x ON x.id = a.entry_id AND x.kind = 'expire' WHERE a.lot_id = l.id)), 0)::bigint AS expired
        FROM lot l WHERE l.sale_id = s.id) own
    WHERE s.id = $1`,
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

/**
 * A sale of which something is left to refund, as it is at `ctx.now`. Refuses: `sale.unknown`, `ledger.already_undone` { receipt, at }.
 */
export async function refundableSale(ctx: Pick<Context, 'db' | 'now'>, saleId: number): Promise<RefundableSale> {
  const [row] = await ctx.db.run<RefundableSale & { undoneAt: Date | null }>(refundable, [saleId, ctx.now]);
  if (!row) throw new Refusal('sale.unknown');
  const { undoneAt, ...sale } = row;
  if (undoneAt !== null) throw new Refusal('ledger.already_undone', { receipt: sale.receipt, at: undoneAt });
  return sale;
}
