import { parseMoney, writtenMoney } from '../money.ts';
import { Refusal } from '../refusal.ts';
import { textIn } from '../rewards/text-in.ts';
import type { Rules } from '../rules/rules.ts';
import type { Item } from './purchase.ts';

const piecesCeiling = 99;

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

type Known = Rules['categories'];

/** `2 coffee`, `coffee x2`, `coffee 2 7.00`: what it is called, pieces, what they cost together. */
const shape =
  /^(?:(?<before>\d{1,2})\s*[x×]?\s+)?(?<name>\D.*?)(?:\s+[x×]?\s*(?<after>\d{1,2}))?(?:\s+(?<money>\d+(?:[.,]\d+)?\s*\D{0,4}))?$/iu;

function itemOf(typed: string, categories: Known, currency: string, known: string): Item {
  const found = shape.exec(typed.normalize('NFKC').trim())?.groups;
  const name = fold(found?.['name'] ?? typed);
  const category = categories.find((one) => one.id === name || Object.values(one.name).some((said) => fold(said) === name));
  if (!category) throw new Refusal('bought.unknown', { typed: typed.trim().slice(0, 40), known });
  const pieces = Number(found?.['after'] ?? found?.['before'] ?? 1);
  if (pieces === 0 || (found?.['before'] && found['after'])) throw new Refusal('bought.unclear', { example: `${category.id} 2` });
  const money = found?.['money'];
  return { category: category.id, pieces, ...(money === undefined ? {} : { amountMinor: parseMoney(money, currency) }) };
}

/**
 * Reads what was bought: `coffee 2, cake`, categories by their name in any language or their id, pieces (1 without), and what they cost
 * together behind it when that is known (`coffee 2 7.00`). The same category twice is one. `language` is for the list of what there is, when something is
 * unknown. Refuses: `bought.none` (the program has no categories), `bought.unknown` { typed, known }, `bought.unclear` { example },
 * `bought.too_many` { most }, and what money refuses.
 */
export function parseBought(typed: string, categories: Known, { currency, language, otherwise }: Spoken): Item[] {
  if (categories.length === 0) throw new Refusal('bought.none');
  const known = categories.map(({ name }) => textIn(name, language, otherwise)).join(', ');
  const items = new Map<string, Item>();
  // A comma within a number belongs to it.
  for (const part of typed.split(/,(?!\d)|[;\n+]/).filter((one) => one.trim() !== '')) {
    const item = itemOf(part, categories, currency, known);
    const before = items.get(item.category);
    items.set(item.category, before ? together(before, item) : item);
  }
  if (items.size === 0) throw new Refusal('bought.unclear', { example: `${categories[0]?.id} 2` });
  for (const { pieces } of items.values())
    if (pieces > piecesCeiling) throw new Refusal('bought.too_many', { most: piecesCeiling });
  return [...items.values()];
}

/** In which currency and language something is read; `otherwise` is the program's own language. */
export type Spoken = { currency: string; language: string; otherwise: string };

// What one of two costs says nothing of both.
function together(one: Item, other: Item): Item {
  const pieces = one.pieces + other.pieces;
  return one.amountMinor === undefined || other.amountMinor === undefined
    ? { category: one.category, pieces }
    : { category: one.category, pieces, amountMinor: one.amountMinor + other.amountMinor };
}

/** What was bought as a text that `parseBought` reads again: how answers of forms keep it, and buttons. */
export const writtenBought = (items: readonly Item[], currency: string): string =>
  items
    .map(({ category, pieces, amountMinor }) =>
      [
        category,
        ...(pieces === 1 && amountMinor === undefined ? [] : [pieces]),
        ...(amountMinor === undefined ? [] : [writtenMoney(amountMinor, currency)]),
      ].join(' '),
    )
    .join(', ');

/** What was bought as people read it: `Coffee × 2, Cake`. */
export const shownBought = (items: readonly Item[], categories: Known, language: string, otherwise: string): string =>
  items
    .map(({ category, pieces }) => {
      const found = categories.find(({ id }) => id === category);
      const name = found ? textIn(found.name, language, otherwise) : category;
      return pieces === 1 ? name : `${name} × ${pieces}`;
    })
    .join(', ');
