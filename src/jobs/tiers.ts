import { release } from '../program/ledger/release.ts';
import { programAt } from '../program/settings/program.ts';
import { evaluateTiers } from '../program/tiers/evaluate-tiers.ts';
import { tierTerms } from '../program/tiers/tier-terms.ts';
import type { Chore } from './chore.ts';

/** Evaluates everybody's tier when a business day has begun. */
export const tierUpkeep: Chore = (moment) => evaluateTiers(moment);

/** Releases a batch of points whose time has come; they count for tiers from then on. Returns how many members had some. */
export async function releaseDue({ db, now, timeZone }: Omit<Parameters<Chore>[0], 'stopping'>): Promise<number> {
  const { rules } = await programAt(db, now);
  return release({ db, now }, tierTerms(rules, timeZone, 'release'));
}
