import type { Discount, Reward, Rules, StampCard, Tier } from '../../program/rules/rules.ts';
import { namesOf, noonOf, percentIn, type Reader, rewardNamed, textIn } from './wording.ts';

/** A level as a line: from where, and what it brings. */
export function tierText(tier: Tier, rules: Rules, { say, language }: Reader): string {
  const parts = [
    rules.tiers?.by === 'points'
      ? say('rules:tiers.from_points', { count: tier.from })
      : say('rules:tiers.from_money', { amount: tier.from }),
    ...(tier.bonusPercent ? [say('rules:tiers.bonus', { percent: percentIn(tier.bonusPercent, language) })] : []),
    ...(tier.discountPercent ? [say('rules:tiers.discount', { percent: percentIn(tier.discountPercent, language) })] : []),
    ...(tier.earlyAccessDays ? [say('rules:tiers.early', { count: tier.earlyAccessDays })] : []),
  ];
  return `${tier.name}: ${parts.join(', ')}`;
}

/** The levels, with how one gets there and falls out. */
export function tiersText(rules: Rules, reader: Reader): string[] {
  const { tiers } = rules;
  if (!tiers) return [];
  return [
    reader.say(`rules:tiers.by.${tiers.by}`, { count: tiers.windowMonths }),
    ...tiers.levels.map((tier) => tierText(tier, rules, reader)),
    ...(tiers.graceDays > 0 ? [reader.say('rules:tiers.grace', { count: tiers.graceDays })] : []),
  ];
}

/** What a reward is worth; nothing for what its name says already. */
function worthText(reward: Reward, { say, language }: Reader): string[] {
  switch (reward.kind) {
    case 'money':
      return [say('rules:reward.money', { amount: reward.amountMinor })];
    case 'percent': {
      const percent = percentIn(reward.percent, language);
      if (reward.upToMinor === undefined) return [say('rules:reward.percent', { percent })];
      return [say('rules:reward.percent_up_to', { percent, amount: reward.upToMinor })];
    }
    case 'gift_card':
      return [say('rules:reward.gift_card', { amount: reward.amountMinor })];
    case 'event':
      return [
        say('rules:reward.event', { at: reward.at }),
        ...(reward.place ? [reward.place] : []),
        say('rules:reward.places', { count: reward.places }),
      ];
    case 'item':
      return [reward.item];
    case 'privilege':
      return [];
  }
}

/** A reward as a line: price, worth, and for whom and how long it is there. */
export function rewardText(reward: Reward, rules: Rules, reader: Reader): string {
  const { say } = reader;
  const name = textIn(reward.name, reader);
  const worth = worthText(reward, reader).filter((one) => one.toLowerCase() !== name.toLowerCase());
  const parts = [
    reward.cost > 0 ? say('rules:reward.cost', { count: reward.cost }) : say('rules:reward.given'),
    ...worth,
    ...(reward.perMember === undefined ? [] : [say('rules:reward.each', { count: reward.perMember })]),
    ...(reward.stock === undefined ? [] : [say('rules:reward.stock', { count: reward.stock })]),
    ...(reward.tiers ? [say('rules:when.tiers', { names: namesOf('tiers', reward.tiers, rules, reader) })] : []),
    ...(reward.from ? [say('rules:when.from', { at: noonOf(reward.from, reader) })] : []),
    ...(reward.until ? [say('rules:when.until', { at: noonOf(reward.until, reader) })] : []),
    say('rules:reward.valid', { count: reward.validDays }),
  ];
  return `${name}: ${parts.join(', ')}`;
}

/** A stamp card as a line. */
export function stampText(card: StampCard, rules: Rules, reader: Reader): string {
  const { say } = reader;
  const { per } = card;
  const full = say('rules:stamp.full', {
    count: card.of,
    name: textIn(card.name, reader),
    reward: rewardNamed(card.reward, rules, reader),
  });
  const gives =
    per.kind === 'item'
      ? say('rules:stamp.item', { categories: namesOf('categories', per.categories, rules, reader) })
      : per.minimumMinor === undefined
        ? say('rules:stamp.purchase')
        : say('rules:stamp.purchase_from', { amount: per.minimumMinor });
  return `${full} (${gives})`;
}

/** A discount as a sentence. */
export function discountText(discount: Discount, rules: Rules, reader: Reader): string {
  const { say } = reader;
  const percent = percentIn(discount.percent, reader.language);
  const conditions = [
    ...(discount.kind === 'nth' && discount.withinDays !== undefined
      ? [say('rules:discount.within', { days: discount.withinDays })]
      : []),
    ...(discount.minimumMinor === undefined ? [] : [say('rules:when.minimum', { amount: discount.minimumMinor })]),
    ...(discount.shops ? [say('rules:when.shops', { names: namesOf('shops', discount.shops, rules, reader) })] : []),
  ];
  const sentence =
    discount.kind === 'nth'
      ? say('rules:discount.nth', { percent, numbers: [1, 2, 3].map((times) => times * discount.every).join(', ') })
      : say('rules:discount.regular', { percent, count: discount.purchases, days: discount.withinDays });
  return conditions.length === 0 ? sentence : `${sentence} (${conditions.join('; ')})`;
}
