import type { Rules, Tiers } from '../rules/rules.ts';

/** Rules, and what each member has done that counts for their levels (null: the rules have none). */
export type Side = { rules: Rules; sums: ReadonlyMap<number, number> | null };

type Levels = Pick<Tiers, 'levels'>;
export const noLevels: Levels = { levels: [] };

/** The level that a sum reaches: the highest that begins at it or below. */
export function levelAt({ levels }: Levels, sum: number): string | null {
  let reached: string | null = null;
  for (const { id, from } of levels) if (sum >= from) reached = id;
  return reached;
}

/**
 * How many members would reach a higher or a lower level by what they have done; levels that both rules have are the same level. Null: neither has
 * levels. `moved`: what the change adds to members' points, for levels that are counted by points.
 */
export function levelMoves(before: Side, after: Side, moved: ReadonlyMap<number, number>): { up: number; down: number } | null {
  const [was, would] = [before.rules.tiers ?? noLevels, after.rules.tiers ?? noLevels];
  if (was.levels.length === 0 && would.levels.length === 0) return null;
  const rank = (id: string | null): number => {
    const at = would.levels.findIndex((level) => level.id === id);
    const gone = at < 0 ? was.levels.find((level) => level.id === id) : undefined;
    // A level that goes lay between two that stay.
    return gone ? would.levels.filter(({ from }) => from < gone.from).length - 0.5 : at;
  };
  let [up, down] = [0, 0];
  for (const memberId of new Set([...(before.sums?.keys() ?? []), ...(after.sums?.keys() ?? [])])) {
    const more = after.rules.tiers?.by === 'points' ? (moved.get(memberId) ?? 0) : 0;
    const stood = rank(levelAt(was, before.sums?.get(memberId) ?? 0));
    const stands = rank(levelAt(would, (after.sums?.get(memberId) ?? 0) + more));
    if (stands > stood) up += 1;
    if (stands < stood) down += 1;
  }
  return { up, down };
}
