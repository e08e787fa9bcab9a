import type { Command } from '../../chat/command.ts';
import { campaignOf } from '../../program/campaigns/campaigns.ts';
import { detailsView } from './draft-view.ts';
import { seenIn, which } from './which.ts';

/** What of a draft is seldom changed. */
export const broadcastDetails: Command = {
  name: 'broadcast details',
  for: 'owner',
  hidden: true,
  reads: true,
  asks: [which('draft', 'asked')],
  run: async (ctx, answers, scene) => detailsView(ctx, await campaignOf(ctx.db, seenIn(answers).id), scene),
};
