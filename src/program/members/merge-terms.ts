import type { Context } from '../context.ts';
import { endsOf } from '../ledger/points.ts';
import type { Rules } from '../rules/rules.ts';
import { cardTerms } from '../stamps/stamp-terms.ts';
import { tierTerms } from '../tiers/tier-terms.ts';

/**
 * What the database is told when two cards become one, or part: when a point ends that two remainders make together, and what the program's stamp
 * cards give when they are full, and its tiers. JSON.
 */
export function mergeTerms({ now }: Pick<Context, 'now'>, rules: Rules, timeZone: string): string {
  return JSON.stringify({
    ...endsOf(now, rules, timeZone),
    welcome: rules.welcome,
    ...tierTerms(rules, timeZone, 'merge'),
    stamps: rules.stamps.map((card) => cardTerms(card, rules, now, timeZone)),
  });
}
