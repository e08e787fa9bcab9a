import type { Rules } from '../../program/rules/rules.ts';
import { discountText, rewardText, stampText, tiersText } from './benefits-text.ts';
import { contactText } from './contact-text.ts';
import { bonusText, earningText } from './earning-text.ts';
import { controlText, joiningText, payText, pointsText } from './points-text.ts';
import { namesOf, type Reader } from './wording.ts';

/** The parts of a program, in the order in which they are told. */
export const parts = [
  'earn',
  'bonuses',
  'points',
  'joining',
  'pay',
  'tiers',
  'rewards',
  'stamps',
  'discounts',
  'contact',
  'control',
] as const;
export type Part = (typeof parts)[number];

/** Who is told: owners also see what is kept from the list of rewards, and how their staff is limited. */
export type Audience = 'owner' | 'anyone';

function placesText(rules: Rules, reader: Reader): string[] {
  const names = (what: 'shops' | 'categories') =>
    namesOf(
      what,
      rules[what].map(({ id }) => id),
      rules,
      reader,
    );
  return [
    ...(rules.shops.length > 0 ? [reader.say('rules:shop_list', { names: names('shops') })] : []),
    ...(rules.categories.length > 0 ? [reader.say('rules:category_list', { names: names('categories') })] : []),
  ];
}

/** One part of a program in plain sentences of the reader's language; none when the program has no such part. */
export function partText(part: Part, rules: Rules, reader: Reader, now: Date, audience: Audience): string[] {
  switch (part) {
    case 'earn':
      return earningText(rules, reader, now);
    case 'bonuses':
      return rules.bonuses
        .toSorted((one, other) => other.priority - one.priority)
        .map((bonus) => bonusText(bonus, rules, reader));
    case 'points':
      return pointsText(rules, reader);
    case 'joining':
      return joiningText(rules, reader);
    case 'pay':
      return payText(rules, reader);
    case 'tiers':
      return tiersText(rules, reader);
    case 'rewards':
      return rules.rewards
        .filter(({ hidden }) => audience === 'owner' || !hidden)
        .map((reward) => rewardText(reward, rules, reader));
    case 'stamps':
      return rules.stamps.map((card) => stampText(card, rules, reader));
    case 'discounts':
      return [
        ...rules.discounts.map((discount) => discountText(discount, rules, reader)),
        ...(rules.discounts.length > 1 ? [reader.say('rules:discount.best')] : []),
      ];
    case 'contact':
      return contactText(rules, reader, audience);
    case 'control':
      return audience === 'owner' ? [...controlText(rules, reader), ...placesText(rules, reader)] : [];
  }
}

/** A whole program in plain sentences, part by part, each with its heading. */
export function partsText(rules: Rules, reader: Reader, now: Date, audience: Audience): string[] {
  return parts.flatMap((part) => {
    const lines = partText(part, rules, reader, now, audience);
    return lines.length === 0 ? [] : [[`${reader.say(`rules:section.${part}`)}`, ...lines].join('\n')];
  });
}

// Telegram takes 4096 characters and Slack shows three thousand in one piece; a title and a footer stand beside it.
const pageUnits = 2_800;

/** The parts as pages that every messenger can show whole. */
export function pagesOf(texts: readonly string[]): string[] {
  const pages: string[] = [];
  for (const line of texts.flatMap((text) => `${text}\n`.split('\n'))) {
    const last = pages.at(-1);
    if (last === undefined || last.length + line.length > pageUnits) pages.push(line);
    else pages[pages.length - 1] = `${last}\n${line}`;
  }
  return pages.map((page) => page.trim()).filter((page) => page !== '');
}
