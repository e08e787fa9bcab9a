import { minorPerUnit } from '../../program/money.ts';
import { noFacts } from '../../program/pricing/purchase.ts';
import { quote } from '../../program/pricing/sale-terms.ts';
import type { Bonus, EarnRule, Rules } from '../../program/rules/rules.ts';
import { whenText } from './when-text.ts';
import { namesOf, percentIn, type Reader, withConditions } from './wording.ts';

/** How one rule gives points, as a sentence. */
export function earnText(rule: EarnRule, rules: Rules, reader: Reader): string {
  const { say } = reader;
  const sentence =
    rule.kind === 'money'
      ? say('rules:base', { count: rule.points, amount: rule.perMinor })
      : rule.kind === 'visit'
        ? say('rules:visit', { count: rule.points })
        : rule.categories
          ? say('rules:item_of', { count: rule.points, categories: namesOf('categories', rule.categories, rules, reader) })
          : say('rules:item', { count: rule.points });
  return withConditions(sentence, whenText(rule.when, rules, reader));
}

/** A purchase now by somebody who has bought before, priced by the rules: an amount with something left over where that is carried. */
function exampleText(rules: Rules, reader: Reader, now: Date): string {
  const { say, shop } = reader;
  const money = rules.earn.find((rule) => rule.kind === 'money');
  const amountMinor = Math.round(18.4 * Math.max(minorPerUnit(shop.currency), money?.perMinor ?? 1));
  const member = { facts: { ...noFacts, purchases: 1 }, stamp: '' };
  const { dueMinor, price } = quote(rules, { amountMinor, at: now, items: [], shop: null }, member, shop.timeZone);
  const cap = Object.values(rules.caps).reduce<number | undefined>((least, one) => Math.min(least ?? one, one), undefined);
  const most = cap === undefined ? price.value : BigInt(cap) * price.per;
  const value = price.value < most ? price.value : most;
  const points = Number(value / price.per);
  // What is left over is money only where nothing but money gave it.
  const plain = price.carry && price.parts.length === 1 && money?.id === price.rule;
  const left = plain ? Number(((value % price.per) * BigInt(money.perMinor)) / (price.per * BigInt(money.points))) : 0;
  return say(left > 0 ? 'rules:example_carried' : 'rules:example', { amount: dueMinor, count: points, left });
}

/** How purchases give points, with a worked example. */
export function earningText(rules: Rules, reader: Reader, now: Date): string[] {
  const { say } = reader;
  const money = rules.earn.find((rule) => rule.kind === 'money');
  return [
    ...rules.earn.map((rule) => earnText(rule, rules, reader)),
    ...(rules.earn.length > 1 ? [say('rules:best')] : []),
    ...(money ? [say(money.carry ? 'rules:carried' : 'rules:not_carried')] : []),
    exampleText(rules, reader, now),
  ];
}

/** What a bonus gives, without when. */
function bonusGives(bonus: Bonus, rules: Rules, reader: Reader): string {
  const { say, language } = reader;
  if ('points' in bonus) return say('rules:bonus.points', { count: bonus.points });
  const percent = percentIn(bonus.percent, language);
  if (!bonus.categories) return say('rules:bonus.percent', { percent });
  return say('rules:bonus.percent_of', { percent, categories: namesOf('categories', bonus.categories, rules, reader) });
}

/** A bonus as one sentence. */
export function bonusText(bonus: Bonus, rules: Rules, reader: Reader): string {
  const { say } = reader;
  const conditions = [
    ...whenText(bonus.when, rules, reader),
    ...(bonus.timesPerMember === undefined ? [] : [say('rules:bonus.times', { count: bonus.timesPerMember })]),
    ...(bonus.stack || rules.bonuses.length === 1 ? [] : [say('rules:bonus.last')]),
  ];
  const gives = bonusGives(bonus, rules, reader);
  if (conditions.length === 0) return say('rules:bonus.always', { bonus: gives });
  return say('rules:bonus.line', { bonus: gives, when: conditions.join('; ') });
}
