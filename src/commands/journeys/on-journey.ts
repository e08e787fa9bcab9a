import type { Answers, Scene } from '../../chat/command.ts';
import { endConversation } from '../../chat/conversation.ts';
import type { View } from '../../chat/view.ts';
import type { Campaign } from '../../program/campaigns/campaign.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { journeyScreen } from './screen.ts';
import { type Found, foundIn } from './which.ts';

/** Refusals after which there is nothing to go on with. */
const final = new Set(['owner.only', 'journey.unknown', 'campaign.unknown']);

/** Does something to a journey and shows it as it is then; refused: as it is, with what was wrong above it. */
export async function onJourney(
  ctx: Context,
  answers: Answers,
  scene: Scene,
  work: (found: Found) => Promise<Campaign>,
): Promise<View> {
  const found = await foundIn(ctx, answers);
  try {
    return await journeyScreen(ctx, { ...found, campaign: await work(found) }, scene);
  } catch (error) {
    if (!(error instanceof Refusal) || final.has(error.code)) throw error;
    await endConversation(ctx, scene);
    return journeyScreen(ctx, found, scene, error);
  }
}
