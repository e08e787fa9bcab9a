import type { Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { campaignOf } from '../../program/campaigns/campaigns.ts';
import { progressNotice } from '../../program/campaigns/watch-progress.ts';
import type { Context } from '../../program/context.ts';
import { askedView } from './approve.ts';
import { progressView } from './progress-view.ts';

/** What a delivery brings: its parameters, and the name of the person it speaks of. */
type Given = { params: Readonly<Record<string, unknown>>; name: string | null };

/** A message that shows how something stands when it is sent, not when it was planned. Undefined: nothing to show any more. */
type Screen = (ctx: Context, scene: Scene, given: Given) => Promise<View | undefined>;

/** Only for who is an owner by now. */
const forOwners =
  (show: Screen): Screen =>
  async (ctx, scene, given) =>
    scene.who.role === 'owner' ? show(ctx, scene, given) : undefined;

/** Messages to owners that are screens of `broadcast`, by the name of their notice. */
export const broadcastScreens: ReadonlyMap<string, Screen> = new Map([
  [
    progressNotice,
    forOwners(async (ctx, scene, { params }) => progressView(ctx, await campaignOf(ctx.db, Number(params['campaign'])), scene)),
  ],
  [
    'campaign-asked',
    forOwners(async (ctx, scene, { params, name }) =>
      askedView(ctx, await campaignOf(ctx.db, Number(params['campaign'])), name ?? '—', scene),
    ),
  ],
]);
