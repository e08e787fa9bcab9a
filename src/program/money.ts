import { Refusal } from './refusal.ts';

/** The most that one sale may be: ten million in a currency of two decimals (a ceiling per entry keeps a slip from becoming a fortune). */
export const amountCeilingMinor = 1_000_000_000;

// Formats take long to make, and an import asks once per row.
function remembered<Value>(make: (currency: string) => Value): (currency: string) => Value {
  const made = new Map<string, Value>();
  return (currency) => {
    const value = made.get(currency) ?? make(currency);
    made.set(currency, value);
    return value;
  };
}

/** How many minor units one unit of a currency has (EUR: 100, JPY: 1), from Unicode CLDR as the runtime ships it. */
export const minorPerUnit = remembered(
  (currency) => 10 ** (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2),
);

/** How people write the currency beside an amount: its code and its symbols. */
const signsOf = remembered((currency) => {
  const signs = ['en', 'ru', 'bg', 'fi', 'pl'].flatMap((language) =>
    (['symbol', 'narrowSymbol'] as const).map((currencyDisplay) => {
      const parts = new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay }).formatToParts(1);
      return parts.find((part) => part.type === 'currency')?.value ?? currency;
    }),
  );
  return [...new Set([currency, ...signs])].map((sign) => sign.normalize('NFKC').toLowerCase());
});

/** An amount to show how one is written: 12.50, in minor units (13 where there are none). */
export const exampleOf = (currency: string): number => Math.round(12.5 * minorPerUnit(currency));

/**
 * Reads an amount of money as people write it, into minor units: `12.50`, `12,50`, `1 250,00`, `1,250.00`, `12.50 €`. Never guesses: what
 * could mean two things (`1,250`), is finer than the currency (`12.345`) or isn't plain digits is refused with an example. Refuses:
 * `money.unclear`, `money.decimals`, `money.not_positive`, `money.too_big`.
 */
export function parseMoney(typed: string, currency: string, allowZero = false): number {
  const perUnit = minorPerUnit(currency);
  const decimals = Math.round(Math.log10(perUnit));
  const exampleMinor = exampleOf(currency);
  const text = signsOf(currency)
    .reduce(
      (rest, sign) =>
        (rest.endsWith(sign) ? rest.slice(0, -sign.length) : rest.startsWith(sign) ? rest.slice(sign.length) : rest).trim(),
      typed.normalize('NFKC').trim().toLowerCase(),
    )
    .replace(/\s/g, ' ');
  if (/^[-−–]/.test(text)) throw new Refusal('money.not_positive', { exampleMinor });

  const plain = /^(?<units>\d{1,12})(?:[.,](?<part>\d+))?$/.exec(text);
  const grouped = /^(?<units>\d{1,3}(?:(?<by>[ '’.,])\d{3})(?:\k<by>\d{3})*)(?:(?<point>[.,])(?<part>\d+))?$/.exec(text);
  const found = plain ?? grouped;
  if (!found?.groups) throw new Refusal('money.unclear', { exampleMinor });
  const { units = '', part = '', by, point } = found.groups;
  // Without decimals, `12 100` may be twelve and a receipt, and `1,250` may be one and a quarter.
  if (!plain && by !== undefined && (by === point || (!part && (by === ' ' || units.split(by).length < 3))))
    throw new Refusal('money.unclear', { exampleMinor });
  if (part.length > decimals) throw new Refusal('money.decimals', { exampleMinor, count: decimals });

  const minor = Number(units.replace(/\D/g, '')) * perUnit + Number(part.padEnd(decimals, '0') || 0);
  if (minor === 0 && !allowZero) throw new Refusal('money.not_positive', { exampleMinor });
  if (minor > amountCeilingMinor) throw new Refusal('money.too_big', { amountMinor: amountCeilingMinor });
  return minor;
}

/** An amount of minor units as plain digits that `parseMoney` reads again: how answers of forms keep it. */
export function writtenMoney(minor: number, currency: string): string {
  const perUnit = minorPerUnit(currency);
  return (minor / perUnit).toFixed(Math.log10(perUnit));
}

/** What of a typed line belongs to an amount: groups of digits, and the currency behind them. */
export const amountAtStart = /^(?:\d{1,3}(?:\s\d{3})+(?:[.,]\d+)?|\S+)(?:\s?(?:€|\$|£|zł|лв\.?|₽|руб\.?|kr|[A-Z]{3})(?=\s|$))?/u;
