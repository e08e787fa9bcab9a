import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { fileKey } from './keys.ts';

// Every leaf fails in one way, with the one sentence that says what is to be written there.
const leaf = <Value>(fits: (value: unknown) => boolean, params: Record<string, unknown>) => z.custom<Value>(fits, { params });

const matching = (pattern: RegExp, value: unknown): value is string => typeof value === 'string' && pattern.test(value);

/** Points, pieces, days, minor units of money: whole numbers. */
export const whole = (min: number, max: number) =>
  leaf<number>((value) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max, {
    code: 'problems:whole',
    min,
    max,
  });

/** Hundredths of a percent; the limits are percents. */
export const percent = (min: number, max: number) =>
  leaf<number>((value) => Number.isSafeInteger(value) && Number(value) >= min * 100 && Number(value) <= max * 100, {
    code: 'problems:percent',
    min: String(min),
    max: String(max),
  });

/** A text that can be kept and shown: not blank, no control characters, whole letters. */
export const text = (max: number) =>
  leaf<string>(
    (value) =>
      typeof value === 'string' &&
      value.trim() !== '' &&
      value.length <= max &&
      !/[\p{Cc}\p{Cs}]/u.test(value.replaceAll('\n', ' ')),
    { code: 'problems:text', max },
  );

/** How rules name one another, and what stands in buttons: short, and typed on any keyboard. */
export const id = leaf<string>((value) => matching(/^[a-z][a-z0-9_-]{0,23}$/, value), { code: 'problems:id' });

export const oneOf = <const Value extends string>(...known: Value[]) =>
  leaf<Value>((value) => known.includes(value as Value), { code: 'problems:one_of', known: known.join(', ') });

export const flag = leaf<boolean>((value) => typeof value === 'boolean', { code: 'problems:yes_no' });

export const yes = leaf<true>((value) => value === true, { code: 'problems:yes_no' });

/** Whether something is a day, written `2026-12-31`, that is in the calendar. */
export function isDate(value: unknown): boolean {
  if (!matching(/^[12]\d{3}-\d\d-\d\d$/, value)) return false;
  try {
    return Temporal.PlainDate.from(value).toString() === value;
  } catch {
    return false;
  }
}

export const date = leaf<string>(isDate, { code: 'problems:date' });

/** `HH:MM`. */
export const clock = leaf<string>((value) => matching(/^(?:[01]\d|2[0-3]):[0-5]\d$/, value), { code: 'problems:clock' });

/** A moment on a whole minute, ISO in UTC as `Date.toISOString` writes it. */
export const moment = leaf<string>(
  (value) =>
    matching(/^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/, value) &&
    !Number.isNaN(Date.parse(value)) &&
    new Date(value).toISOString() === value,
  { code: 'problems:moment' },
);

const isZone = (value: unknown): boolean => {
  try {
    return typeof value === 'string' && new Intl.DateTimeFormat('en', { timeZone: value }) !== undefined;
  } catch {
    return false;
  }
};

/** A name of the time zone database that this runtime knows. */
export const timeZone = leaf<string>(isZone, { code: 'problems:time_zone' });

export const picture = leaf<string>(
  (value) => typeof value === 'string' && value.length <= 500 && /^https:\/\/\S+$/.test(value) && URL.canParse(value),
  { code: 'problems:picture' },
);

/** Texts by language. Which languages there may be is a matter of the checks. */
export const texts = (max: number) => z.record(z.string(), text(max));

/** A list of at least one thing; longer ones than anybody writes are a mistake. */
export const list = <Item extends z.ZodType>(item: Item, max = 200) => z.array(item).min(1).max(max);

/** As many as there are, also none. */
export const all = <Item extends z.ZodType>(item: Item) => z.array(item).max(200).default([]);

/** A section with its keys. A key that it doesn't have is said together with those it has. */
export const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).map(fileKey).join(', ') : undefined),
  });
