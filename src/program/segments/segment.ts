/** How two things are compared; `=` is written `:`. */
export type Operator = '=' | '<' | '<=' | '>' | '>=';

/** So many days, weeks, months or years before now (`30d`, `4w`, `6m`, `1y`). */
export type Ago = { kind: 'ago'; count: number; unit: 'd' | 'w' | 'm' | 'y' };

/** What stands behind the operator: words (any of them), a whole number, money in units as it was written, a time. */
export type Value =
  | { kind: 'words'; words: readonly string[] }
  | { kind: 'count'; count: number }
  | { kind: 'money'; units: string }
  | Ago
  | { kind: 'day'; day: string }
  | { kind: 'birthday'; when: string };

/** `tier:gold`, `last-visit>30d`; a flag such as `paper` has neither operator nor value. */
export type Condition = { kind: 'is'; key: string; operator: Operator; value: Value } | { kind: 'flag'; key: string };

/** People by a rule. Of `and` and `or` there are at least two parts, none of them of the same kind as the whole. */
export type Segment =
  | { kind: 'everybody' }
  | Condition
  | { kind: 'and' | 'or'; of: readonly Segment[] }
  | { kind: 'not'; of: Segment };

/** All of these, or any of them, as a tree that has no needless levels. */
export function joined(kind: 'and' | 'or', parts: readonly Segment[]): Segment {
  const of = parts.flatMap((part) => (part.kind === kind ? part.of : [part])).filter((part) => part.kind !== 'everybody');
  const [only] = of;
  if (only === undefined || (kind === 'or' && parts.some((part) => part.kind === 'everybody'))) return { kind: 'everybody' };
  return of.length === 1 ? only : { kind, of };
}
