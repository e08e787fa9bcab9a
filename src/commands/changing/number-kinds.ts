import { parseMoney, writtenMoney } from '../../program/money.ts';
import { Refusal } from '../../program/refusal.ts';
import { percentIn } from '../rules/wording.ts';
import type { Kind } from './kind.ts';

/** A whole number within bounds: points, pieces, days, months. */
export const whole = (min: number, max: number, offered: readonly number[] = []): Kind<number> => ({
  hint: 'whole',
  read: (typed) => {
    const value = /^\d{1,15}$/.test(typed) ? Number(typed) : Number.NaN;
    if (!(value >= min && value <= max)) throw new Refusal('program.whole_unclear', { min, max });
    return value;
  },
  write: String,
  show: String,
  offered: () => offered,
});

/** Money above zero, in minor units. */
export const money: Kind<number> = {
  hint: 'money',
  read: (typed, { reader }) => parseMoney(typed, reader.shop.currency),
  write: (minor, { reader }) => writtenMoney(minor, reader.shop.currency),
  show: (amount, { reader }) => reader.say('rules:limit.money', { amount }),
};

/** Money that may be nothing, in minor units. */
export const moneyFromZero: Kind<number> = {
  ...money,
  read: (typed, { reader }) => parseMoney(typed, reader.shop.currency, true),
};

/** Percents, kept as hundredths of one. */
export const percent = (max: number, offered: readonly number[] = []): Kind<number> => ({
  hint: 'percent',
  read: (typed) => {
    const found = /^\+?(\d{1,5})(?:[.,](\d{1,2}))?\s?%?$/.exec(typed);
    const value = found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : 0;
    if (value < 1 || value > max * 100) throw new Refusal('program.percent_unclear', { max });
    return value;
  },
  write: (value) => String(value / 100),
  show: (value, { reader }) => percentIn(value, reader.language),
  offered: () => offered.map((one) => one * 100),
});

/** Days at which something is said, the earliest first: `30, 7, 1`. */
export const dayList: Kind<number[]> = {
  hint: 'day_list',
  read: (typed) => {
    const found = typed.split(/[\s,;]+/).filter(Boolean);
    const days = [...new Set(found.map(Number))].sort((one, other) => other - one);
    const fits = found.length > 0 && found.length <= 10 && found.every((one) => /^[1-9]\d{0,2}$/.test(one) && Number(one) <= 365);
    if (!fits) throw new Refusal('program.day_list_unclear');
    return days;
  },
  write: (days) => days.join(','),
  show: (days) => days.join(', '),
};
