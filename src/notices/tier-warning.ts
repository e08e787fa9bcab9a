import { z } from 'zod';
import type { Notice } from './notice.ts';

const params = z.object({
  tier: z.string(),
  next: z.string().optional(),
  by: z.enum(['points', 'money']),
  missing: z.number().int().positive(),
  until: z.iso.datetime({ offset: true }),
});

/** Somebody's level ends soon: how much more, by when, would keep it, and what comes otherwise. */
export const tierWarning: Notice = {
  name: 'tier-warning',
  render(given, say) {
    const { tier, next, by, missing, until } = params.parse(given);
    const amount = by === 'money' ? say('tiers:money', { amount: missing }) : say('tiers:points', { count: missing });
    return {
      title: say('tiers:warning.title', { tier }),
      body: [
        say('tiers:warning.body', { amount, tier, at: until }),
        ...(next === undefined ? [] : [say('tiers:warning.next', { tier: next })]),
      ].join('\n'),
      buttons: [[{ label: say('commands:tier.title'), does: 'tier' }]],
    };
  },
};
