import { actorId, type Context, type Statement } from '../context.ts';
import { limitTerms } from '../control/limit-terms.ts';
import { untilFresh } from '../ledger/until-fresh.ts';
import { originOf } from '../origin.ts';
import { asksForMember, factsOf } from '../pricing/facts.ts';
import type { Item } from '../pricing/purchase.ts';
import { saleTerms } from '../pricing/sale-terms.ts';
import { Refusal } from '../refusal.ts';
import { programOf } from '../settings/program.ts';

/**
 * A bill of which points paid a part. `points` were earned by it, `paidPoints` left the card and paid `worthMinor` of the `dueMinor`;
 * `moneyMinor` is still to be paid. `balance` is what the member had after it. `releaseAt`: what was earned waits until then.
 */
export type Paid = {
  paymentId: number;
  saleId: number;
  name: string;
  receipt: string;
  points: number;
  paidPoints: number;
  worthMinor: number;
  dueMinor: number;
  moneyMinor: number;
  balance: number;
  currency: string;
  releaseAt: string | null;
  outcome: Record<string, unknown> | null;
};

/** A question that was ended without anything having moved. */
export type Closed = { paymentId: number; name: string; dueMinor: number; currency: string };

type Open = {
  code: string;
  askedBy: number;
  version: number;
  amountMinor: number;
  points: number;
  worthMinor: number;
  currency: string;
  receipt: string | null;
  items: Item[];
  shop: string | null;
};

const open: Statement = {
  name: 'payment_open',
  text: `SELECT m.code, p.asked_by_id AS "askedBy", p.version, p.amount_minor AS "amountMinor", p.points, p.worth_minor AS "worthMinor", p.currency, p.receipt, p.items, p.shop
    FROM payment p JOIN member m ON m.id = p.member_id WHERE p.id = $1 AND m.person_id = $2`,
};
const pay: Statement = { name: 'ledger_pay', text: 'SELECT ledger_pay($1, $2, $3, $4, $5, $6) AS result' };
const close: Statement = { name: 'payment_close', text: 'SELECT payment_close($1, $2, $3, $4, $5, $6) AS result' };

/**
 * What the ledger takes of the purchase: priced by the version the question was asked under, and by what the member is now; held to the limits of
 * whoever asked.
 */
async function termsOf(ctx: Context, payment: Open, timeZone: string) {
  const program = await programOf(ctx.db, payment.version);
  const facts = asksForMember(program.rules) ? await factsOf(ctx, payment.code, program.rules) : null;
  const { askedBy, amountMinor, items, shop, points, worthMinor, currency, receipt } = payment;
  const bill = { amountMinor, at: ctx.now, items, shop, points: { points, worthMinor } };
  const pieces = items.reduce((sum, item) => sum + item.pieces, 0);
  return {
    ...saleTerms(program, bill, facts, timeZone),
    ...limitTerms({ now: ctx.now, actor: { kind: 'person', personId: askedBy } }, program.rules, timeZone),
    currency,
    at: ctx.now,
    notify: false,
    ...(receipt === null ? {} : { receipt }),
    ...(pieces > 0 ? { items: pieces } : {}),
  };
}

/**
 * The member says yes: the points leave the card and the purchase is credited, in one transaction, once; whoever asked is told what to
 * collect. Pressed again: the first result. Refuses: `payment.unknown` (also somebody else's), `payment.declined`, `payment.withdrawn`,
 * `payment.expired`, `payment.changed`, `ledger.already_undone` { receipt, at }, `ledger.not_enough` { points, balance },
 * `ledger.receipt_used`, `payment.over_limit` (whoever asked may not give so many points).
 */
export async function confirmPayment(ctx: Context, paymentId: number, timeZone: string): Promise<Paid> {
  try {
    return await paid(ctx, paymentId, timeZone);
  } catch (error) {
    // Whose limit it is and how high is none of the member's business.
    if (error instanceof Refusal && error.code.startsWith('limit.')) throw new Refusal('payment.over_limit');
    throw error;
  }
}

async function paid(ctx: Context, paymentId: number, timeZone: string): Promise<Paid> {
  return untilFresh(async () => {
    const [payment] = await ctx.db.run<Open>(open, [paymentId, actorId(ctx.actor)]);
    if (!payment) throw new Refusal('payment.unknown');
    const [row] = await ctx.db.run<{ result: Paid | { stale: true } }>(pay, [
      ctx.key.id,
      originOf(ctx.key),
      ctx.now,
      actorId(ctx.actor),
      paymentId,
      JSON.stringify(await termsOf(ctx, payment, timeZone)),
    ]);
    if (!row) throw new Error('ledger_pay returned nothing');
    return row.result;
  });
}

async function closePayment(ctx: Context, paymentId: number, state: 'declined' | 'withdrawn'): Promise<Closed> {
  const [row] = await ctx.db.run<{ result: Closed }>(close, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    paymentId,
    state,
  ]);
  if (!row) throw new Error('payment_close returned nothing');
  return row.result;
}

/** The member says no. Refuses: `payment.unknown`, `payment.paid`, `payment.withdrawn`, `payment.expired`. */
export const declinePayment = (ctx: Context, paymentId: number): Promise<Closed> => closePayment(ctx, paymentId, 'declined');

/** Staff take the question back. Refuses: `payment.unknown`, `staff.only`, `payment.paid`, `payment.declined`, `payment.expired`. */
export const withdrawPayment = (ctx: Context, paymentId: number): Promise<Closed> => closePayment(ctx, paymentId, 'withdrawn');
