import { localTime } from '../calendar.ts';
import type { Rules } from '../rules/rules.ts';
import { price } from './price.ts';
import { type Item, type MemberFacts, noFacts } from './purchase.ts';

/**
 * A sale as its row keeps it. `value` of the snapshot is what it was worth in 1/`per` of a point; sales from before there were programs with
 * several rules have `points` (for every `per` minor units) instead. `only`: priced by the base rules alone (imports). `room`: what caps had left.
 */
export type PricedSale = {
  amountMinor: number;
  paidPointsMinor: number;
  at: Date;
  shop: string | null;
  items: number | null;
  snapshot: {
    version: number;
    rule: string;
    per: number;
    carry: boolean;
    carriedIn: number;
    carriedOut: number;
    points?: number;
    value?: number;
    parts?: { rule: string; value: string }[];
    facts?: MemberFacts;
    what?: Item[];
    room?: number;
    zone?: string;
    only?: 'earn';
    discount?: { rule: string; percent: number };
  };
};

/** Rules without everything that comes on top: what an imported history is priced by. */
export const earnOnly = (rules: Rules): Rules => {
  const { tiers: _, ...rest } = rules;
  return { ...rest, bonuses: [], caps: {}, discounts: [], stamps: [] };
};

/** Of a bill of which so much was refunded, what money has still paid. Points that paid for it go back in the same proportion. */
function moneyLeft({ amountMinor, paidPointsMinor }: PricedSale, refundedMinor: number): number {
  if (amountMinor === 0) return 0;
  const paidBack = Number((BigInt(paidPointsMinor) * BigInt(refundedMinor)) / BigInt(amountMinor));
  return amountMinor - refundedMinor - (paidPointsMinor - paidBack);
}

/**
 * What is left of a sale is worth, in 1/`per` of a point, when so much of it has been refunded: priced again by its own version and its own
 * facts (semantics: "under its own snapshot"), held to what the caps had left.
 */
export function valueLeft(sale: PricedSale, rules: Rules, refundedMinor: number, timeZone: string): bigint {
  const { snapshot } = sale;
  if (refundedMinor === sale.amountMinor && sale.amountMinor > 0) return 0n;
  if (snapshot.value === undefined) return BigInt(sale.amountMinor - refundedMinor) * BigInt(snapshot.points ?? 0);
  const onBill = rules.pay?.earnOn === 'bill';
  const priced = {
    amountMinor: onBill ? sale.amountMinor : sale.amountMinor - sale.paidPointsMinor,
    leftMinor: onBill ? sale.amountMinor - refundedMinor : moneyLeft(sale, refundedMinor),
    time: localTime(sale.at, snapshot.zone ?? timeZone, rules.dayStartsAt),
    items: snapshot.what ?? (sale.items === null ? [] : [{ category: '', pieces: sale.items }]),
    shop: sale.shop,
  };
  const { value } = price(snapshot.only === 'earn' ? earnOnly(rules) : rules, priced, snapshot.facts ?? noFacts);
  if (snapshot.room === undefined) return value;
  const most = BigInt(snapshot.room) * BigInt(snapshot.per);
  return value < most ? value : most;
}
