import { z } from 'zod';
import type { Notice } from './notice.ts';

const params = z.object({
  campaign: z.number().int().positive(),
  decision: z.enum(['approved', 'declined']),
  name: z.string().nullish(),
});

/** To the owner who wanted to start a broadcast: another one agreed, or did not. */
export const campaignDecided: Notice = {
  name: 'campaign-decided',
  render(given, say) {
    const { campaign, decision, name } = params.parse(given);
    return {
      title: say(`broadcast:decided.${decision}`, { name: name ?? '—' }),
      body: say(`broadcast:decided.${decision}_body`, { id: campaign }),
      buttons: [[{ label: say('broadcast:decided.open'), does: `broadcast ${campaign}` }]],
    };
  },
};
