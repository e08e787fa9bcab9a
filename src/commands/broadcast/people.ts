import type { Answers, Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { Campaign } from '../../program/campaigns/campaign.ts';
import { campaignOf } from '../../program/campaigns/campaigns.ts';
import { changeDraft } from '../../program/campaigns/draft.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { pressed } from '../../program/segments/press.ts';
import { choosePeople } from '../segments/choose-people.ts';
import { gentle } from './gentle.ts';
import { onBroadcast } from './on-broadcast.ts';
import { seenIn, which } from './which.ts';

const draftOf = (ctx: Context, answers: Answers): Promise<Campaign> => campaignOf(ctx.db, seenIn(answers).id);

/** Pressed, and not typed: what is to be shown again afterwards. */
const isPress = (typed: string): boolean => /^(?:[+#~?-]|(?:any|all|clear)\.)/.test(typed);

async function chooser(ctx: Context, draft: Campaign, scene: Scene, asked?: string): Promise<View> {
  if (draft.state !== 'draft' && draft.state !== 'asked') throw new Refusal('campaign.started', { state: draft.state });
  const view = await choosePeople(
    ctx,
    { text: draft.segment, base: `/broadcast people ${draft.id}`, ...(asked ? { asked } : {}) },
    scene,
  );
  return {
    ...view,
    buttons: [
      ...(view.buttons ?? []),
      [{ label: scene.say('broadcast:people.done'), does: `/broadcast ${draft.id}`, style: 'primary' }],
    ],
  };
}

/** Whom it is for: conditions pressed together, with a live count, or a rule in words (`broadcast 12 people tier:gold last-visit>30d`). */
export const broadcastPeople: Command = {
  name: 'broadcast people',
  for: 'owner',
  hidden: true,
  asks: [
    which('draft', 'asked'),
    gentle({
      name: 'rule',
      field: () => undefined,
      // What is wrong is said above the question, before anything is changed.
      read: async (typed, ctx, { program }, answers) => {
        await pressed(ctx.db, (await draftOf(ctx, answers)).segment, typed.trim(), program.rules);
        return typed.trim();
      },
      question: async (ctx, answers, scene) => chooser(ctx, await draftOf(ctx, answers), scene),
    }),
  ],
  run: async (ctx, answers, scene) => {
    const rule = answers.rule ?? '?';
    let asked: string | undefined;
    const view = await onBroadcast(ctx, answers, scene, async (shown) => {
      const draft = await campaignOf(ctx.db, shown.id);
      const after = await pressed(ctx.db, draft.segment, rule, scene.program.rules);
      asked = after.asked;
      if (after.text === draft.segment && isPress(rule)) return draft;
      return changeDraft(ctx, { ...shown, patch: { segment: after.text } }, scene.shop.timeZone);
    });
    return isPress(rule) ? chooser(ctx, await draftOf(ctx, answers), scene, asked) : view;
  },
};
