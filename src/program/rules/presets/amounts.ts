import { amountCeilingMinor, minorPerUnit } from '../../money.ts';
import type { Texts } from '../rules.ts';

// A round amount that buys about what one euro does. What isn't here counts in ones, and in hundreds where there are no small coins.
const rounds: Readonly<Record<string, number>> = {
  ...{ BGN: 2, PLN: 5, RON: 5, BYN: 5, GEL: 2, ILS: 5, BRL: 5, MYR: 5, AED: 5, SAR: 5, PEN: 5, AZN: 2 },
  ...{ CNY: 10, HKD: 10, SEK: 10, NOK: 10, DKK: 10, MXN: 20, ZAR: 20, MDL: 20, CZK: 25 },
  ...{ UAH: 50, TRY: 50, TWD: 50, THB: 50, PHP: 50, MKD: 50, EGP: 50 },
  ...{ RUB: 100, JPY: 100, INR: 100, ISK: 100, RSD: 100, KES: 100, BDT: 100, ALL: 100, XPF: 100, KGS: 100, DZD: 100, PKR: 200 },
  ...{ KZT: 500, HUF: 500, AMD: 500, LKR: 500, CRC: 500, XAF: 500, XOF: 500 },
  ...{ KRW: 1000, CLP: 1000, ARS: 1000, IQD: 1000, RWF: 1000, NGN: 2000, TZS: 2000, MMK: 2000 },
  ...{ COP: 5000, MNT: 5000, KHR: 5000, UGX: 5000, MGA: 5000, PYG: 10_000, UZS: 10_000, GNF: 10_000 },
  ...{ IDR: 20_000, VND: 20_000, LAK: 20_000, LBP: 100_000, IRR: 1_000_000 },
};

/** The largest amount in a ready-made program, in such rounds. */
const most = 1000;

/** Minor units of about `count` euros in a currency, round; a hundredth of it is still a whole number. */
export function about(count: number, currency: string): number {
  const perUnit = minorPerUnit(currency);
  const round = (rounds[currency] ?? (perUnit === 1 ? 100 : 1)) * perUnit;
  return count * Math.min(round, amountCeilingMinor / most);
}

/** One text in all languages. */
export const texts = (en: string, ru: string, bg: string, fi: string, pl: string): Texts => ({ en, ru, bg, fi, pl });

/** The one in a language. */
export const said = (all: Texts, language: string): string => all[language] ?? all['en'] ?? '';
