import type { Expiry, Limits, Rules } from '../../program/rules/rules.ts';
import { percentIn, type Reader, rewardNamed } from './wording.ts';

function expiryText(expiry: Expiry, { say }: Reader): string[] {
  if (expiry.policy === 'never') return [say('rules:no_expiry')];
  if (expiry.policy === 'inactivity') return [say('rules:inactivity', { count: expiry.months })];
  const whole = expiry.end === 'day' ? [] : [say(`rules:expiry_end.${expiry.end}`)];
  return [say('rules:expiry', { count: expiry.months }), ...whole];
}

/** How many points there can be, from when and until when they count. */
export function pointsText(rules: Rules, reader: Reader): string[] {
  const { say } = reader;
  const caps = (['purchase', 'day', 'member'] as const).flatMap((cap) => {
    const count = rules.caps[cap];
    return count === undefined ? [] : [say(`rules:cap.${cap}`, { count })];
  });
  const warned = rules.expiry.policy !== 'never' && rules.warnDays.length > 0;
  return [
    ...caps,
    ...(rules.pendingDays > 0 ? [say('rules:pending', { count: rules.pendingDays })] : []),
    ...expiryText(rules.expiry, reader),
    ...(warned ? [say('rules:warn', { days: rules.warnDays.join(', ') })] : []),
  ];
}

/** Who may join and what they get; presents for birthdays. */
export const joiningText = (rules: Rules, reader: Reader): string[] => [
  reader.say(rules.joining === 'open' ? 'rules:open' : 'rules:invited'),
  ...(rules.welcome > 0 ? [reader.say('rules:welcome', { count: rules.welcome })] : []),
  ...(rules.birthday ? [reader.say('rules:birthday', { reward: rewardNamed(rules.birthday.reward, rules, reader) })] : []),
];

/** What points are worth at the counter. */
export function payText({ pay }: Rules, { say, language }: Reader): string[] {
  if (!pay) return [];
  const share = percentIn(pay.sharePercent, language);
  return [say('rules:pay', { count: pay.points, amount: pay.worthMinor, share }), say(`rules:pay_on.${pay.earnOn}`)];
}

const limited = ['entryMinor', 'memberDay', 'staffDay', 'refundDayMinor'] as const;

function limitsText(role: 'staff' | 'owner', limits: Limits, { say }: Reader): string[] {
  return limited.flatMap((what) => {
    const limit = limits[what];
    if (!limit) return [];
    const money = what.endsWith('Minor');
    const levels = (['soft', 'approval', 'hard'] as const).flatMap((level) => {
      const value = limit[level];
      if (value === undefined) return [];
      return [say(`rules:limit.${level}`, { limit: money ? say('rules:limit.money', { amount: value }) : String(value) })];
    });
    return [`${say(`rules:limit.who.${role}`)}, ${say(`rules:limit.what.${what}`)}: ${levels.join('; ')}.`];
  });
}

/** What only owners need to know: debts, limits of the people at the counter, when a day begins. */
export const controlText = (rules: Rules, reader: Reader): string[] => [
  ...(rules.debtLimit === undefined
    ? []
    : [rules.debtLimit === 0 ? reader.say('rules:no_debt') : reader.say('rules:debt', { count: rules.debtLimit })]),
  ...limitsText('staff', rules.limits.staff, reader),
  ...limitsText('owner', rules.limits.owner, reader),
  ...(rules.dayStartsAt > 0 ? [reader.say('rules:day_starts', { hour: rules.dayStartsAt })] : []),
];
