import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type ParsedNode,
  Parser,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Path, Problem } from './problem.ts';

/** The largest file that is read. */
export const fileCeilingBytes = 1_000_000;

const codes: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'problems:yaml.tab',
  BAD_INDENT: 'problems:yaml.indent',
  BLOCK_AS_IMPLICIT_KEY: 'problems:yaml.indent',
  MULTILINE_IMPLICIT_KEY: 'problems:yaml.indent',
  MISSING_CHAR: 'problems:yaml.unclosed',
  MULTIPLE_DOCS: 'problems:yaml.documents',
  BAD_ALIAS: 'problems:yaml.alias',
  ALIAS_PROPS: 'problems:yaml.alias',
  MULTIPLE_ANCHORS: 'problems:yaml.alias',
  MULTIPLE_TAGS: 'problems:yaml.tag',
  TAG_RESOLVE_FAILED: 'problems:yaml.tag',
  BAD_DIRECTIVE: 'problems:yaml.directive',
};

// Far more than any program has: a file of fifty thousand mistakes is none that somebody wrote.
const most = { inOne: 1000, altogether: 50_000, deep: 60 };

/** A file that YAML could read: its data, and where in it something stands. */
export type Parsed = { data: unknown; problems: Problem[]; locate(path: Path): { line: number; column: number } };

type Doc = Document.Parsed<ParsedNode>;
type Mark = (offset: number) => { line: number; column: number };

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

function twice({ items }: YAMLMap, mark: Mark): Problem[] {
  const seen = new Set<string>();
  return items.flatMap(({ key }) => {
    const name = isScalar(key) ? String(key.value) : '';
    const known = seen.has(name);
    seen.add(name);
    return known ? [{ path: [], code: 'problems:yaml.duplicate', params: { key: name }, ...mark(startOf(key) ?? 0) }] : [];
  });
}

/** Anchors, aliases and tags make of a file something else than what one reads in it; a key said twice hides one of the two. */
function tricks(doc: Doc, mark: Mark): Problem[] {
  const found: Problem[] = [];
  const note = (node: unknown, code: string): void =>
    void found.push({ path: [], code, params: {}, ...mark(startOf(node) ?? 0) });
  let nodes = 0;
  visit(doc, {
    Node: (_, node) => {
      nodes++;
      const tooMany = nodes > most.altogether || (isCollection(node) && node.items.length > most.inOne);
      if (tooMany) {
        note(node, 'problems:yaml.too_many');
        return visit.BREAK;
      }
      if ('anchor' in node && node.anchor) note(node, 'problems:yaml.alias');
      if (!isCollection(node) && !isScalar(node)) note(node, 'problems:yaml.alias');
      if (node.tag) note(node, 'problems:yaml.tag');
      if (isMap(node)) found.push(...twice(node, mark));
      return undefined;
    },
  });
  if (doc.directives.yaml.explicit) found.push({ path: [], code: 'problems:yaml.directive', params: {}, ...mark(0) });
  return found;
}

/** Where a place of the data stands; of what isn't there, the place that lacks it. */
function offsetOf(doc: Doc, path: Path): number {
  let node: unknown = doc.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
    const next = pair ? pair.key : isSeq(node) ? node.items[Number(step)] : undefined;
    if (next === undefined) break;
    offset = startOf(next) ?? offset;
    node = pair ? pair.value : next;
  }
  return offset;
}

/**
 * Where a file goes deeper than any program does. Asked first, without recursion: the library makes nodes by recursion, and on Node the end of
 * the stack can be the end of the process, when a regular expression is compiled there.
 */
function depthExceeded(text: string): number | undefined {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    if (parser.stack.length > most.deep) return parser.offset;
  }
  return undefined;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const whole = (code: string, params = {}): { problems: Problem[] } => ({
  problems: [{ path: [], code, params, line: 1, column: 1 }],
});

/**
 * Reads YAML, plainly: no anchors, aliases, tags, directives or second documents, at most a megabyte of UTF-8. What breaks the form of the
 * file stands alone; with a key said twice the rest can still be checked.
 */
export function parsed(file: Uint8Array | string): Parsed | { problems: Problem[] } {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  if (bytes.length > fileCeilingBytes) return whole('problems:file.too_big', { max: fileCeilingBytes / 1_000_000 });
  const text = decoded(bytes);
  if (text === undefined) return whole('problems:file.encoding');
  const deep = depthExceeded(text);
  if (deep !== undefined) {
    const line = text.slice(0, deep).split('\n').length;
    return { problems: [{ path: [], code: 'problems:yaml.too_deep', params: {}, line, column: 1 }] };
  }
  const lines = new LineCounter();
  // Without the library's own pictures of errors and its search for equal keys: both take long.
  const doc = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
    logLevel: 'error',
  });
  const mark: Mark = (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (doc.errors.length > 0) {
    const told = doc.errors.slice(0, 100).map(({ code, pos }): Problem & { line: number } => ({
      path: [],
      code: codes[code] ?? 'problems:yaml.syntax',
      params: {},
      ...mark(pos[0]),
    }));
    return { problems: told.filter(({ line }, at) => told.findIndex((other) => other.line === line) === at) };
  }
  const found = tricks(doc, mark);
  if (found.some(({ code }) => code !== 'problems:yaml.duplicate')) return { problems: found };
  if (doc.contents === null || (isScalar(doc.contents) && doc.contents.value === null)) return whole('problems:file.empty');
  return { data: doc.toJS(), problems: found, locate: (path) => mark(offsetOf(doc, path)) };
}
