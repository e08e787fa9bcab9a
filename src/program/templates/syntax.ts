import { IntlMessageFormat } from 'intl-messageformat';

/** What an owner wrote, understood: its parts, and every variable with the place where it stands. */
export type Parsed = { ast: Ast; used: readonly Used[] };
export type Used = { name: string; as: 'said' | 'counted' | 'chosen' | 'formatted' };

export type Ast = ReturnType<IntlMessageFormat['getAst']>;
type Element = Ast[number];

/** A text that can't be understood. `near`: from where on. */
export class Unreadable extends Error {
  readonly near: string;
  constructor(near: string) {
    super('unreadable');
    this.name = 'Unreadable';
    this.near = near;
  }
}

// The kinds of parts, as @formatjs/icu-messageformat-parser numbers them (its enum is not part of what this library gives out).
const argument = 1;
const literal = 0;
const formatted = new Set([2, 3, 4]);
const select = 5;
const plural = 6;

/** Under which name a variable's said form is handed to the formatter: the plain name is the number that plurals count. */
export const saidName = (name: string): string => `~${name}`;

// While a text is read, signs that stand for themselves are code points that no text holds (Unicode: noncharacters).
const own: Readonly<Record<string, string>> = { '{': '\uFDD0', '}': '\uFDD1', "'": '\uFDD2' };
const signs: Readonly<Record<string, string>> = { '\uFDD0': '{', '\uFDD1': '}', '\uFDD2': "'" };
const restored = (text: string): string => text.replace(/[\uFDD0-\uFDD2]/g, (sign) => signs[sign] ?? sign);

// A name right behind it, or one between spaces that is closed.
const opens = /^\{(?:[\p{L}\p{N}_]|\s+[\p{L}\p{N}_]+\s*[},])/u;

/**
 * People write apostrophes, and smileys with braces. So an apostrophe is always itself (ICU would begin a quotation with some), `\{` is a
 * brace, and outside of a plural a brace without a name is a brace too.
 */
function plainly(text: string): string {
  let depth = 0;
  return text.replace(/\\([{}])|[{}']/g, (found, brace: string | undefined, at: number) => {
    if (brace !== undefined) return own[brace] ?? brace;
    if (found === "'") return own[found] ?? found;
    if (found === '}') {
      if (depth === 0) return own[found] ?? found;
      depth -= 1;
      return found;
    }
    if (depth === 0 && !opens.test(text.slice(at, at + 40))) return own[found] ?? found;
    depth += 1;
    return found;
  });
}

function walk(elements: Ast, used: Used[]): Ast {
  return elements.map((element): Element => {
    if (element.type === literal) return { ...element, value: restored(element.value) } as Element;
    if (element.type === argument) {
      used.push({ name: element.value, as: 'said' });
      return { ...element, value: saidName(element.value) } as Element;
    }
    if (formatted.has(element.type)) used.push({ name: (element as { value: string }).value, as: 'formatted' });
    if (element.type === select || element.type === plural) {
      const choice = element as Extract<Element, { options: unknown }>;
      used.push({ name: choice.value, as: element.type === plural ? 'counted' : 'chosen' });
      const options = Object.entries(choice.options).map(([key, option]) => [
        key,
        { ...option, value: walk(option.value, used) },
      ]);
      return { ...choice, options: Object.fromEntries(options) } as Element;
    }
    return element;
  });
}

/** Reads one text. Throws Unreadable. */
export function parseText(text: string): Parsed {
  const source = plainly(text);
  try {
    const ast = IntlMessageFormat.__parse?.(source, { ignoreTag: true }) ?? [];
    const used: Used[] = [];
    return { ast: walk(ast, used), used };
  } catch (error) {
    const at = (error as { location?: { start?: { offset?: number } } }).location?.start?.offset;
    if (at === undefined) throw error;
    // What people look for is the brace that the trouble began with.
    const from = Math.max(source.lastIndexOf('{', at), 0);
    throw new Unreadable(
      source
        .slice(from, from + 40)
        .replaceAll("''", "'")
        .trim(),
    );
  }
}
