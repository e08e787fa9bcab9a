import type { Rules, Tiers } from '../rules/rules.ts';

/** Why a tier is looked at again: a purchase, pending points released, a refund, two cards that became one. */
export type TierCause = 'purchase' | 'release' | 'refund' | 'merge';

/** The tiers of a program as the database's functions take them; without levels when it has none. `hour`: when a business day begins. */
export type TierTerms = Partial<Tiers> & { zone: string; hour: number };

/** The tiers of a program, in its time zone: tiers belong to the whole program, whatever the shop. */
export const termsOf = ({ tiers, dayStartsAt }: Rules, timeZone: string): TierTerms => ({
  ...tiers,
  zone: timeZone,
  hour: dayStartsAt,
});

/**
 * What the ledger hands on to `tier_follow`, as a part of the terms of a sale, refund or release; nothing when the program has no tiers.
 * `quiet`: nobody is told (imports).
 */
export const tierTerms = (
  rules: Rules,
  timeZone: string,
  cause: TierCause,
  { quiet = false } = {},
): { tiers?: TierTerms & { cause: TierCause; quiet?: true } } =>
  rules.tiers ? { tiers: { ...termsOf(rules, timeZone), cause, ...(quiet ? { quiet } : {}) } } : {};
