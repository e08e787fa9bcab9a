import { createHash } from 'node:crypto';
import { checkCode, plainCode } from '../codes.ts';
import { parseMoney } from '../money.ts';
import { earnOnly } from '../pricing/left-over.ts';
import { saleTerms } from '../pricing/sale-terms.ts';
import type { Program } from '../rules/rules.ts';
import { tierTerms } from '../tiers/tier-terms.ts';
import { readDate } from './dates.ts';
import type { Column } from './records.ts';
import { Unusable, unusableIfRefused } from './unusable.ts';

/** A purchase as ledger_import takes it. `amount` in minor units, dates as ISO texts. */
export type Row = {
  line: number;
  /** What the file calls the member, and the same as a member code when it could be one. */
  member: string;
  code: string | null;
  at: string;
  amount: number;
  receipt: string | null;
  items: number | null;
  shop: string | null;
  /** A hash of all that makes this purchase what it is, however it was written. */
  content: string;
  /** What the ledger takes of it. */
  sale: Record<string, unknown>;
};

export type RowRules = { currency: string; timeZone: string; now: Date; program: Program };

type Dated = { at: Date; text: string };

// Histories name the same days over and over, and calendars are slow.
const rememberedDates = 5_000;

/** How the rows of one file are read. Throws Unusable, whose message is the reason. */
export function rowReader({
  currency,
  timeZone,
  now,
  program,
}: RowRules): (line: number, field: (name: Column) => string) => Row {
  const base = { ...program, rules: { ...earnOnly(program.rules), pendingDays: 0 } };
  const tiers = tierTerms(program.rules, timeZone, 'purchase', { quiet: true });
  const dates = new Map<string, Dated>();
  const dated = (typed: string): Dated => {
    const before = dates.get(typed);
    if (before) return before;
    const { at, text } = readDate(typed, timeZone, now);
    const date = { at, text };
    if (dates.size >= rememberedDates) dates.clear();
    dates.set(typed, date);
    return date;
  };
  return (line, field) => {
    const text = (name: Column, longest: number): string | null => {
      const value = field(name).normalize('NFC').trim();
      if (value.includes('\u{fffd}')) throw new Unusable(`the ${name} is not UTF-8: save the file in that encoding`);
      if (/\p{Cc}/u.test(value)) throw new Unusable(`the ${name} has a character in it that can't be shown`);
      if (value.length > longest) throw new Unusable(`the ${name} is longer than ${longest} characters`);
      return value === '' ? null : value;
    };
    const member = text('member', 64);
    if (member === null) throw new Unusable('the member is missing');
    const { at, text: day } = dated(field('date').trim());
    if (field('amount').trim() === '') throw new Unusable('the amount is missing');
    const amount = unusableIfRefused(() => parseMoney(field('amount'), currency, true));
    // Numbers that the program gives begin with #: a file's can never take the next of them.
    const receipt = text('receipt', 64)?.replace(/^[#\s]+/, '') || null;
    const shop = text('shop', 100);
    const count = text('items', 9);
    if (count !== null && !/^\d+$/.test(count)) throw new Unusable('items is not a whole number');
    const items = count === null ? null : Number(count);
    const plain = plainCode(member);
    const code = checkCode(plain) === 'right' ? plain : null;
    const content = createHash('sha256')
      .update(JSON.stringify([code ?? member, day, amount, currency, receipt, items, shop]))
      .digest('hex')
      .slice(0, 32);
    const pieces = items === null ? [] : [{ category: '', pieces: items }];
    const { what: _, ...terms } = saleTerms(base, { amountMinor: amount, at, items: pieces, shop }, null, timeZone);
    const sale = { ...terms, ...tiers, only: 'earn', at, receipt, items, shop };
    return { line, member, code, at: at.toISOString(), amount, receipt, items, shop, content, sale };
  };
}
