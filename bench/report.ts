import type { Found } from './case.ts';

/** What came of a case. */
export type Outcome = {
  name: string;
  about: string;
  kind: 'ratio' | 'value';
  /** Whether more is better. */
  more: boolean;
  median: number;
  min: number;
  max: number;
  goal: number;
  ok: boolean;
};

function medianOf(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = low] = sorted.length % 2 === 1 ? [sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** Judges the rounds of a case by their median. */
export function outcomeOf({ name, about, goal }: { name: string; about: string; goal: number }, found: Found): Outcome {
  const kind = 'ratios' in found ? 'ratio' : 'value';
  const more = !('values' in found);
  const [all = []] = Object.values(found) as number[][];
  const sorted = all.toSorted((a, b) => a - b);
  const median = medianOf(sorted);
  const ok = more ? median >= goal : median <= goal;
  return { name, about, kind, more, median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN, goal, ok };
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** One object: `{ "<name>": { "ratio" | "value", "min", "max", "goal", "ok" } }`. */
export const asJson = (outcomes: readonly Outcome[]): string =>
  JSON.stringify(
    Object.fromEntries(
      outcomes.map(({ name, kind, median, min, max, goal, ok }) => [
        name,
        { [kind]: rounded(median), min: rounded(min), max: rounded(max), goal, ok },
      ]),
    ),
  );

/** The same as a table for people. */
export function asTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ name, more, median, min, max, goal, ok, about }) => [
    name,
    String(rounded(median)),
    String(rounded(min)),
    String(rounded(max)),
    `${more ? '≥' : '≤'} ${goal}`,
    ok ? 'yes' : 'NO',
    about,
  ]);
  const lines = [['case', 'median', 'min', 'max', 'goal', 'met', 'what'], ...rows];
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
