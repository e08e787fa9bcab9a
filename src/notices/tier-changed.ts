import { z } from 'zod';
import type { Say } from '../chat/words.ts';
import type { Notice } from './notice.ts';

const percent = z.number().int().positive().optional();
const params = z.object({
  tier: z.string().optional(),
  before: z.string().optional(),
  up: z.boolean(),
  cause: z.string(),
  /** A moment on the last day of a level given by hand. */
  until: z.iso.datetime({ offset: true }).optional(),
  bonusPercent: percent,
  discountPercent: percent,
  earlyAccessDays: percent,
});

type Change = z.infer<typeof params>;

const percentOf = (value: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(value / 10_000);

function title({ tier, before, up, cause }: Change, say: Say): string {
  if (tier === undefined) return say('tiers:notice.out', { before });
  return say(`tiers:notice.${cause === 'manual' ? 'given' : up ? 'up' : 'down'}`, { tier });
}

function reason({ up, cause, until }: Change, say: Say): string[] {
  if (cause === 'manual') return until ? [say('tiers:notice.until', { at: until })] : [];
  if (up) return [];
  return [say(`tiers:notice.${['refund', 'evaluation', 'rules', 'manual_end'].includes(cause) ? cause : 'counts'}`)];
}

/** Somebody's level is another one: which, why when it is a lower one, and what it brings. */
export const tierChanged: Notice = {
  name: 'tier-changed',
  render(given, say) {
    const change = params.parse(given);
    const { bonusPercent, discountPercent, earlyAccessDays } = change;
    const lines = [
      ...reason(change, say),
      ...(bonusPercent ? [say('tiers:benefit.bonus', { percent: percentOf(bonusPercent, say.language) })] : []),
      ...(discountPercent ? [say('tiers:benefit.discount', { percent: percentOf(discountPercent, say.language) })] : []),
      ...(earlyAccessDays ? [say('tiers:benefit.early', { count: earlyAccessDays })] : []),
    ];
    return {
      title: title(change, say),
      ...(lines.length > 0 ? { body: lines.join('\n') } : {}),
      buttons: [[{ label: say('commands:tier.title'), does: 'tier' }]],
    };
  },
};
