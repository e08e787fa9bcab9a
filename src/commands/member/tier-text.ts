import type { Scene } from '../../chat/command.ts';
import type { Say } from '../../chat/words.ts';
import type { Rules, Tier, Tiers } from '../../program/rules/rules.ts';
import type { TierChange, TierOf } from '../../program/tiers/tier-of.ts';
import { percentIn, textIn } from '../rules/wording.ts';

/** What a level is counted in, as people read it: money or points. */
export const worth = (amount: number, by: Tiers['by'], say: Say): string =>
  by === 'money' ? say('tiers:money', { amount }) : say('tiers:points', { count: amount });

/** What a level brings, a line each. */
export function benefitLines(
  tier: Tier,
  { rewards }: Pick<Rules, 'rewards'>,
  scene: Pick<Scene, 'say' | 'language' | 'shop'>,
): string[] {
  const { say, language } = scene;
  const percent = (value: number): string => percentIn(value, language);
  const own = rewards
    .filter((reward) => !reward.hidden && reward.tiers?.includes(tier.id))
    .map(({ name }) => textIn(name, scene));
  return [
    ...(tier.bonusPercent ? [say('tiers:benefit.bonus', { percent: percent(tier.bonusPercent) })] : []),
    ...(tier.discountPercent ? [say('tiers:benefit.discount', { percent: percent(tier.discountPercent) })] : []),
    ...(tier.earlyAccessDays ? [say('tiers:benefit.early', { count: tier.earlyAccessDays })] : []),
    ...(own.length > 0 ? [say('tiers:benefit.rewards', { names: own.join(', ') })] : []),
  ];
}

const cells = 10;

/** How far it is to the next level, as a bar that any messenger can show. Full only when it is reached. */
export function progressLine(
  { sum, next }: Pick<TierOf, 'sum' | 'next'>,
  { say, language }: Pick<Scene, 'say' | 'language'>,
): string {
  const share = next && next.tier.from > 0 ? Math.max(0, Math.min(sum / next.tier.from, 1)) : 1;
  const full = Math.floor(share * cells);
  return say('tiers:progress', {
    bar: '▰'.repeat(full) + '▱'.repeat(cells - full),
    percent: percentIn(Math.floor(share * 100) * 100, language),
  });
}

/** What is needed for the next level, and to keep this one, by when. */
export function neededLines({ tier, manual, by, next, keep }: TierOf, say: Say): string[] {
  const lines: string[] = [];
  if (next) {
    const what = { amount: worth(next.missing, by, say), tier: next.tier.name };
    lines.push(next.until ? say('tiers:next.by', { ...what, at: next.until }) : say('tiers:next.open', what));
  } else if (tier && !manual) lines.push(say('tiers:top'));
  if (manual) lines.push(manual.until ? say('tiers:given.until', { at: manual.until }) : say('tiers:given.open'));
  if (tier && keep) lines.push(say('tiers:keep', { tier: tier.name, amount: worth(keep.missing, by, say), at: keep.until }));
  return lines;
}

/** Why somebody is where they are: the last change, and where it was not their own purchase, the sum it was decided by. */
export function whyLines({ at, cause, receipt, by, sum, needs, from, to }: TierChange, say: Say): string[] {
  const lines = [say(`tiers:why.${cause}`, { at, receipt })];
  if (!['evaluation', 'refund', 'rules'].includes(cause) || by === null || sum === null || needs === null) return lines;
  const decided = sum >= needs ? to : from;
  if (decided !== null)
    lines.push(say('tiers:decided', { sum: worth(sum, by, say), tier: decided, needs: worth(needs, by, say) }));
  return lines;
}
