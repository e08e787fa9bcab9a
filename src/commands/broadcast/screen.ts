import type { Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { Campaign } from '../../program/campaigns/campaign.ts';
import type { Context } from '../../program/context.ts';
import type { Refusal } from '../../program/refusal.ts';
import { draftView } from './draft-view.ts';
import { progressView } from './progress-view.ts';

/** A broadcast as it stands: a draft to go on with, or the score. A draft that was thrown away is only said to be so. */
export async function screenOf(ctx: Context, campaign: Campaign, scene: Scene, problem?: Refusal): Promise<View> {
  if (campaign.state === 'draft' || campaign.state === 'asked') return draftView(ctx, campaign, scene, problem);
  if (campaign.startedAt !== null) return progressView(ctx, campaign, scene, problem);
  return {
    body: scene.say('broadcast:thrown_away', { name: campaign.name }),
    buttons: [
      [
        { label: scene.say('broadcast:new'), does: 'broadcast new' },
        { label: scene.say('broadcast:all'), does: 'broadcast' },
      ],
    ],
    show: 'privately',
  };
}
