import { IntlMessageFormat } from 'intl-messageformat';
import { parseText, saidName } from './syntax.ts';
import type { MessageText } from './texts.ts';
import type { Values } from './variables.ts';

/** How variables are said in a language, and what plurals and choices go by. */
export type Said = { raw: Values; said: Readonly<Record<string, string>> };

type Compiled = (values: Said) => string;

// Points are read aloud at a counter: plain digits, without separators.
const formattersOf = (language: string) => {
  const number = new Intl.NumberFormat(language, { useGrouping: false });
  const cardinal = new Intl.PluralRules(language);
  const ordinal = new Intl.PluralRules(language, { type: 'ordinal' });
  return {
    getNumberFormat: () => number,
    getPluralRules: (_language?: string | string[], options?: Intl.PluralRulesOptions) =>
      options?.type === 'ordinal' ? ordinal : cardinal,
    getDateTimeFormat: () => new Intl.DateTimeFormat(language),
  };
};

const compiled = new Map<string, Compiled>();
const formatters = new Map<string, ReturnType<typeof formattersOf>>();
const kept = 500;

function formattersFor(language: string): ReturnType<typeof formattersOf> {
  const known = formatters.get(language) ?? formattersOf(language);
  formatters.set(language, known);
  return known;
}

/** Owners' texts and ours are few and said to thousands: each is understood once. */
function compile(text: string, language: string): Compiled {
  const name = `${language}\n${text}`;
  const known = compiled.get(name);
  if (known) return known;
  if (compiled.size >= kept) compiled.clear();
  const made = compileAnew(text, language);
  compiled.set(name, made);
  return made;
}

function compileAnew(text: string, language: string): Compiled {
  const { ast, used } = parseText(text);
  if (used.length === 0 && !/[{}\\']/.test(text)) return () => text;
  const format = new IntlMessageFormat(ast, language, undefined, { formatters: formattersFor(language) });
  const said = [...new Set(used.filter((one) => one.as === 'said').map((one) => one.name))];
  const counted = [...new Set(used.filter((one) => one.as === 'counted').map((one) => one.name))];
  const chosen = [...new Set(used.filter((one) => one.as === 'chosen').map((one) => one.name))];
  return (values) => {
    const given: Record<string, string | number> = {};
    for (const one of said) given[saidName(one)] = values.said[one] ?? '';
    for (const one of chosen) given[one] = values.said[one] || 'none';
    for (const one of counted) {
      const value = values.raw[one]?.value;
      given[one] = typeof value === 'number' ? value : 0;
    }
    return String(format.format(given));
  };
}

/** Without spaces at the ends of lines and more than one empty line in a row, as choices leave them. */
function tidy(text: string): string {
  const trimmed = text.trim();
  return /[ \t]\n|\n\n\n/.test(trimmed) ? trimmed.replace(/[ \t]+$/gm, '').replace(/\n{3,}/g, '\n\n') : trimmed;
}

/**
 * A message in one language for one person. `{points}` becomes the said form ("120 points"), plurals count the raw number, choices
 * (`select`) go by the said form or `none`. What is not known is said as nothing and counts as 0: a message never fails for one reader.
 */
export function renderText(text: MessageText, language: string, values: Said): MessageText {
  const body = tidy(compile(text.body, language)(values));
  const title = text.title === undefined ? '' : tidy(compile(text.title, language)(values));
  return title === '' ? { body } : { title, body };
}
