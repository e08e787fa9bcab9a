import { Refusal } from '../refusal.ts';

export const refundReasons = ['wrong_amount', 'returned', 'complaint', 'other'] as const;
export type RefundReason = (typeof refundReasons)[number];

const separator = ': ';
const textLimit = 200;

/** Why money was given back, as a refund keeps it: a code, with a few words behind it when it is another reason. */
export const writtenReason = (code: RefundReason, text = ''): string => {
  if (code !== 'other') return code;
  const words = text.normalize('NFKC').replace(/\s+/g, ' ').trim();
  if (words === '' || words.length > textLimit) throw new Refusal('refund.reason_unclear');
  return `${code}${separator}${words}`;
};

/** A kept reason taken apart; undefined for what was not kept by `writtenReason`. */
export function readReason(kept: string | null | undefined): { code: RefundReason; text: string } | undefined {
  const [code, ...words] = (kept ?? '').split(separator);
  const known = refundReasons.find((one) => one === code);
  return known && { code: known, text: words.join(separator) };
}
