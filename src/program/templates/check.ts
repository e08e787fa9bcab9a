import { nearest } from '../nearest.ts';
import { Refusal } from '../refusal.ts';
import { messengers as allMessengers, type Length, lengthsOn, type Messenger, messengerNames } from './limits.ts';
import { renderText } from './render.ts';
import { parseText, Unreadable, type Used } from './syntax.ts';
import type { MessageText } from './texts.ts';
import { kindOf, longestOf, type Value, type Variable } from './variables.ts';

/**
 * What a message may be: the variables it may use, whether a picture stands above it, whether the last day of its offer is said below it, and
 * the messengers that will show it (absent: all).
 */
export type Room = { allowed: readonly Variable[]; picture: boolean; ends?: boolean; messengers?: readonly Messenger[] };

/** The line that says until when an offer is open, in the language that needs most for it. */
const lastDayUnits = 40;

// Every form that a plural of our languages can take, and a number with many digits.
const counts = [0, 1, 2, 5, 21, 22, 1_000_000];

const letters = (word: string): string => [...word].sort().join('');

/** The allowed variable that a mistyped one is most likely meant to be; two letters that changed places are the commonest slip. */
const meant = (name: string, allowed: readonly Variable[]): string | undefined =>
  allowed.find((one) => letters(one) === letters(name.toLowerCase())) ?? nearest(name.toLowerCase(), allowed);

const braced = (name: string): string => `{${name}}`;

const known = (name: string, allowed: readonly Variable[]): name is Variable => (allowed as readonly string[]).includes(name);

function problemOf({ name, as }: Used, allowed: readonly Variable[]): Refusal | undefined {
  const shown = braced(name);
  if (!known(name, allowed)) {
    const near = meant(name, allowed);
    const all = { name: shown, known: allowed.map(braced).join(', ') };
    return near
      ? new Refusal('texts.unknown_variable', { ...all, near: braced(near) })
      : new Refusal('texts.strange_variable', all);
  }
  if (as === 'formatted') return new Refusal('texts.no_format', { name: shown });
  const counts = as === 'counted' && (kindOf(name) === 'text' || kindOf(name) === 'date');
  return counts ? new Refusal('texts.not_counted', { name: shown }) : undefined;
}

/**
 * What is wrong with the words themselves. Codes: `texts.syntax {near}`, `texts.unknown_variable {name, near, known}`,
 * `texts.strange_variable {name, known}` when none is near, `texts.no_format {name}`, `texts.not_counted {name}`.
 */
function wordProblems(text: string, allowed: readonly Variable[]): Refusal[] {
  try {
    return parseText(text).used.flatMap((one) => problemOf(one, allowed) ?? []);
  } catch (error) {
    if (error instanceof Unreadable) return [new Refusal('texts.syntax', { near: error.near })];
    throw error;
  }
}

const longestValue = (name: Variable, count: number): Value => {
  const kind = kindOf(name);
  return kind === 'text' || kind === 'date' ? { kind, value: '' } : { kind, value: count };
};

/**
 * How long a message can become on each messenger, whoever reads it: every variable as long as it can be, plurals in their longest form.
 * The text must be one that `checkMessage` understands.
 */
export function lengthsOf(
  text: MessageText,
  language: string,
  { allowed, picture, ends, messengers = allMessengers }: Room,
): Length[] {
  const said = Object.fromEntries(allowed.map((name) => [name, 'x'.repeat(longestOf(name))]));
  const forms = counts.map((count) =>
    renderText(text, language, { said, raw: Object.fromEntries(allowed.map((name) => [name, longestValue(name, count)])) }),
  );
  return messengers.flatMap((messenger) => {
    const [first = [], ...others] = forms.map((form) => lengthsOn(messenger, form, { picture, footer: ends ? lastDayUnits : 0 }));
    return first.map((length, at) => ({
      ...length,
      length: Math.max(length.length, ...others.map((one) => one[at]?.length ?? 0)),
    }));
  });
}

/**
 * What keeps a message from being sent, as refusals to be shown: what `wordProblems` finds, `texts.empty`, and for each messenger it is too
 * long for `texts.too_long` or `texts.title_too_long` {messenger, length, max, count: too many}. Empty: nothing.
 */
export function checkMessage(text: MessageText, language: string, room: Room): Refusal[] {
  if (text.body.trim() === '') return [new Refusal('texts.empty')];
  const found = [...wordProblems(text.title ?? '', room.allowed), ...wordProblems(text.body, room.allowed)];
  const words = found.filter((one, at) => found.findIndex((other) => sameProblem(one, other)) === at);
  if (words.length > 0) return words;
  return lengthsOf(text, language, room)
    .filter(({ length, max }) => length > max)
    .map(({ messenger, part, length, max }) => {
      const params = { messenger: messengerNames[messenger], length, max, count: length - max };
      return part === 'title' ? new Refusal('texts.title_too_long', params) : new Refusal('texts.too_long', params);
    });
}

const sameProblem = (one: Refusal, other: Refusal): boolean =>
  one.code === other.code && one.params['name'] === other.params['name'] && one.params['near'] === other.params['near'];
