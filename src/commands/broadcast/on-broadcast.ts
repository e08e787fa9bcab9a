import type { Answers, Scene } from '../../chat/command.ts';
import { endConversation } from '../../chat/conversation.ts';
import type { View } from '../../chat/view.ts';
import type { Campaign } from '../../program/campaigns/campaign.ts';
import { campaignOf } from '../../program/campaigns/campaigns.ts';
import { changedByOthers } from '../../program/campaigns/changed-by-others.ts';
import { actorId, type Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { screenOf } from './screen.ts';
import { seenIn } from './which.ts';

/** Refusals that are about more than the draft: there is nothing to go on with. */
const final = new Set(['owner.only', 'campaign.unknown']);

/** What was seen, as it is now when nobody else has changed it since: own changes in between are known to who made them. */
async function shownNow(ctx: Context, answers: Answers): Promise<{ id: number; version: number }> {
  const shown = seenIn(answers);
  const { version } = await campaignOf(ctx.db, shown.id);
  if (version === shown.version || (await changedByOthers(ctx.db, shown, actorId(ctx.actor)))) return shown;
  return { ...shown, version };
}

/**
 * Does something to the broadcast that was seen, and shows it as it is then. Refused: the broadcast as it stands, with what was wrong above it, so that
 * nothing that was written so far is lost.
 */
export async function onBroadcast(
  ctx: Context,
  answers: Answers,
  scene: Scene,
  work: (shown: { id: number; version: number }) => Promise<Campaign>,
): Promise<View> {
  const shown = await shownNow(ctx, answers);
  try {
    return await screenOf(ctx, await work(shown), scene);
  } catch (error) {
    if (!(error instanceof Refusal) || final.has(error.code)) throw error;
    await endConversation(ctx, scene);
    return screenOf(ctx, await campaignOf(ctx.db, shown.id), scene, error);
  }
}
