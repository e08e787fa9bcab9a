import { pointsCeiling } from '../../program/rules/problem.ts';
import type { Rules, Tier, Tiers } from '../../program/rules/rules.ts';
import { type Kind, orNone, put, type Setting, setting } from './kind.ts';
import { moneyFromZero, percent, whole } from './number-kinds.ts';
import { oneOf, text } from './word-kinds.ts';

const withTiers = (rules: Rules, change: (tiers: Tiers) => Tiers): Rules =>
  rules.tiers ? { ...rules, tiers: change(rules.tiers) } : rules;

const overall = <Key extends Exclude<keyof Tiers, 'levels'>>(path: string, key: Key, kind: Kind<Tiers[Key]>): Setting =>
  setting<Tiers[Key]>(
    { path: `tiers.${path}`, name: `tiers_${path}` },
    kind,
    (rules) => rules.tiers?.[key],
    (rules, value) => withTiers(rules, (tiers) => put(tiers, key, value)),
  );

/** Where a level begins: money or points, as the levels are counted. */
export const threshold = (tiers: Pick<Tiers, 'by'> | undefined): Kind<number> =>
  tiers?.by === 'points' ? whole(0, pointsCeiling, [100, 500, 1000]) : moneyFromZero;

function levelSettings({ id }: Tier, tiers: Tiers): Setting[] {
  const one = <Key extends keyof Tier>(name: string, key: Key, kind: Kind<NonNullable<Tier[Key]>>): Setting =>
    setting<NonNullable<Tier[Key]>>(
      { path: `tiers.${id}.${name}`, name: `level_${name}` },
      kind,
      (rules) => rules.tiers?.levels.find((level) => level.id === id)?.[key] as NonNullable<Tier[Key]> | undefined,
      (rules, value) =>
        withTiers(rules, (all) => ({
          ...all,
          levels: all.levels
            .map((level) => (level.id === id ? put<Tier, Key>(level, key, value) : level))
            .toSorted((lower, higher) => lower.from - higher.from),
        })),
    );
  return [
    one('name', 'name', text(40)),
    one('from', 'from', threshold(tiers)),
    one('bonus', 'bonusPercent', orNone(percent(10_000, [10, 25, 50]))),
    one('discount', 'discountPercent', orNone(percent(100, [3, 5, 10]))),
    one('early', 'earlyAccessDays', orNone(whole(1, 365, [1, 3, 7]))),
  ];
}

/** The levels and what is common to them, as settings. */
export const tiersSettings = ({ tiers }: Rules): Setting[] =>
  tiers
    ? [
        overall('by', 'by', oneOf('tiers_by', 'money', 'points')),
        overall('window', 'windowMonths', whole(1, 120, [6, 12])),
        overall('grace', 'graceDays', whole(0, 365, [0, 30])),
        overall('warn', 'warnDays', whole(0, 365, [14, 30])),
        ...tiers.levels.flatMap((level) => levelSettings(level, tiers)),
      ]
    : [];
