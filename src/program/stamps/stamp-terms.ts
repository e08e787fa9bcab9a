import type { PricedSale } from '../pricing/left-over.ts';
import type { Item } from '../pricing/purchase.ts';
import { couponTerms } from '../rewards/terms.ts';
import type { Rules, StampCard, Texts } from '../rules/rules.ts';
import { stampsFor } from './stamps-for.ts';

/** What a purchase or a refund did to a stamp card: `stamps` came (below zero: went), it has `count` of `of` now, coupons by their codes. */
export type StampedCard = { card: string; name: Texts; stamps: number; count: number; of: number; coupons: string[] };

/** A stamp card as the database takes it: what a full one gives is what the program promises now. JSON. */
export function cardTerms(card: StampCard, rules: Rules, at: Date, timeZone: string) {
  const reward = rules.rewards.find(({ id }) => id === card.reward);
  if (!reward) throw new Error(`the stamp card ${card.id} gives a reward that the program does not have`);
  return { card: card.id, name: card.name, of: card.of, reward: couponTerms(reward, at, rules, timeZone) };
}

/** What a credit tells the ledger of stamps: every card that this purchase stamps; nothing when none does. */
export function stampTerms(
  rules: Rules,
  bill: { amountMinor: number; at: Date; items: readonly Item[] },
  timeZone: string,
): { stamps?: Record<string, unknown>[] } {
  const cards = rules.stamps.flatMap((card) => {
    const stamps = stampsFor(card, { ...bill, leftMinor: bill.amountMinor });
    return stamps > 0 ? [{ ...cardTerms(card, rules, bill.at, timeZone), stamps }] : [];
  });
  return cards.length > 0 ? { stamps: cards } : {};
}

/**
 * What a refund tells the ledger of stamps: how many every card of the sale's own version gives for what is left when so much of it (minor units)
 * has been refunded.
 */
export function stampsLeft(
  rules: Rules,
  { amountMinor, snapshot }: PricedSale,
  refundedMinor: number,
): { stamps?: { card: string; name: Texts; of: number; left: number }[] } {
  const leftMinor = amountMinor - refundedMinor;
  const sale = { amountMinor, leftMinor, items: snapshot.what ?? [] };
  // A purchase that cost nothing is gone when it is refunded at all.
  const left = (card: StampCard): number => (leftMinor === 0 ? 0 : stampsFor(card, sale));
  return rules.stamps.length > 0
    ? { stamps: rules.stamps.map((card) => ({ card: card.id, name: card.name, of: card.of, left: left(card) })) }
    : {};
}
