import { isDeepStrictEqual } from 'node:util';
import { Document, isPair, isScalar, visit } from 'yaml';
import { readRules } from './check.ts';
import { exampleRules } from './example.ts';
import { fileKey } from './keys.ts';
import { parsed } from './parse.ts';
import type { Frame, Problem } from './problem.ts';
import type { Rules } from './rules.ts';
import { rulesSchema, sections } from './schema.ts';
import { fromFile, toFile } from './values.ts';

const byPlace = (one: Problem, other: Problem): number =>
  (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);

/**
 * Reads a program's file: money as people write it in the program's currency, percents as percents. `rules` only when nothing is wrong with
 * it; else every problem with its line, in their order.
 */
export function readProgram(
  file: Uint8Array | string,
  frame: Frame,
): { rules: Rules; problems: [] } | { rules: null; problems: Problem[] } {
  const found = parsed(file);
  if (!('data' in found)) return { rules: null, problems: found.problems };
  const read = readRules(fromFile(found.data, frame), frame);
  if (read.rules && found.problems.length === 0) return read;
  const placed = read.problems.map((problem) => ({ ...problem, ...found.locate(problem.path) }));
  return { rules: null, problems: [...found.problems, ...placed].toSorted(byPlace) };
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).every((each) => isEmpty(each));

/** Sections that say something by being empty; others are left out then. */
const always: readonly (keyof Rules)[] = ['earn', 'warnDays'];

/** Short things stand on one line: lists of words, and small maps that belong to something. */
function compact(doc: Document): Document {
  visit(doc, {
    Seq: (_, list) => {
      if (list.items.every((item) => isScalar(item))) list.flow = true;
    },
    Map: (_, map, path) => {
      const parent = path.at(-1);
      const scalars = map.items.every(({ value }) => isScalar(value) && String(value.value).length <= 12);
      if (scalars && isPair(parent) && path.length > 3 && map.items.length <= 3) map.flow = true;
    },
  });
  return doc;
}

/** Without the roles and limits that nothing is said about. */
const used = (value: unknown): unknown =>
  isEmpty(value) || Array.isArray(value) || typeof value !== 'object' || value === null
    ? value
    : Object.fromEntries(Object.entries(value).filter(([, each]) => !isEmpty(each)));

const yamlOf = (section: keyof Rules, rules: Partial<Rules>, frame: Frame): string => {
  // By money or by points: what a tier begins at is read by what stands beside it.
  const value = (
    toFile({ [section]: section === 'limits' ? used(rules[section]) : rules[section] }, frame) as Record<string, unknown>
  )[fileKey(section)];
  return compact(new Document({ [fileKey(section)]: value }))
    .toString({ lineWidth: 0, flowCollectionPadding: false })
    .trimEnd();
};

/** Sentences as comment lines of at most a hundred letters. */
function comment(text: string): string {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length > 98) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => `# ${line}`).join('\n');
}

/**
 * Writes rules as the file that `readProgram` reads into the same rules: every section with a sentence about it (`about` says it by the file's
 * name of it; `head` is the whole file), those that are not used as an example to uncomment.
 */
export function writeProgram(rules: Rules, frame: Frame, about: (section: string) => string): string {
  // The database keeps keys in its own order; this one is the order of reading.
  const ordered = rulesSchema.safeParse(rules).data ?? rules;
  const example = exampleRules(frame);
  const blocks = sections.map((section) => {
    const unused = !always.includes(section) && (ordered[section] === undefined || isEmpty(ordered[section]));
    const written = yamlOf(section, unused ? example : ordered, frame);
    return `${comment(about(fileKey(section)))}\n${unused ? written.replace(/^/gm, '#') : written}`;
  });
  return `${[comment(about('head')), ...blocks].join('\n\n')}\n`;
}

/** The sections in which two programs differ, as the file calls them. */
export function changedSections(before: Rules, after: Rules): string[] {
  const [one, other] = [before, after].map((rules) => rulesSchema.safeParse(rules).data ?? rules);
  return sections.filter((section) => !isDeepStrictEqual(one?.[section], other?.[section])).map(fileKey);
}
