import type { Command } from '../../chat/command.ts';
import { campaignOf } from '../../program/campaigns/campaigns.ts';
import { pauseCampaign, resumeCampaign, stopCampaign } from '../../program/campaigns/steer.ts';
import { confirm } from '../confirm.ts';
import { onBroadcast } from './on-broadcast.ts';
import { seenIn, which } from './which.ts';

/** Nothing more goes out until it is resumed. */
export const broadcastPause: Command = {
  name: 'broadcast pause',
  for: 'owner',
  hidden: true,
  asks: [which('running', 'scheduled')],
  run: (ctx, answers, scene) => onBroadcast(ctx, answers, scene, (shown) => pauseCampaign(ctx, shown)),
};

/** Goes on where it was. */
export const broadcastResume: Command = {
  name: 'broadcast resume',
  for: 'owner',
  hidden: true,
  asks: [which('paused')],
  run: (ctx, answers, scene) => onBroadcast(ctx, answers, scene, (shown) => resumeCampaign(ctx, shown)),
};

const sure = confirm(async (ctx, answers, { say }) => {
  const { id, name, startedAt } = await campaignOf(ctx.db, seenIn(answers).id);
  const begun = startedAt !== null;
  return {
    title: say(begun ? 'broadcast:stop_sure.title' : 'broadcast:drop_sure.title', { id, name }),
    body: say(begun ? 'broadcast:stop_sure.body' : 'broadcast:drop_sure.body'),
    yes: say(begun ? 'broadcast:stop' : 'broadcast:drop'),
    buttons: [[{ label: say('broadcast:back'), does: `/broadcast ${id}` }]],
    show: 'privately',
  };
});

/** Ends it for good, or throws a draft away. */
export const broadcastStop: Command = {
  name: 'broadcast stop',
  for: 'owner',
  hidden: true,
  asks: [which('draft', 'asked', 'scheduled', 'running', 'paused'), sure],
  run: (ctx, answers, scene) => onBroadcast(ctx, answers, scene, (shown) => stopCampaign(ctx, shown)),
};
