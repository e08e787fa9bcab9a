import type { Context, Statement } from '../context.ts';

/** Points that a refund should have taken and that were let go, being above what a member may owe. */
export type WrittenOff = { at: Date; receipt: string; member: string; by: string | null; points: number; amountMinor: number };

const statement: Statement = {
  name: 'written_off',
  text: `SELECT r.at, s.receipt, coalesce(p.name, m.external_ref, m.code) AS member, a.name AS by, r.points_written_off AS points,
      r.amount_minor AS "amountMinor", count(*) OVER () AS count, (sum(r.points_written_off) OVER ())::bigint AS total
    FROM refund r JOIN sale s ON s.id = r.sale_id JOIN member m ON m.id = s.member_id LEFT JOIN person p ON p.id = m.person_id
      LEFT JOIN person a ON a.id = r.actor_id
    WHERE r.points_written_off > 0 AND r.at >= $1 AND r.at < $2 ORDER BY r.at DESC, r.id DESC LIMIT $3`,
};

/** What refunds wrote off between two moments: how often, how many points, and the latest of them, newest first. */
export async function writtenOff(
  ctx: Pick<Context, 'db'>,
  { from, until }: { from: Date; until: Date },
  limit = 10,
): Promise<{ count: number; points: number; latest: WrittenOff[] }> {
  const rows = await ctx.db.run<WrittenOff & { count: number; total: number }>(statement, [from, until, limit]);
  return {
    count: rows[0]?.count ?? 0,
    points: rows[0]?.total ?? 0,
    latest: rows.map(({ count: _count, total: _total, ...row }) => row),
  };
}
