import { businessDay, localTime } from '../calendar.ts';
import { endsOf } from '../ledger/points.ts';
import type { Program, Rules } from '../rules/rules.ts';
import { stampTerms } from '../stamps/stamp-terms.ts';
import { tierTerms } from '../tiers/tier-terms.ts';
import { discountFor, type Off } from './discount.ts';
import type { StampedFacts } from './facts.ts';
import { type Price, price } from './price.ts';
import { type Item, noFacts, type Priced } from './purchase.ts';

/** A bill as staff type it. `amountMinor` before any discount; `points`: what of it is paid with points. */
export type Bill = {
  amountMinor: number;
  at: Date;
  items: readonly Item[];
  shop: string | null;
  points?: { points: number; worthMinor: number };
};

/** A bill, priced: what is off, what is left to pay, what that is worth. */
export type Quote = { off: Off | null; dueMinor: number; price: Price; priced: Priced };

/** The time zone of the shop where something happens: its own, or the program's. */
export const zoneOf = (rules: Rules, shop: string | null, timeZone: string): string =>
  rules.shops.find(({ id }) => id === shop)?.timeZone ?? timeZone;

/** Prices a bill: first the discount, then what is paid with points, then points for the rest (semantics: `earn_on: paid`). */
export function quote(rules: Rules, bill: Bill, member: StampedFacts | null, timeZone: string): Quote {
  const facts = member?.facts ?? noFacts;
  const off = discountFor(rules, bill.amountMinor, bill.shop, facts);
  const dueMinor = bill.amountMinor - (off?.minor ?? 0);
  const earning = dueMinor - (rules.pay?.earnOn === 'bill' ? 0 : (bill.points?.worthMinor ?? 0));
  const time = localTime(bill.at, zoneOf(rules, bill.shop, timeZone), rules.dayStartsAt);
  const priced = { amountMinor: earning, leftMinor: earning, time, items: bill.items, shop: bill.shop };
  return { off, dueMinor, price: price(rules, priced, facts), priced };
}

/** What the ledger takes of a priced bill: its worth, its caps, when its points end and when they are released. JSON. */
export function saleTerms(
  { version, rules }: Program,
  bill: Bill,
  member: StampedFacts | null,
  timeZone: string,
): Record<string, unknown> {
  const { off, dueMinor, price: worth } = quote(rules, bill, member, timeZone);
  const zone = zoneOf(rules, bill.shop, timeZone);
  const { caps } = rules;
  const day = caps.day === undefined ? undefined : businessDay(bill.at, zone, rules.dayStartsAt);
  return {
    amountMinor: dueMinor,
    version,
    rule: worth.rule,
    value: String(worth.value),
    per: String(worth.per),
    carry: worth.carry,
    expiry: endsOf(bill.at, rules, timeZone),
    // One part says nothing that the sale does not.
    ...(worth.parts.length > 1 ? { parts: worth.parts.map(({ rule, value }) => ({ rule, value: String(value) })) } : {}),
    ...(off ? { discountMinor: off.minor, discount: { rule: off.rule, percent: off.percent } } : {}),
    ...(bill.points ? { paidPoints: bill.points.points, paidPointsMinor: bill.points.worthMinor } : {}),
    ...(bill.items.length > 0 ? { what: bill.items } : {}),
    ...(zone === timeZone ? {} : { zone }),
    ...(bill.shop === null ? {} : { shop: bill.shop }),
    ...(member ? { facts: member.facts, stamp: member.stamp } : {}),
    ...(caps.purchase !== undefined || caps.member !== undefined || day
      ? { caps: { ...caps, ...(day ? { dayFrom: day.from, dayUntil: day.until } : {}) } }
      : {}),
    ...tierTerms(rules, timeZone, 'purchase'),
    ...stampTerms(rules, { ...bill, amountMinor: dueMinor }, timeZone),
    ...(rules.pendingDays > 0 ? { releaseAt: releaseOf(bill.at, rules, zone) } : {}),
  };
}

/** When pending points are released: at the beginning of the business day after so many whole days. */
function releaseOf(at: Date, rules: Rules, zone: string): Date {
  let { until } = businessDay(at, zone, rules.dayStartsAt);
  for (let days = 0; days < rules.pendingDays; days += 1) until = businessDay(until, zone, rules.dayStartsAt).until;
  return until;
}
