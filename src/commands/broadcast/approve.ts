import type { Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { Campaign } from '../../program/campaigns/campaign.ts';
import { problemsOf } from '../../program/campaigns/problems.ts';
import { approveCampaign, declineCampaign } from '../../program/campaigns/start.ts';
import type { Context } from '../../program/context.ts';
import { draftFacts } from './draft-view.ts';
import { momentOf } from './moment.ts';
import { onBroadcast } from './on-broadcast.ts';
import { screenOf } from './screen.ts';
import { seen, which } from './which.ts';

/** What a second owner is asked: all that is set, to be looked at, agreed to or not. `asker`: the name of who wants to start it. */
export async function askedView(ctx: Context, campaign: Campaign, asker: string, scene: Scene): Promise<View> {
  const { say } = scene;
  if (campaign.state !== 'asked') return screenOf(ctx, campaign, scene);
  const { audience } = await problemsOf(ctx.db, campaign, momentOf(ctx, scene));
  return {
    title: say('broadcast:asked.title', { name: asker }),
    body: say('broadcast:asked.body', { name: campaign.name }),
    facts: await draftFacts(ctx, campaign, audience, scene),
    buttons: [
      [{ label: say('broadcast:look'), does: `/broadcast look ${campaign.id}` }],
      [
        { label: say('broadcast:asked.yes'), does: `/broadcast approve ${seen(campaign)}`, style: 'primary' },
        { label: say('broadcast:asked.no'), does: `/broadcast decline ${seen(campaign)}`, style: 'danger' },
      ],
    ],
    show: 'privately',
  };
}

/** Agrees to what another owner wants to start. */
export const broadcastApprove: Command = {
  name: 'broadcast approve',
  for: 'owner',
  hidden: true,
  asks: [which('asked')],
  run: (ctx, answers, scene) => onBroadcast(ctx, answers, scene, (shown) => approveCampaign(ctx, shown, scene.shop.timeZone)),
};

/** Says no to it: it is a draft again. */
export const broadcastDecline: Command = {
  name: 'broadcast decline',
  for: 'owner',
  hidden: true,
  asks: [which('asked')],
  run: (ctx, answers, scene) => onBroadcast(ctx, answers, scene, (shown) => declineCampaign(ctx, shown)),
};
