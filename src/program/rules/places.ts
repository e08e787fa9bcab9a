import type { Path } from './problem.ts';
import type { Rules, When } from './rules.ts';

/** A rule's conditions and where they stand. */
export const conditionsOf = (rules: Rules): { when: When; path: Path }[] =>
  (['earn', 'bonuses'] as const).flatMap((section) =>
    rules[section].flatMap(({ when }, at) => (when ? [{ when, path: [section, at, 'when'] }] : [])),
  );

/** Places that name something: ids, one or several. */
export type Naming = { of: 'tier' | 'shop' | 'category' | 'reward'; ids: readonly string[]; path: Path };

/** All places where one part of the rules names another. */
export function namingsOf(rules: Rules): Naming[] {
  const naming = (of: Naming['of'], ids: readonly string[] | undefined, ...path: (string | number)[]): Naming[] =>
    ids ? [{ of, ids, path }] : [];
  return [
    ...conditionsOf(rules).flatMap(({ when, path }) => [
      ...naming('tier', when.tiers, ...path, 'tiers'),
      ...naming('shop', when.shops, ...path, 'shops'),
      ...naming('category', when.categories, ...path, 'categories'),
    ]),
    ...rules.earn.flatMap((rule, at) =>
      rule.kind === 'item' ? naming('category', rule.categories, 'earn', at, 'categories') : [],
    ),
    ...rules.bonuses.flatMap((bonus, at) =>
      'percent' in bonus ? naming('category', bonus.categories, 'bonuses', at, 'categories') : [],
    ),
    ...rules.rewards.flatMap(({ tiers }, at) => naming('tier', tiers, 'rewards', at, 'tiers')),
    ...rules.stamps.flatMap(({ per, reward }, at) => [
      ...(per.kind === 'item' ? naming('category', per.categories, 'stamps', at, 'per', 'categories') : []),
      ...naming('reward', [reward], 'stamps', at, 'reward'),
    ]),
    ...(rules.birthday ? naming('reward', [rules.birthday.reward], 'birthday', 'reward') : []),
    ...rules.discounts.flatMap(({ shops }, at) => naming('shop', shops, 'discounts', at, 'shops')),
  ];
}
