import { pointsCeiling } from '../../program/rules/problem.ts';
import type { Bonus, EarnRule, Rules } from '../../program/rules/rules.ts';
import { orNone, put, type Setting, setting } from './kind.ts';
import { money, percent, whole } from './number-kinds.ts';
import { whenSettings } from './when-settings.ts';
import { flag } from './word-kinds.ts';

const points = whole(1, pointsCeiling, [1, 5, 10]);

const withEarn = (rules: Rules, id: string, change: (rule: EarnRule) => EarnRule): Rules => ({
  ...rules,
  earn: rules.earn.map((rule) => (rule.id === id ? change(rule) : rule)),
});

function earnSettings({ id, kind }: EarnRule): Setting[] {
  const at = `earn.${id}`;
  const here = (rules: Rules): EarnRule | undefined => rules.earn.find((rule) => rule.id === id);
  const moneyOf = (rules: Rules) => {
    const rule = here(rules);
    return rule?.kind === 'money' ? rule : undefined;
  };
  return [
    setting(
      { path: `${at}.points`, name: 'points' },
      points,
      (rules) => here(rules)?.points,
      (rules, value) => withEarn(rules, id, (rule) => put(rule, 'points', value)),
    ),
    ...(kind === 'money'
      ? [
          setting(
            { path: `${at}.per`, name: 'per' },
            money,
            (rules) => moneyOf(rules)?.perMinor,
            (rules, value) => withEarn(rules, id, (rule) => (rule.kind === 'money' ? put(rule, 'perMinor', value) : rule)),
          ),
          setting(
            { path: `${at}.carry`, name: 'carry' },
            flag,
            (rules) => moneyOf(rules)?.carry,
            (rules, value) => withEarn(rules, id, (rule) => (rule.kind === 'money' ? put(rule, 'carry', value) : rule)),
          ),
        ]
      : []),
    ...whenSettings(
      at,
      (rules) => here(rules)?.when,
      (rules, when) => withEarn(rules, id, (rule) => put(rule, 'when', when)),
    ),
  ];
}

const withBonus = (rules: Rules, id: string, change: (bonus: Bonus) => Bonus): Rules => ({
  ...rules,
  bonuses: rules.bonuses.map((bonus) => (bonus.id === id ? change(bonus) : bonus)),
});

function givesSetting(id: string, at: string, inPercent: boolean): Setting {
  const here = (rules: Rules): Bonus | undefined => rules.bonuses.find((bonus) => bonus.id === id);
  if (inPercent)
    return setting(
      { path: `${at}.percent`, name: 'bonus_percent' },
      percent(10_000, [10, 50, 100]),
      (rules) => {
        const bonus = here(rules);
        return bonus && 'percent' in bonus ? bonus.percent : undefined;
      },
      (rules, value) => withBonus(rules, id, (bonus) => ('percent' in bonus ? put(bonus, 'percent', value) : bonus)),
    );
  return setting(
    { path: `${at}.points`, name: 'bonus_points' },
    points,
    (rules) => {
      const bonus = here(rules);
      return bonus && 'points' in bonus ? bonus.points : undefined;
    },
    (rules, value) => withBonus(rules, id, (bonus) => ('points' in bonus ? put(bonus, 'points', value) : bonus)),
  );
}

function bonusSettings(one: Bonus): Setting[] {
  const { id } = one;
  const at = `bonuses.${id}`;
  const here = (rules: Rules): Bonus | undefined => rules.bonuses.find((bonus) => bonus.id === id);
  return [
    givesSetting(id, at, 'percent' in one),
    ...whenSettings(
      at,
      (rules) => here(rules)?.when,
      (rules, when) => withBonus(rules, id, (bonus) => put(bonus, 'when', when)),
    ),
    setting(
      { path: `${at}.times`, name: 'times' },
      orNone(whole(1, 1_000_000, [1])),
      (rules) => here(rules)?.timesPerMember,
      (rules, value) => withBonus(rules, id, (bonus) => put(bonus, 'timesPerMember', value)),
    ),
    setting(
      { path: `${at}.priority`, name: 'priority' },
      whole(0, 1000, [0, 10, 20]),
      (rules) => here(rules)?.priority,
      (rules, value) => withBonus(rules, id, (bonus) => put(bonus, 'priority', value)),
    ),
    setting(
      { path: `${at}.stack`, name: 'stack' },
      flag,
      (rules) => here(rules)?.stack,
      (rules, value) => withBonus(rules, id, (bonus) => put(bonus, 'stack', value)),
    ),
  ];
}

/** How purchases give points, as settings. */
export const earningSettings = (rules: Rules): Setting[] => rules.earn.flatMap(earnSettings);

/** What comes on top, as settings. */
export const bonusesSettings = (rules: Rules): Setting[] => rules.bonuses.flatMap(bonusSettings);
