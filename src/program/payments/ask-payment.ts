import { actorId, type Context, type Statement } from '../context.ts';
import { untilFresh } from '../ledger/until-fresh.ts';
import type { FoundMember } from '../members/find.ts';
import { originOf } from '../origin.ts';
import { asksForMember, factsOf } from '../pricing/facts.ts';
import type { Item } from '../pricing/purchase.ts';
import { quote } from '../pricing/sale-terms.ts';
import { Refusal } from '../refusal.ts';
import type { Program } from '../rules/rules.ts';
import { type Payable, payable } from './payable.ts';

/** How long a member has to answer. The bill waits at the counter, and prices and balances change. */
const answerWithinMinutes = 10;

/** A bill that may be paid with points in part. `amountMinor` before any discount; `wanted`: points at most. */
export type BillToPay = {
  /** The member's code, as it is kept (without hyphens). */
  member: string;
  amountMinor: number;
  currency: string;
  receipt?: string;
  items?: readonly Item[];
  shop?: string;
  wanted?: number;
};

/** What would be paid how: `dueMinor` is the bill after a discount, `worthMinor` of it points, the rest money. */
export type PaymentOffer = Payable & { dueMinor: number; moneyMinor: number };

/** A question that was put to a member. */
export type AskedPayment = PaymentOffer & {
  paymentId: number;
  name: string;
  amountMinor: number;
  currency: string;
  expiresAt: string;
};

/**
 * What of a bill a member could pay with points now. Refuses: `payment.off` (the program has no such thing), `payment.card_too_low`
 * { balance, points }, `payment.bill_too_small` { worthMinor } (below the smallest part that points can pay).
 */
export async function paymentOffer(
  ctx: Context,
  bill: BillToPay,
  balance: number,
  { rules }: Program,
  timeZone: string,
): Promise<PaymentOffer> {
  const { pay } = rules;
  if (!pay) throw new Refusal('payment.off');
  const facts = asksForMember(rules) ? await factsOf(ctx, bill.member, rules) : null;
  const { amountMinor, items = [], shop = null, wanted } = bill;
  const { dueMinor } = quote(rules, { amountMinor, at: ctx.now, items, shop }, facts, timeZone);
  const part = payable(pay, { dueMinor, balance, ...(wanted === undefined ? {} : { wanted }) });
  if (part === 'card') throw new Refusal('payment.card_too_low', { balance, points: pay.points });
  if (part === 'bill') throw new Refusal('payment.bill_too_small', { points: pay.points, worthMinor: pay.worthMinor });
  return { ...part, dueMinor, moneyMinor: dueMinor - part.worthMinor };
}

const before: Statement = { name: 'payment_by_key', text: 'SELECT id FROM payment WHERE key = $1' };
const statement: Statement = {
  name: 'payment_ask',
  text: 'SELECT payment_ask($1, $2, $3, $4, (SELECT coalesce(w.merged_into, m.id) FROM member m JOIN wallet w ON w.member_id = m.id WHERE m.code = $5), $6) AS result',
};

/**
 * Asks a member in their own chat to pay a part of a bill with points; an open question of theirs is taken back. Nothing moves before they
 * say yes. `find` reads the card (again when somebody was faster), `place` is how the member knows the shop. Refuses what `paymentOffer`
 * refuses, and `member.unknown`, `staff.only`, `ledger.self_credit`, `ledger.receipt_used`, `ledger.key_reused`, `payment.no_chat` { name }.
 */
export async function askPayment(
  ctx: Context,
  bill: BillToPay,
  {
    program,
    timeZone,
    place,
    find,
  }: { program: Program; timeZone: string; place: string; find(): Promise<Pick<FoundMember, 'balance'>> },
): Promise<AskedPayment> {
  const { member, wanted, ...rest } = bill;
  return untilFresh(async () => {
    // Asked before by this key: that question is the answer, whatever the card holds since.
    const known = (await ctx.db.run(before, [ctx.key.id])).length > 0;
    const offer = known ? {} : await paymentOffer(ctx, bill, (await find()).balance, program, timeZone);
    const request = {
      ...rest,
      ...offer,
      place,
      version: program.version,
      expiresAt: new Date(ctx.now.getTime() + answerWithinMinutes * 60_000),
      ...(wanted === undefined ? {} : { wanted }),
    };
    const [row] = await ctx.db.run<{ result: AskedPayment | { stale: true } }>(statement, [
      ctx.key.id,
      originOf(ctx.key),
      ctx.now,
      actorId(ctx.actor),
      member,
      JSON.stringify(request),
    ]);
    if (!row) throw new Error('payment_ask returned nothing');
    return row.result;
  });
}
