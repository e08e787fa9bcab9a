import type { z } from 'zod';
import { exampleOf, writtenMoney } from '../money.ts';
import { fileKey, filePath } from './keys.ts';
import type { Frame, Path, Problem } from './problem.ts';
import type { Rules } from './rules.ts';
import { rulesSchema } from './schema.ts';
import { kindOf } from './values.ts';

type Issue = z.core.$ZodIssue;
type Container = Record<string, unknown> | unknown[];
type Target = { container: Container; step: string | number };

/** What could be read: `rules` without what was wrong, and how to find places of `rules` in what was given. */
export type Shaped = { rules: Rules; problems: Problem[]; damaged: readonly Path[]; origin(path: Path): Path };

const stepsOf = (path: readonly PropertyKey[]): (string | number)[] =>
  path.map((step) => (typeof step === 'number' ? step : String(step)));
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;
const into = (value: unknown, step: string | number): unknown =>
  isContainer(value) ? (value as Record<string, unknown>)[step] : undefined;
const valueAt = (data: unknown, path: Path): unknown => path.reduce(into, data);
const begins = (path: Path, start: Path): boolean => start.every((step, at) => path[at] === step);

/** Mistakes about the keys of a bonus together, not about the one they are told at. */
const ofBonus = /^problems:bonus\./;

// What each kind of issue is called in the owner's language. Leaves say it themselves.
function sentenceOf(
  issue: Issue,
  path: Path,
  data: unknown,
  { currency }: Frame,
): { code: string; params: Record<string, unknown> } {
  const key = fileKey(path.findLast((step) => typeof step === 'string') ?? '');
  const params = issue.code === 'custom' ? { ...issue.params } : {};
  const code = String(params['code']);
  if (ofBonus.test(code)) return { code, params: {} };
  const value = valueAt(data, path);
  if (value === undefined || value === null) return { code: 'problems:missing', params: { key } };
  const kind = kindOf(path, data);
  if (kind === 'texts') return { code: 'problems:texts', params: { key } };
  if (issue.code === 'invalid_union') {
    const known = 'options' in issue ? (issue.options as unknown[]).join(', ') : '';
    return { code: 'problems:one_of', params: { key, known } };
  }
  if (issue.code === 'too_big') return { code: 'problems:list_too_long', params: { key, max: issue.maximum } };
  if (issue.code === 'too_small') return { code: 'problems:list_empty', params: { key } };
  if (issue.code === 'invalid_type')
    return issue.expected === 'array'
      ? { code: 'problems:list', params: { key } }
      : { code: 'problems:section', params: { key } };
  if (kind === 'money') {
    const example = writtenMoney(exampleOf(currency), currency);
    return { code: 'problems:money', params: { key, min: params['min'], max: params['max'], example } };
  }
  return { code, params: { ...params, code: undefined, key } };
}

const withoutEmpty = (params: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));

function problemsOf(issue: Issue, data: unknown, frame: Frame): (Problem & { spare?: unknown })[] {
  const path = stepsOf(issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...path, key],
      code: 'problems:unknown_key',
      params: { key: fileKey(key), known: issue.message },
    }));
  const { code, params } = sentenceOf(issue, path, data, frame);
  return [{ path, code, params: withoutEmpty(params), spare: standIn(issue, path, data, frame) }];
}

/** Something that may stand where a value is missing that must be there, so that what surrounds it can be checked. */
function standIn(issue: Issue, path: Path, data: unknown, { language }: Frame): unknown {
  if (kindOf(path, data) === 'texts') return { [language]: '-' };
  if (issue.code !== 'custom') return undefined;
  const params = issue.params ?? {};
  if (params['code'] === 'problems:id') return `stand-in-${path.join('-').toLowerCase()}`.slice(0, 24);
  if (params['code'] === 'problems:text') return '-';
  if (params['code'] === 'problems:moment') return new Date(0).toISOString();
  if (params['code'] === 'problems:one_of') return String(params['known']).split(', ')[0];
  return params['code'] === 'problems:percent' ? Number(params['min']) * 100 : params['min'];
}

/** What to take away so that the rest can be read: the value itself, or what lacks it and can't be given another. */
function targetOf(data: Container, path: Path, spare: unknown): Target | undefined {
  const step = path.at(-1);
  const container = valueAt(data, path.slice(0, -1));
  if (step === undefined) return undefined;
  if (!isContainer(container)) return targetOf(data, path.slice(0, -1), undefined);
  if (Object.hasOwn(container, step)) return { container, step };
  if (spare === undefined || Array.isArray(container)) return targetOf(data, path.slice(0, -1), undefined);
  container[step] = spare;
  return undefined;
}

/** Lists whose items were taken away, with the places that are left. */
type Places = Map<unknown[], number[]>;

function takeAway(targets: readonly Target[], places: Places): void {
  const lists = new Map<unknown[], Set<number>>();
  for (const { container, step } of targets) {
    if (Array.isArray(container)) lists.set(container, (lists.get(container) ?? new Set()).add(Number(step)));
    else delete container[step];
  }
  for (const [list, gone] of lists) {
    const before = places.get(list) ?? list.map((_, at) => at);
    const left = [...list.keys()].filter((at) => !gone.has(at));
    places.set(
      list,
      left.map((at) => before[at] as number),
    );
    list.splice(0, list.length, ...left.map((at) => list[at]));
  }
}

const originIn = (data: unknown, places: Places, path: Path): Path =>
  path.map((step, at) => {
    const list = valueAt(data, path.slice(0, at));
    return typeof step === 'number' && Array.isArray(list) ? (places.get(list)?.[step] ?? step) : step;
  });

/**
 * Checks every value by itself. What is wrong is taken away and the rest checked again, so that one mistake doesn't hide the others; what
 * only follows from taking away isn't told. Paths are in the rules' own names. Null `rules`: nothing could be read at all.
 */
export function shapeOf(given: unknown, frame: Frame): Shaped | { rules: null; problems: Problem[] } {
  const data = structuredClone(given);
  if (!isContainer(data) || Array.isArray(data))
    return { rules: null, problems: [{ path: [], code: 'problems:file.not_a_program', params: {} }] };
  const places: Places = new Map();
  const damaged: Path[] = [];
  const problems: Problem[] = [];
  const origin = (path: Path): Path => originIn(data, places, path);
  for (;;) {
    const read = rulesSchema.safeParse(data);
    if (read.success) return { rules: read.data, problems, damaged, origin };
    const found = read.error.issues.flatMap((issue) => problemsOf(issue, data, frame));
    const fresh = found.map(({ path, code, params }) => ({ path: origin(path), code, params }));
    const before = damaged.slice();
    for (const problem of fresh) {
      const place = ofBonus.test(problem.code) ? problem.path.slice(0, -1) : problem.path;
      if (!before.some((gone) => begins(place, gone) || begins(gone, place))) problems.push(problem);
      damaged.push(problem.path);
    }
    takeAway(
      found.flatMap(({ path, spare }) => targetOf(data, path, spare) ?? []),
      places,
    );
    // The one section that must be there: without it nothing would give points, and nobody would notice.
    if (!Array.isArray(data['earn'])) data['earn'] = [];
  }
}

/** Problems as they are told: places named as in the file. */
export const told = (problems: readonly Problem[]): Problem[] =>
  problems.map((problem) => ({ ...problem, path: filePath(problem.path) }));
