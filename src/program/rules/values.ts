import { Temporal } from 'temporal-polyfill';
import { Scalar } from 'yaml';
import { minorPerUnit, parseMoney } from '../money.ts';
import { Refusal } from '../refusal.ts';
import { fileKey, rulesKey } from './keys.ts';
import type { Frame, Path } from './problem.ts';

const money = new Set(['perMinor', 'minimumMinor', 'amountMinor', 'upToMinor', 'worthMinor', 'minor']);
const moneyLimits = new Set(['entryMinor', 'refundDayMinor']);
const percents = new Set(['percent', 'bonusPercent', 'discountPercent', 'sharePercent']);
const flags = new Set(['carry', 'stack', 'hidden', 'firstPurchase']);
const ofPeople = new Set(['rewards', 'stamps', 'categories']);

type Kind = 'money' | 'percent' | 'flag' | 'moment' | 'texts';

/** What people write in another way than the rules keep it, by its place in the rules. */
export function kindOf(path: Path, root: unknown): Kind | undefined {
  const [section, middle] = path;
  const last = String(path.at(-1));
  if (money.has(last) || moneyLimits.has(String(path.at(-2)))) return 'money';
  const byMoney = (root as { tiers?: { by?: unknown } } | null)?.tiers?.by === 'money';
  if (section === 'tiers' && middle === 'levels' && last === 'from' && byMoney) return 'money';
  if (percents.has(last)) return 'percent';
  if (flags.has(last)) return 'flag';
  if (section === 'rewards' && last === 'at') return 'moment';
  if (path.length === 3 && ofPeople.has(String(section)) && (last === 'name' || last === 'about')) return 'texts';
  return undefined;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

type Step = { leaf(kind: Kind, value: unknown, key: string): unknown; inRules(key: string): string; out(key: string): string };

function mapped(value: unknown, step: Step, root: unknown, path: Path = []): unknown {
  const kind = kindOf(path, root);
  if (kind) return step.leaf(kind, value, String(path.at(-1)));
  if (Array.isArray(value)) return value.map((one, at) => mapped(one, step, root, [...path, at]));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([key, one]) => [
    step.out(key),
    mapped(one, step, root, [...path, step.inRules(key)]),
  ]);
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}

function readMoney(value: unknown, currency: string): unknown {
  if (typeof value !== 'number' && typeof value !== 'string') return value;
  try {
    return parseMoney(String(value), currency, true);
  } catch (error) {
    // As a text it is no amount: the checks say so, with an example.
    if (error instanceof Refusal) return String(value);
    throw error;
  }
}

function readPercent(value: unknown): unknown {
  if (typeof value !== 'number' && typeof value !== 'string') return value;
  const found = /^(\d{1,7})(?:[.,](\d{1,2}))?\s?%?$/.exec(String(value).trim());
  return found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : String(value);
}

function readFlag(value: unknown, key: string): unknown {
  const said = value === 'yes' ? true : value === 'no' ? false : value;
  return said === false && (key === 'hidden' || key === 'firstPurchase') ? undefined : said;
}

function readMoment(value: unknown, timeZone: string): unknown {
  const found = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)([+-]\d\d:\d\d)?$/.exec(typeof value === 'string' ? value.trim() : '');
  if (!found) return value;
  try {
    const [, day, clock, offset] = found;
    const instant = offset
      ? Temporal.Instant.from(`${day}T${clock}${offset}`)
      : Temporal.PlainDateTime.from(`${day}T${clock}`).toZonedDateTime(timeZone).toInstant();
    return new Date(instant.epochMilliseconds).toISOString();
  } catch {
    return value;
  }
}

/** A moment as the clock on the wall shows it; with the offset when that clock shows it twice. */
function writtenMoment(value: string, timeZone: string): string {
  const there = Temporal.Instant.from(value).toZonedDateTimeISO(timeZone);
  const plain = `${there.toPlainDate().toString()} ${there.toPlainTime().toString({ smallestUnit: 'minute' })}`;
  return readMoment(plain, timeZone) === value ? plain : `${plain}${there.offset}`;
}

function writtenTexts(value: Record<string, unknown>, language: string): unknown {
  const spoken = Object.keys(value);
  const own = value[language];
  if (spoken.length === 1 && own !== undefined) return own;
  const order = [...new Set([language, ...spoken.toSorted()])].filter((each) => value[each] !== undefined);
  return Object.fromEntries(order.map((each) => [each, value[each]]));
}

/** Reads what stands in the file into what the rules keep. What can't be read stays as it is, and never passes for a value of the rules. */
export function fromFile(data: unknown, { currency, timeZone, language }: Frame): unknown {
  const leaf = (kind: Kind, value: unknown, key: string): unknown => {
    if (kind === 'money') return readMoney(value, currency);
    if (kind === 'percent') return readPercent(value);
    if (kind === 'flag') return readFlag(value, key);
    if (kind === 'moment') return readMoment(value, timeZone);
    return typeof value === 'string' ? { [language]: value } : value;
  };
  return mapped(data, { leaf, inRules: rulesKey, out: rulesKey }, data);
}

/** Writes rules, or a part of them that stands where it does in whole rules, as the file has them: plain values and YAML scalars. */
export function toFile(rules: unknown, { currency, timeZone, language }: Frame): unknown {
  const decimals = Math.round(Math.log10(minorPerUnit(currency)));
  const leaf = (kind: Kind, value: unknown): unknown => {
    if (kind === 'money' && typeof value === 'number') {
      const scalar = new Scalar(value / minorPerUnit(currency));
      scalar.minFractionDigits = decimals;
      return scalar;
    }
    if (kind === 'percent' && typeof value === 'number') return value / 100;
    if (kind === 'flag') return value === true ? 'yes' : 'no';
    if (kind === 'moment') return writtenMoment(String(value), timeZone);
    return kind === 'texts' ? writtenTexts(value as Record<string, unknown>, language) : value;
  };
  return mapped(rules, { leaf, inRules: (key) => key, out: fileKey }, rules);
}
