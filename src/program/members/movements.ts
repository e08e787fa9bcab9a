import type { Context, Statement } from '../context.ts';
import type { PricedSale } from '../pricing/left-over.ts';

/**
 * A movement of points with everything that explains it. `number` is the member's own count (1 is the first), with the movements of cards that went into
 * theirs. `rate`: the rule that
 * priced the sale; `carriedIn`/`carriedOut` in 1/`per` of a point. `actor` is null for the program itself. `reason.amountMinor` of an
 * undo: the part of the sale that was refunded; without it, all of it was.
 */
export type Movement = {
  number: number;
  kind: 'credit' | 'welcome' | 'grant' | 'undo' | 'spend' | 'expire' | 'debt' | 'return' | 'move_in' | 'move_out' | 'forfeit';
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
  /** What priced the sale, as it keeps it. */
  rate: PricedSale['snapshot'] | null;
  expiresAt: Date | null;
  reason: Record<string, unknown>;
  /** Of a refund: why, as it was kept (control/refund-reason.ts). */
  refundReason: string | null;
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

const columns = `
  SELECT e.version AS number, e.kind, e.delta AS points, e.debt, e.balance_after AS balance, e.at, p.name AS actor, e.reason,
    s.id AS "saleId", s.receipt, s.amount_minor AS "amountMinor", s.refunded_minor AS "refundedMinor", s.currency, s.at AS "saleAt",
    s.undone_at AS "undoneAt", s.snapshot AS rate,
    (SELECT l.expires_at FROM lot l WHERE l.entry_id = e.id LIMIT 1) AS "expiresAt",
    CASE WHEN e.kind = 'undo' THEN (SELECT r.reason FROM refund r WHERE r.key = e.key) END AS "refundReason"
  FROM entry e LEFT JOIN sale s ON s.id = e.sale_id LEFT JOIN person p ON p.id = e.actor_id`;

const page: Statement = {
  name: 'movements_page',
  text: `${columns} WHERE e.member_id = $1 ORDER BY e.version DESC OFFSET $2 LIMIT $3`,
};
const one: Statement = {
  name: 'movement_one',
  text: `${columns} WHERE e.member_id = $1 AND e.version <= $2 ORDER BY e.version DESC LIMIT 1`,
};

// Of a card that others went into, their movements before that are part of the history; all of them are counted together.
const joined: Statement = { name: 'movements_joined', text: 'SELECT 1 AS joined FROM wallet WHERE merged_into = $1 LIMIT 1' };
const together = columns.replace('e.version AS number', 'all_of.number').replace(
  'FROM entry e',
  `FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM entry
      WHERE member_id = $1 OR (member_id IN (SELECT member_id FROM wallet WHERE merged_into = $1) AND kind <> 'move_out')) all_of
    JOIN entry e ON e.id = all_of.id`,
);
const pageTogether: Statement = { name: 'movements_page_together', text: `${together} ORDER BY e.id DESC OFFSET $2 LIMIT $3` };
const oneTogether: Statement = {
  name: 'movement_one_together',
  text: `${together} WHERE all_of.number <= $2 ORDER BY e.id DESC LIMIT 1`,
};

const isJoined = async ({ db }: Pick<Context, 'db'>, memberId: number): Promise<boolean> =>
  (await db.run(joined, [memberId])).length > 0;
const dates: Statement = {
  name: 'expiries',
  text: `SELECT expires_at AS at, sum(remaining)::bigint AS points FROM lot
    WHERE member_id = $1 AND remaining > 0 AND expires_at > $2 GROUP BY 1 ORDER BY 1 OFFSET $3 LIMIT $4`,
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
  const rows = await ctx.db.run<Row>((await isJoined(ctx, memberId)) ? pageTogether : page, [
    memberId,
    pageNumber * size,
    size + 1,
  ]);
  return { movements: rows.slice(0, size).map(movement), older: rows.length > size };
}

/** The movement with this number, or the last one before it; the latest without a number. */
export async function movementOf(ctx: Pick<Context, 'db'>, memberId: number, number?: number): Promise<Movement | undefined> {
  const statement = (await isJoined(ctx, memberId)) ? oneTogether : one;
  const [row] = await ctx.db.run<Row>(statement, [memberId, number ?? Number.MAX_SAFE_INTEGER]);
  return row && movement(row);
}

/** A page of the dates on which points of a member end, soonest first, `size` at a time; `later`: there are more. */
export async function expiriesOf(
  ctx: Pick<Context, 'db' | 'now'>,
  memberId: number,
  pageNumber = 0,
  size = 12,
): Promise<{ dates: { at: Date; points: number }[]; later: boolean }> {
  const rows = await ctx.db.run<{ at: Date; points: number }>(dates, [memberId, ctx.now, pageNumber * size, size + 1]);
  return { dates: rows.slice(0, size), later: rows.length > size };
}
