import { pointsCeiling } from '../../program/rules/problem.ts';
import type { Discount, Reward, Rules, StampCard } from '../../program/rules/rules.ts';
import { type Kind, orNone, put, type Setting, setting } from './kind.ts';
import { money, percent, whole } from './number-kinds.ts';
import { day, names, reward as rewardKind } from './word-kinds.ts';

const withReward = (rules: Rules, id: string, change: (reward: Reward) => Reward): Rules => ({
  ...rules,
  rewards: rules.rewards.map((reward) => (reward.id === id ? change(reward) : reward)),
});

function worthSetting({ id, kind }: Reward): Setting[] {
  const here = (rules: Rules): Reward | undefined => rules.rewards.find((reward) => reward.id === id);
  const at = { path: `rewards.${id}.worth`, name: 'reward_worth' };
  if (kind === 'percent')
    return [
      setting<number>(
        at,
        percent(100, [5, 10, 20]),
        (rules) => {
          const reward = here(rules);
          return reward?.kind === 'percent' ? reward.percent : undefined;
        },
        (rules, value) => withReward(rules, id, (reward) => (reward.kind === 'percent' ? put(reward, 'percent', value) : reward)),
      ),
    ];
  const inMoney = (reward: Reward | undefined) => (reward?.kind === 'money' || reward?.kind === 'gift_card' ? reward : undefined);
  if (kind !== 'money' && kind !== 'gift_card') return [];
  return [
    setting<number>(
      at,
      money,
      (rules) => inMoney(here(rules))?.amountMinor,
      (rules, value) =>
        withReward(rules, id, (reward) => {
          const worth = inMoney(reward);
          return worth ? put(worth, 'amountMinor', value) : reward;
        }),
    ),
  ];
}

function rewardSettings(each: Reward): Setting[] {
  const { id } = each;
  type Common = 'cost' | 'stock' | 'perMember' | 'tiers' | 'from' | 'until' | 'validDays';
  const one = <Key extends Common>(name: string, key: Key, kind: Kind<NonNullable<Reward[Key]>>): Setting =>
    setting<NonNullable<Reward[Key]>>(
      { path: `rewards.${id}.${name}`, name: `reward_${name}` },
      kind,
      (rules) => rules.rewards.find((reward) => reward.id === id)?.[key] as NonNullable<Reward[Key]> | undefined,
      (rules, value) => withReward(rules, id, (reward) => put<Reward, Key>(reward, key, value)),
    );
  return [
    one('cost', 'cost', whole(0, pointsCeiling, [50, 100, 200])),
    ...worthSetting(each),
    one('stock', 'stock', orNone(whole(0, 1_000_000, [10, 50, 100]))),
    one('each', 'perMember', orNone(whole(1, 1_000_000, [1, 2]))),
    one('valid', 'validDays', whole(1, 3650, [14, 30, 90])),
    one('tiers', 'tiers', orNone(names('tiers'))),
    one('from', 'from', orNone(day)),
    one('until', 'until', orNone(day)),
  ];
}

const withCard = (rules: Rules, id: string, change: (card: StampCard) => StampCard): Rules => ({
  ...rules,
  stamps: rules.stamps.map((card) => (card.id === id ? change(card) : card)),
});

function cardSettings({ id, per }: StampCard): Setting[] {
  const here = (rules: Rules): StampCard | undefined => rules.stamps.find((card) => card.id === id);
  const minimum = setting<number>(
    { path: `stamps.${id}.minimum`, name: 'stamp_minimum' },
    orNone(money),
    (rules) => {
      const card = here(rules);
      return card?.per.kind === 'purchase' ? card.per.minimumMinor : undefined;
    },
    (rules, value) =>
      withCard(rules, id, (card) =>
        card.per.kind === 'purchase' ? { ...card, per: put(card.per, 'minimumMinor', value) } : card,
      ),
  );
  return [
    setting<number>(
      { path: `stamps.${id}.of`, name: 'stamp_of' },
      whole(2, 50, [5, 8, 10]),
      (rules) => here(rules)?.of,
      (rules, value) => withCard(rules, id, (card) => put(card, 'of', value)),
    ),
    setting<string>(
      { path: `stamps.${id}.reward`, name: 'stamp_reward' },
      rewardKind,
      (rules) => here(rules)?.reward,
      (rules, value) => withCard(rules, id, (card) => put(card, 'reward', value)),
    ),
    ...(per.kind === 'purchase' ? [minimum] : []),
  ];
}

const withDiscount = (rules: Rules, id: string, change: (discount: Discount) => Discount): Rules => ({
  ...rules,
  discounts: rules.discounts.map((discount) => (discount.id === id ? change(discount) : discount)),
});

function discountSettings({ id, kind }: Discount): Setting[] {
  const at = `discounts.${id}`;
  const here = (rules: Rules): Discount | undefined => rules.discounts.find((discount) => discount.id === id);
  const times = setting<number>(
    { path: `${at}.${kind === 'nth' ? 'every' : 'purchases'}`, name: kind === 'nth' ? 'discount_every' : 'discount_purchases' },
    whole(kind === 'nth' ? 2 : 1, 1000, [5, 10]),
    (rules) => {
      const discount = here(rules);
      return discount?.kind === 'nth' ? discount.every : discount?.purchases;
    },
    (rules, value) =>
      withDiscount(rules, id, (discount) =>
        discount.kind === 'nth' ? put(discount, 'every', value) : put(discount, 'purchases', value),
      ),
  );
  const days = whole(1, 3650, [30, 90, 365]);
  return [
    setting<number>(
      { path: `${at}.percent`, name: 'discount_percent' },
      percent(100, [5, 10, 20]),
      (rules) => here(rules)?.percent,
      (rules, value) => withDiscount(rules, id, (discount) => put(discount, 'percent', value)),
    ),
    times,
    setting<number>(
      { path: `${at}.within`, name: 'discount_within' },
      kind === 'nth' ? orNone(days) : days,
      (rules) => here(rules)?.withinDays,
      (rules, value) => withDiscount(rules, id, (discount) => put<Discount, 'withinDays'>(discount, 'withinDays', value)),
    ),
    setting<number>(
      { path: `${at}.minimum`, name: 'minimum' },
      orNone(money),
      (rules) => here(rules)?.minimumMinor,
      (rules, value) => withDiscount(rules, id, (discount) => put(discount, 'minimumMinor', value)),
    ),
  ];
}

/** Rewards as settings. */
export const rewardsSettings = (rules: Rules): Setting[] => rules.rewards.flatMap(rewardSettings);
/** Stamp cards as settings. */
export const stampsSettings = (rules: Rules): Setting[] => rules.stamps.flatMap(cardSettings);
/** Discounts as settings. */
export const discountsSettings = (rules: Rules): Setting[] => rules.discounts.flatMap(discountSettings);
