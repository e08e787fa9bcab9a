import type { Path } from './problem.ts';

// Where the file's word is not just the rules' own in small letters. Money and percents show what they are; months and days are named.
const words: Readonly<Record<string, string>> = {
  perMinor: 'per',
  per: 'for',
  minimumMinor: 'minimum',
  amountMinor: 'amount',
  upToMinor: 'up_to',
  worthMinor: 'worth',
  bonusPercent: 'bonus',
  discountPercent: 'discount',
  sharePercent: 'share',
  entryMinor: 'entry',
  refundDayMinor: 'refund_day',
  minor: 'money',
};
const names = new Map(Object.entries(words).map(([rules, file]) => [file, rules]));

/** How the file calls what the rules call `key`: `graceDays` is `grace_days`, `perMinor` is `per`. */
export const fileKey = (key: string): string =>
  key.startsWith('?') ? key.slice(1) : (words[key] ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

/** The other way. What the file has no such word for (`perMinor`) gets a question mark, so that nothing knows it. */
export function rulesKey(key: string): string {
  const found = names.get(key) ?? key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return fileKey(found) === key ? found : `?${key}`;
}

/** A place in the rules as the file names it. */
export const filePath = (path: Path): Path => path.map((step) => (typeof step === 'string' ? fileKey(step) : step));
