import { Refusal } from '../refusal.ts';
import { textIn } from '../rewards/text-in.ts';
import type { StampCard } from '../rules/rules.ts';
import { stampsAtOnce } from './give.ts';

const fold = (text: string): string => text.normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ');

/**
 * Reads which card gets how many stamps: `coffee 2`, by the card's name in any language or its id; the card may be left out when there
 * is only one, the number when it is 1. Refuses: `stamps.none`, `stamps.card_unknown` { cards, most }, `stamps.too_many` { count }.
 */
export function typedStamps(
  typed: string,
  cards: readonly StampCard[],
  languages: readonly string[],
): { card: string; stamps: number } {
  if (cards.length === 0) throw new Refusal('stamps.none');
  const found = /^(?<name>.*?)\s*\+?(?<stamps>\d{1,6})?$/.exec(fold(typed))?.groups;
  const name = found?.['name'] ?? '';
  const named = (card: StampCard): boolean => card.id === name || Object.values(card.name).some((said) => fold(said) === name);
  const card = name === '' && cards.length === 1 ? cards[0] : cards.find(named);
  if (!card) {
    const known = cards.map((one) => textIn(one.name, ...languages)).join(', ');
    throw new Refusal('stamps.card_unknown', { cards: known, most: stampsAtOnce });
  }
  const stamps = Number(found?.['stamps'] ?? 1);
  if (stamps < 1 || stamps > stampsAtOnce) throw new Refusal('stamps.too_many', { count: stampsAtOnce });
  return { card: card.id, stamps };
}
