import type { Answers, Ask, Command, Scene } from '../../chat/command.ts';
import { campaignOf } from '../../program/campaigns/campaigns.ts';
import { changeDraft } from '../../program/campaigns/draft.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { chosen } from '../choice.ts';
import { gentle } from './gentle.ts';
import { onBroadcast } from './on-broadcast.ts';
import { type Asking, type Part, partButton } from './part.ts';
import { parts } from './parts.ts';
import { seenIn, which } from './which.ts';

function partNamed(name: string | undefined): Part {
  const found = parts.find((part) => part.name === name);
  if (!found) throw new Refusal('broadcast.part', { parts: parts.map((part) => part.name).join(', ') });
  return found;
}

/** Refuses `campaign.started` before anything is asked that could not be used any more. */
async function askingOf(ctx: Context, answers: Answers, scene: Scene): Promise<Asking> {
  return { ctx, scene, draft: await campaignOf(ctx.db, seenIn(answers).id) };
}

const what: Ask = {
  name: 'part',
  field: () => undefined,
  read: (typed) => partNamed(typed.trim().toLowerCase()).name,
  question: async (ctx, answers, scene) => {
    const { draft } = await askingOf(ctx, answers, scene);
    return {
      body: scene.say('broadcast:which_part'),
      buttons: [
        ...parts.map(({ name }) => [partButton(draft, name, scene.say(`broadcast:part.${name}`))]),
        [{ label: scene.say('chat:cancel'), does: 'cancel' }],
      ],
      show: 'privately',
    };
  },
};

const value: Ask = {
  name: 'value',
  field: () => undefined,
  read: async (typed, ctx, scene, answers) => {
    const part = partNamed(answers.part);
    const asking = await askingOf(ctx, answers, scene);
    return part.read(chosen(typed, (await part.choices?.(asking)) ?? []) ?? typed.normalize('NFKC').trim(), asking);
  },
  question: async (ctx, answers, scene, answer) => {
    const part = partNamed(answers.part);
    const asking = await askingOf(ctx, answers, scene);
    const { state } = asking.draft;
    if (state !== 'draft' && state !== 'asked') throw new Refusal('campaign.started', { state });
    const body = await part.text(asking);
    const offered = ((await part.choices?.(asking)) ?? []).map((one) => ({ label: one.label, does: answer(one.value) }));
    return {
      body,
      buttons: [
        ...(part.others?.(asking) ?? []),
        ...Array.from({ length: Math.ceil(offered.length / 2) }, (_, at) => offered.slice(at * 2, at * 2 + 2)),
        [{ label: scene.say('broadcast:back'), does: `/broadcast ${asking.draft.id}` }],
      ],
      show: 'privately',
    };
  },
};

/** Sets one thing of a draft: `broadcast set 12 time 24.12. 10:00`. The answer is the draft as it is then. */
export const broadcastSet: Command = {
  name: 'broadcast set',
  for: 'owner',
  hidden: true,
  asks: [which('draft', 'asked'), what, gentle(value)],
  run: (ctx, answers, scene) =>
    onBroadcast(ctx, answers, scene, async (shown) => {
      const patch = partNamed(answers.part).change(answers.value ?? '', await askingOf(ctx, answers, scene));
      return changeDraft(ctx, { ...shown, patch }, scene.shop.timeZone);
    }),
};
