import { actorId, type Context, type Statement } from '../context.ts';
import { type Purchase, purchaseTerms } from '../ledger/credit.ts';
import { takingBackTerms } from '../ledger/refund.ts';
import { untilFresh } from '../ledger/until-fresh.ts';
import { originOf } from '../origin.ts';
import { Refusal } from '../refusal.ts';
import { programAt } from '../settings/program.ts';
import { limitTerms } from './limit-terms.ts';

/** What was decided. `points` given (or taken, of a refund), `asker` and `name` (the member's) as they are called. */
export type Decided = {
  id: number;
  kind: 'credit' | 'refund';
  decision: 'approved' | 'declined';
  points: number;
  amountMinor: number;
  asker: string;
  name: string;
};

type Request = { kind: 'credit' | 'refund'; askerId: number; what: Record<string, unknown>; createdAt: Date };

const read: Statement = {
  name: 'approval_read',
  text: 'SELECT kind, asker_id AS "askerId", what, created_at AS "createdAt" FROM approval WHERE id = $1',
};
const decide: Statement = { name: 'approval_decide', text: 'SELECT approval_decide($1, $2, $3, $4, $5, $6, $7) AS result' };

/**
 * What the ledger takes of a request. The purchase was made when it was asked for: it is priced by the rules of then, so that nobody loses
 * by waiting for an owner, and held to the limits of now.
 */
async function termsOf(ctx: Context, request: Request, key: string, timeZone: string): Promise<Record<string, unknown>> {
  const asker: Context = { ...ctx, actor: { kind: 'person', personId: request.askerId }, key: { id: key } };
  if (request.kind === 'refund') {
    const { saleId, amountMinor, reason } = request.what as { saleId: number; amountMinor: number; reason?: string };
    return takingBackTerms(asker, { saleId, amountMinor, timeZone, ...(reason === undefined ? {} : { reason }) });
  }
  const purchase = request.what as unknown as Purchase;
  const then = await programAt(ctx.db, request.createdAt);
  const { rules: today } = await programAt(ctx.db, ctx.now);
  const terms = await purchaseTerms(asker, { ...purchase, at: request.createdAt }, then, timeZone);
  return { ...terms, ...limitTerms(asker, today, timeZone) };
}

/**
 * An owner agrees to a request, or declines it, once; never one's own. Agreed, it is done as it was asked for, by who asked, in the same
 * transaction; what the ledger refuses then leaves the request open. Who asked is told either way. Refuses: `owner.only`,
 * `approval.unknown`, `approval.decided` { name, at }, `approval.expired`, `approval.own`, `approval.own_card`, `approval.asker_left`, and what `credit` and
 * `refund` refuse.
 */
export async function decideApproval(
  ctx: Context,
  { id, yes }: { id: number; yes: boolean },
  timeZone: string,
): Promise<Decided> {
  return untilFresh(async () => {
    const [request] = await ctx.db.run<Request>(read, [id]);
    if (!request) throw new Refusal('approval.unknown');
    const terms = yes ? await termsOf(ctx, request, `approval:${id}`, timeZone) : {};
    const [row] = await ctx.db.run<{ result: Decided | { stale: true } }>(decide, [
      ctx.key.id,
      originOf(ctx.key),
      ctx.now,
      actorId(ctx.actor),
      id,
      yes,
      JSON.stringify(terms),
    ]);
    if (!row) throw new Error('approval_decide returned nothing');
    return row.result;
  });
}
