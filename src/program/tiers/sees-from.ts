import type { Rules } from '../rules/rules.ts';

const dayMs = 86_400_000;

/** From when a member of a tier sees what everybody sees from `from`: so many days earlier as their tier has of early access. */
export function seesFrom(from: Date, tier: string | null, { tiers }: Pick<Rules, 'tiers'>): Date {
  const days = tiers?.levels.find(({ id }) => id === tier)?.earlyAccessDays ?? 0;
  return new Date(from.getTime() - days * dayMs);
}
