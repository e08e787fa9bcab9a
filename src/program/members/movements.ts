import type { Context, Statement } from '../context.ts';

/**
 * A movement of points with everything that explains it. `number` is the member's own count (1 is the first). `rate`: the rule that
 * priced the sale; `carriedIn`/`carriedOut` in 1/`per` of a point. `actor` is null for the program itself. `reason.amountMinor` of an
 * undo: the part of the sale that was refunded; without it, all of it was.
 */
export type Movement = {
  number: number;
  kind: 'credit' | 'welcome' | 'grant' | 'undo' | 'spend' | 'expire' | 'debt';
  points: number;
  debt: number;
  balance: number;
  at: Date;
  actor: string | null;
  sale: {
    id: number;
    receipt: string;
    amountMinor: number;
    refundedMinor: number;
    currency: string;
    at: Date;
    undoneAt: Date | null;
  } | null;
  rate: { version: number; points: number; per: number; carry: boolean; carriedIn: number; carriedOut: number } | null;
  expiresAt: Date | null;
  reason: Record<string, unknown>;
};

type Row = Omit<Movement, 'sale'> & {
  saleId: number | null;
  receipt: string;
  amountMinor: number;
  refundedMinor: number;
  currency: string;
  saleAt: Date;
  undoneAt: Date | null;
};

const select = `
  SELECT e.version AS number, e.kind, e.delta AS points, e.debt, e.balance_after AS balance, e.at, p.name AS actor, e.reason,
    s.id AS "saleId", s.receipt, s.amount_minor AS "amountMinor", s.refunded_minor AS "refundedMinor", s.currency, s.at AS "saleAt",
    s.undone_at AS "undoneAt", s.snapshot AS rate,
    (SELECT l.expires_at FROM lot l WHERE l.entry_id = e.id LIMIT 1) AS "expiresAt"
  FROM entry e LEFT JOIN sale s ON s.id = e.sale_id LEFT JOIN person p ON p.id = e.actor_id
  WHERE e.member_id = $1`;

const page: Statement = { name: 'movements_page', text: `${select} ORDER BY e.version DESC OFFSET $2 LIMIT $3` };
const one: Statement = { name: 'movement_one', text: `${select} AND e.version <= $2 ORDER BY e.version DESC LIMIT 1` };
const dates: Statement = {
  name: 'expiries',
  text: `SELECT expires_at AS at, sum(remaining)::bigint AS points FROM lot
    WHERE member_id = $1 AND remaining > 0 AND expires_at > $2 GROUP BY 1 ORDER BY 1 LIMIT 12`,
};

const movement = ({ saleId, receipt, amountMinor, refundedMinor, currency, saleAt, undoneAt, ...row }: Row): Movement => ({
  ...row,
  sale: saleId === null ? null : { id: saleId, receipt, amountMinor, refundedMinor, currency, at: saleAt, undoneAt },
});

/** A page of movements, newest first, `size` at a time; one more is read to tell whether there is an older page. */
export async function movementsOf(
  ctx: Pick<Context, 'db'>,
  memberId: number,
  pageNumber: number,
  size: number,
): Promise<{ movements: Movement[]; older: boolean }> {
  const rows = await ctx.db.run<Row>(page, [memberId, pageNumber * size, size + 1]);
  return { movements: rows.slice(0, size).map(movement), older: rows.length > size };
}

/** The movement with this number, or the last one before it; the latest without a number. */
export async function movementOf(ctx: Pick<Context, 'db'>, memberId: number, number?: number): Promise<Movement | undefined> {
  const [row] = await ctx.db.run<Row>(one, [memberId, number ?? Number.MAX_SAFE_INTEGER]);
  return row && movement(row);
}

/** Every date on which points of a member end, soonest first (at most twelve). */
export async function expiriesOf(ctx: Pick<Context, 'db' | 'now'>, memberId: number): Promise<{ at: Date; points: number }[]> {
  return ctx.db.run(dates, [memberId, ctx.now]);
}
