import { nearest } from '../nearest.ts';
import { definitionOf, exampleOf, type Known, keys } from './conditions.ts';
import { joined, type Operator, type Segment } from './segment.ts';
import { pointing, type Token, tokensOf } from './tokens.ts';
import { readValue } from './values.ts';

const operators: Readonly<Record<string, Operator>> = { ':': '=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' };

const deepest = 20;

const isMark = (token: Token | undefined, text: string): boolean => token?.kind === 'mark' && token.text === text;
const isWord = (token: Token | undefined, text: string): boolean => token?.kind === 'word' && token.text.toLowerCase() === text;

/**
 * Reads a rule of whom something is for: `tier:gold last-visit>30d (language:fi or not tag:vip)`. Side by side (or `and`): all must hold; `not` binds closest, then
 * `and`, then `or`. Nothing written: everybody. `known`: the names there are (see `knownIn`); a list that is left out takes any word. `settled`: no person wrote it, saved segments stand in it by
 * their rules, so it may be longer and deeper than what one may write. Refuses, pointing at the word
 * (`word`, `at` from 1, `shown`): `segment.unknown_condition`, `segment.near_condition` { near }, `segment.value` { key, example },
 * `segment.near_name` { key, near }, `segment.unknown_name` { key, known }, `segment.missing` (something should stand here), `segment.stray` (this should not),
 * `segment.unclosed`, `segment.too_deep` { max }; and `segment.too_long` { max, length }.
 */
export function parseSegment(text: string, known: Known = {}, { settled = false } = {}): Segment {
  const tokens = tokensOf(text, settled);
  let next = 0;

  const missing = (): Error => {
    const token = tokens[next];
    return pointing('segment.missing', text, token ?? { from: text.length, until: text.length });
  };

  const condition = (): Segment => {
    const word = tokens[next];
    if (word === undefined || isMark(word, ')') || isWord(word, 'or') || isWord(word, 'and')) throw missing();
    if (word.kind !== 'word') throw pointing('segment.stray', text, word);
    next += 1;
    const key = word.text.normalize('NFKC').toLowerCase();
    const definition = definitionOf(key);
    if (!definition) {
      const near = nearest(key, keys);
      throw near === undefined
        ? pointing('segment.unknown_condition', text, word)
        : pointing('segment.near_condition', text, word, { near });
    }
    if (definition.kind === 'flag') return { kind: 'flag', key };
    const mark = tokens[next];
    const operator = mark?.kind === 'mark' ? operators[mark.text] : undefined;
    if (operator === undefined) throw pointing('segment.value', text, word, { key, example: exampleOf(key) });
    next += 1;
    const pieces = valuePieces();
    if (pieces.length === 0) throw missing();
    return { kind: 'is', key, operator, value: readValue({ text, key, operator, pieces, known }) };
  };

  // Words between commas; a comma with nothing to join is part of it, so that the refusal points there.
  const valuePieces = (): Token[] => {
    const pieces: Token[] = [];
    for (let token = tokens[next]; token !== undefined; token = tokens[next]) {
      const comma = isMark(token, ',');
      if (!comma && (token.kind === 'mark' || (pieces.length > 0 && !isMark(pieces.at(-1), ',')))) break;
      pieces.push(token);
      next += 1;
    }
    return pieces;
  };

  const one = (depth: number): Segment => {
    const token = tokens[next];
    if (token && depth > deepest && !settled) throw pointing('segment.too_deep', text, token, { max: deepest });
    if (isWord(token, 'not') && !isMark(tokens[next + 1], ':')) {
      next += 1;
      return { kind: 'not', of: one(depth + 1) };
    }
    if (!token || !isMark(token, '(')) return condition();
    next += 1;
    const inside = any(depth + 1);
    if (!isMark(tokens[next], ')')) throw pointing('segment.unclosed', text, token);
    next += 1;
    return inside;
  };

  const all = (depth: number): Segment => {
    const parts = [one(depth)];
    while (next < tokens.length && !isMark(tokens[next], ')') && !isWord(tokens[next], 'or')) {
      if (isWord(tokens[next], 'and')) next += 1;
      parts.push(one(depth));
    }
    return joined('and', parts);
  };

  const any = (depth: number): Segment => {
    const parts = [all(depth)];
    while (isWord(tokens[next], 'or')) {
      next += 1;
      parts.push(all(depth));
    }
    return joined('or', parts);
  };

  if (tokens.length === 0) return { kind: 'everybody' };
  const tree = any(0);
  const left = tokens[next];
  if (left) throw pointing('segment.stray', text, left);
  return tree;
}
