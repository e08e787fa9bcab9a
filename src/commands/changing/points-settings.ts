import { pointsCeiling } from '../../program/rules/problem.ts';
import type { Expiry, Rules } from '../../program/rules/rules.ts';
import { type Kind, orNone, put, type Setting, setting } from './kind.ts';
import { dayList, money, percent, whole } from './number-kinds.ts';
import { oneOf, reward } from './word-kinds.ts';

const top = <Key extends keyof Rules>(name: string, key: Key, kind: Kind<NonNullable<Rules[Key]>>): Setting =>
  setting<NonNullable<Rules[Key]>>(
    { path: name, name },
    kind,
    (rules) => rules[key] as NonNullable<Rules[Key]> | undefined,
    (rules, value) => put<Rules, Key>(rules, key, value),
  );

const cap = (name: 'purchase' | 'day' | 'member'): Setting =>
  setting(
    { path: `caps.${name}`, name: `cap_${name}` },
    orNone(whole(1, pointsCeiling, [100, 1000])),
    (rules) => rules.caps[name],
    (rules, value) => ({ ...rules, caps: put(rules.caps, name, value) }),
  );

const monthsOf = (expiry: Expiry): number => (expiry.policy === 'never' ? 12 : expiry.months);

/** Months, or never. Whether they are counted from the purchase or from the last movement stays. */
const expiryMonths = setting<number>(
  { path: 'expiry', name: 'expiry' },
  orNone({ ...whole(1, 120, [6, 12, 24]), hint: 'months' }),
  ({ expiry }) => (expiry.policy === 'never' ? undefined : expiry.months),
  (rules, months) => {
    if (months === undefined) return { ...rules, expiry: { policy: 'never' } };
    const { expiry } = rules;
    return { ...rules, expiry: expiry.policy === 'never' ? { policy: 'months', months, end: 'day' } : { ...expiry, months } };
  },
);

const expiryPolicy = setting<'months' | 'inactivity'>(
  { path: 'expiry.policy', name: 'expiry_policy' },
  oneOf('expiry_policy', 'months', 'inactivity'),
  ({ expiry }) => (expiry.policy === 'never' ? undefined : expiry.policy),
  (rules, policy) => {
    const months = monthsOf(rules.expiry);
    return { ...rules, expiry: policy === 'inactivity' ? { policy, months } : { policy: 'months', months, end: 'day' } };
  },
);

const expiryEnd = setting<'day' | 'month' | 'quarter' | 'year'>(
  { path: 'expiry.end', name: 'expiry_end' },
  oneOf('expiry_end', 'day', 'month', 'quarter', 'year'),
  ({ expiry }) => (expiry.policy === 'months' ? expiry.end : undefined),
  (rules, end) => ({ ...rules, expiry: { policy: 'months', months: monthsOf(rules.expiry), end: end ?? 'day' } }),
);

/** Limits of points, and when they begin and end to count. */
export const pointsSettings = ({ expiry }: Rules): Setting[] => [
  expiryMonths,
  ...(expiry.policy === 'never' ? [] : [expiryPolicy]),
  ...(expiry.policy === 'months' ? [expiryEnd] : []),
  setting<number[]>(
    { path: 'warn', name: 'warn' },
    orNone(dayList),
    ({ warnDays }) => warnDays,
    (rules, days) => ({ ...rules, warnDays: days ?? [] }),
  ),
  top('pending', 'pendingDays', whole(0, 365, [0, 7, 14])),
  cap('purchase'),
  cap('day'),
  cap('member'),
  top('debt', 'debtLimit', orNone(whole(0, pointsCeiling, [0, 100]))),
];

/** Who may join, and what they get. */
export const joiningSettings = (rules: Rules): Setting[] => [
  top('welcome', 'welcome', whole(0, pointsCeiling, [0, 10, 50])),
  top('joining', 'joining', oneOf('joining', 'open', 'invited')),
  ...(rules.rewards.length > 0
    ? [
        setting<string>(
          { path: 'birthday', name: 'birthday_reward' },
          orNone(reward),
          (one) => one.birthday?.reward,
          (one, id) => put(one, 'birthday', id === undefined ? undefined : { reward: id }),
        ),
      ]
    : []),
];

const payPoints = 100;

/** What points are worth at the counter. Taken on in chat, it is said for a hundred points. */
export const paySettings = ({ pay }: Rules): Setting[] => [
  setting<number>(
    { path: 'pay', name: 'pay' },
    orNone(pay ? money : { ...money, hint: 'hundred' }),
    (rules) => rules.pay?.worthMinor,
    (rules, worthMinor) => {
      if (worthMinor === undefined) return put(rules, 'pay', undefined);
      return {
        ...rules,
        pay: rules.pay ? { ...rules.pay, worthMinor } : { points: payPoints, worthMinor, sharePercent: 10_000, earnOn: 'paid' },
      };
    },
  ),
  ...(pay
    ? [
        setting<number>(
          { path: 'pay.points', name: 'pay_points' },
          whole(1, pointsCeiling, [1, 10, payPoints]),
          (rules) => rules.pay?.points,
          (rules, points) => ({ ...rules, pay: put(rules.pay ?? pay, 'points', points) }),
        ),
        setting<number>(
          { path: 'pay.share', name: 'pay_share' },
          percent(100, [50, 100]),
          (rules) => rules.pay?.sharePercent,
          (rules, share) => ({ ...rules, pay: put(rules.pay ?? pay, 'sharePercent', share) }),
        ),
        setting<'paid' | 'bill'>(
          { path: 'pay.on', name: 'pay_on' },
          oneOf('pay_on', 'paid', 'bill'),
          (rules) => rules.pay?.earnOn,
          (rules, on) => ({ ...rules, pay: put(rules.pay ?? pay, 'earnOn', on) }),
        ),
      ]
    : []),
];
