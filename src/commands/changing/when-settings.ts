import type { Rules, When } from '../../program/rules/rules.ts';
import { type Kind, orNone, put, type Setting, setting } from './kind.ts';
import { money } from './number-kinds.ts';
import { around, day, flag, hours, names, weekdays } from './word-kinds.ts';

/** The conditions of a rule, each as a setting. `at`: the rule's path; `get` and `set` reach its conditions, none of them is none. */
export function whenSettings(
  at: string,
  get: (rules: Rules) => When | undefined,
  set: (rules: Rules, when: When | undefined) => Rules,
): Setting[] {
  const one = <Key extends Exclude<keyof When, 'firstPurchase'>>(
    name: string,
    key: Key,
    kind: Kind<NonNullable<When[Key]>>,
  ): Setting =>
    setting<NonNullable<When[Key]>>(
      { path: `${at}.${name}`, name },
      orNone(kind),
      (rules) => get(rules)?.[key] as NonNullable<When[Key]> | undefined,
      (rules, value) => {
        const when = put<When, Key>(get(rules) ?? {}, key, value as When[Key] | undefined);
        return set(rules, Object.keys(when).length === 0 ? undefined : when);
      },
    );
  return [
    one('days', 'days', weekdays),
    one('hours', 'hours', hours),
    one('minimum', 'minimumMinor', money),
    setting<boolean>(
      { path: `${at}.first`, name: 'first' },
      flag,
      (rules) => get(rules)?.firstPurchase ?? false,
      (rules, yes) => {
        const when = put<When, 'firstPurchase'>(get(rules) ?? {}, 'firstPurchase', yes ? true : undefined);
        return set(rules, Object.keys(when).length === 0 ? undefined : when);
      },
    ),
    one('birthday', 'birthday', around),
    one('from', 'from', day),
    one('until', 'until', day),
    one('categories', 'categories', names('categories')),
    one('tiers', 'tiers', names('tiers')),
    one('shops', 'shops', names('shops')),
  ];
}
