import { Refusal } from '../../program/refusal.ts';
import type { Rules } from '../../program/rules/rules.ts';
import { discountText, rewardText, stampText, tierText } from '../rules/benefits-text.ts';
import { bonusText } from '../rules/earning-text.ts';
import type { Reader } from '../rules/wording.ts';
import { put } from './kind.ts';
import type { Changeable } from './settings.ts';

/** A thing of the program that has a page of its own and can be taken out: `rewards.coffee`. */
export type Item = { path: string; text: string };

/** The things of a part, each in a line. Earning rules and what else has no list of its own have none. */
export function itemsOf(part: Changeable, rules: Rules, reader: Reader): Item[] {
  const all = <Thing extends { id: string }>(
    things: readonly Thing[],
    text: (thing: Thing, rules: Rules, reader: Reader) => string,
  ): Item[] => things.map((thing) => ({ path: `${part}.${thing.id}`, text: text(thing, rules, reader) }));
  switch (part) {
    case 'bonuses':
      return all(rules.bonuses, bonusText);
    case 'tiers':
      return all(rules.tiers?.levels ?? [], tierText);
    case 'rewards':
      return all(rules.rewards, rewardText);
    case 'stamps':
      return all(rules.stamps, stampText);
    case 'discounts':
      return all(rules.discounts, discountText);
    default:
      return [];
  }
}

/** The rules without a thing. The last level takes the levels with it. Refuses: `program.rule_unknown`. */
export function without(path: string, rules: Rules): Rules {
  const [part = '', id = ''] = path.split('.');
  const rest = <Thing extends { id: string }>(things: readonly Thing[]): Thing[] => {
    const kept = things.filter((thing) => thing.id !== id);
    if (kept.length === things.length) throw new Refusal('program.rule_unknown');
    return kept;
  };
  switch (part) {
    case 'bonuses':
    case 'rewards':
    case 'stamps':
    case 'discounts':
      return { ...rules, [part]: rest<{ id: string }>(rules[part]) };
    case 'tiers': {
      const levels = rest(rules.tiers?.levels ?? []);
      return put(rules, 'tiers', rules.tiers && levels.length > 0 ? { ...rules.tiers, levels } : undefined);
    }
    default:
      throw new Refusal('program.rule_unknown');
  }
}

/** An id that nothing of a list has yet: the word, with a number where it is taken. */
export function freshId(word: string, taken: readonly { id: string }[]): string {
  const plain = word
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 18)
    .replace(/-+$/, '');
  const base = plain === '' ? 'own' : plain;
  let id = base;
  for (let number = 2; taken.some((one) => one.id === id); number += 1) id = `${base}-${number}`;
  return id;
}
