import { actorId, type Context, type Statement } from '../context.ts';

/** A request that waits for an owner: who asks, for whose card, how much (minor units). */
export type OpenApproval = {
  id: number;
  kind: 'credit' | 'refund';
  asker: string;
  name: string;
  amountMinor: number;
  expiresAt: Date;
};

const open: Statement = {
  name: 'approvals_open',
  text: `SELECT a.id, a.kind, p.name AS asker, coalesce(o.name, m.external_ref, m.code) AS name, (a.what ->> 'amountMinor')::bigint AS "amountMinor",
      a.expires_at AS "expiresAt"
    FROM approval a JOIN person p ON p.id = a.asker_id JOIN member m ON m.id = a.member_id LEFT JOIN person o ON o.id = m.person_id
    WHERE a.decided_at IS NULL AND a.expires_at > $1 AND a.asker_id IS DISTINCT FROM $2 ORDER BY a.id LIMIT 20`,
};
const expire: Statement = { name: 'approval_expire', text: 'SELECT approval_expire($1) AS ended' };

/** What the acting owner can decide now, the oldest first, at most twenty. */
export const openApprovals = (ctx: Context): Promise<OpenApproval[]> =>
  ctx.db.run<OpenApproval>(open, [ctx.now, actorId(ctx.actor)]);

/** Ends a batch of requests that nobody decided in time; who asked is told. Returns how many; call it until it returns 0. */
export async function expireApprovals(ctx: Pick<Context, 'db' | 'now'>): Promise<number> {
  const [row] = await ctx.db.run<{ ended: number }>(expire, [ctx.now]);
  return row?.ended ?? 0;
}
