import { nearest } from '../nearest.ts';
import { isDate } from '../rules/leaves.ts';
import { definitionOf, exampleOf, type Known } from './conditions.ts';
import type { Operator, Value } from './segment.ts';
import { pointing, type Token } from './tokens.ts';

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** A hundred years, in each unit. */
const longest = { d: 36_500, w: 5_200, m: 1_200, y: 100 } as const;

const most = 1_000_000_000;

/** What a condition compares with, between its place in the text and the pieces behind the operator. */
export type Written = { text: string; key: string; operator: Operator; pieces: readonly Token[]; known: Known };

const placeOf = ({ pieces }: Pick<Written, 'pieces'>) => ({ from: pieces[0]?.from ?? 0, until: pieces.at(-1)?.until ?? 0 });

const rawOf = ({ text, pieces }: Pick<Written, 'text' | 'pieces'>): string => {
  const { from, until } = placeOf({ pieces });
  return text.slice(from, until).normalize('NFKC').toLowerCase();
};

function ago(raw: string): Value | undefined {
  const [, digits, unit] = /^(\d{1,5})([dwmy])$/.exec(raw) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const count = Number(digits);
  return count <= longest[unit as 'd'] ? { kind: 'ago', count, unit: unit as 'd' } : undefined;
}

const count = (raw: string, max: number): Value | undefined =>
  /^\d{1,10}$/.test(raw) && Number(raw) <= max ? { kind: 'count', count: Number(raw) } : undefined;

function money(raw: string): Value | undefined {
  const [, units, part] = /^0*(\d{1,9}?)(?:[.,](\d{1,3}))?$/.exec(raw) ?? [];
  return units === undefined ? undefined : { kind: 'money', units: part === undefined ? units : `${units}.${part}` };
}

function birthday(raw: string, operator: Operator): Value | undefined {
  if (operator !== '=') return operator === '<' || operator === '<=' ? inDays(raw) : undefined;
  const month = months.indexOf(raw) + 1;
  if (month > 0) return { kind: 'birthday', when: String(month).padStart(2, '0') };
  if (raw === 'today' || /^(?:0[1-9]|1[0-2])$/.test(raw)) return { kind: 'birthday', when: raw };
  return isDate(`2024-${raw}`) ? { kind: 'birthday', when: raw } : inDays(raw);
}

/** Days ahead, at most a year of them. */
function inDays(raw: string): Value | undefined {
  const value = ago(raw);
  return value?.kind === 'ago' && ((value.unit === 'd' && value.count <= 366) || (value.unit === 'w' && value.count <= 52))
    ? value
    : undefined;
}

function words({ text, key, pieces, known }: Written): Value {
  const list = known[key as keyof Known];
  const found = pieces
    .filter(({ kind }) => kind !== 'mark')
    .map((piece) => {
      const word = piece.text.normalize('NFKC').toLowerCase();
      if (list && !list.includes(word)) {
        const near = nearest(word, list);
        throw near === undefined
          ? pointing('segment.unknown_name', text, piece, { key, known: list.slice(0, 12).join(', ') || '–' })
          : pointing('segment.near_name', text, piece, { key, near });
      }
      return word;
    });
  return { kind: 'words', words: [...new Set(found)] };
}

/**
 * Reads what stands behind the operator. Refuses: `segment.value` { key, example } (it does not fit the condition), `segment.near_name` { key, near },
 * `segment.unknown_name` { key, known }.
 */
export function readValue(written: Written): Value {
  const { text, key, operator } = written;
  const definition = definitionOf(key);
  const raw = rawOf(written);
  const read = (): Value | undefined => {
    switch (definition?.kind) {
      case 'name':
      case 'word':
        return operator === '=' && !raw.startsWith(',') && !raw.endsWith(',') ? words(written) : undefined;
      case 'campaign':
        return operator === '=' ? count(raw, most) : undefined;
      case 'count':
        return count(raw, most);
      case 'score':
        return count(raw, 10);
      case 'money':
        return money(raw);
      case 'time':
        return isDate(raw) ? { kind: 'day', day: raw } : ago(raw);
      case 'birthday':
        return birthday(raw, operator);
      default:
        return undefined;
    }
  };
  const value = read();
  if (value === undefined || (value.kind === 'words' && value.words.some((word) => word === '')))
    throw pointing('segment.value', text, placeOf(written), { key, example: exampleOf(key) });
  return value;
}
