import { Refusal } from '../refusal.ts';

/** The longest text of a segment, in characters: what one row of a messenger's window shows. */
const textCeiling = 500;

/** A piece of a text and where it stands. `mark`: an operator, parenthesis or comma; `word` as typed, without quotation marks. */
export type Token = { kind: 'word' | 'quoted' | 'mark'; text: string; from: number; until: number };

const shapes =
  /(?<space>\s+)|["“”„«»](?<quoted>[^"“”„«»]*)(?<end>["“”„«»])?|(?<mark>>=|<=|[≥≤><=:(),])|(?<word>[^\s:()<>=≥≤",“”„«»]+)/gu;

const plainMarks: Readonly<Record<string, string>> = { '≥': '>=', '≤': '<=', '=': ':' };

/**
 * A refusal that points at a place of a text: `word` is what stands there, `at` the number of its first character (from 1), `shown` the text with the place between
 * ▸ and ◂.
 */
export function pointing(code: string, text: string, place: { from: number; until: number }, params: object = {}): Refusal {
  const { from, until } = place;
  const word = text.slice(from, until);
  const shown = `${text.slice(Math.max(0, from - 30), from)}▸${word}◂${text.slice(until, until + 30)}`;
  return new Refusal(code, { word, at: from + 1, shown, ...params });
}

/** Cuts a text into its pieces; `settled`: however long it is. Refuses: `segment.too_long` { max, length }, `segment.unclosed` (a quotation mark). */
export function tokensOf(text: string, settled = false): Token[] {
  if (text.length > textCeiling && !settled) throw new Refusal('segment.too_long', { max: textCeiling, length: text.length });
  const tokens: Token[] = [];
  for (const found of text.matchAll(shapes)) {
    const { space, quoted, end, mark, word } = found.groups ?? {};
    const place = { from: found.index, until: found.index + found[0].length };
    if (space !== undefined) continue;
    if (quoted !== undefined) {
      if (end === undefined) throw pointing('segment.unclosed', text, place);
      tokens.push({ kind: 'quoted', text: quoted.trim(), ...place });
    } else if (mark !== undefined) tokens.push({ kind: 'mark', text: plainMarks[mark] ?? mark, ...place });
    else tokens.push({ kind: 'word', text: word ?? '', ...place });
  }
  return tokens;
}
