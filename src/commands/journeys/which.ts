import type { Answers, Ask, Scene } from '../../chat/command.ts';
import type { Campaign } from '../../program/campaigns/campaign.ts';
import { journeyOf } from '../../program/campaigns/campaigns.ts';
import type { Context } from '../../program/context.ts';
import { journeyNamed, journeys } from '../../program/journeys/index.ts';
import type { Journey } from '../../program/journeys/journey.ts';
import { Refusal } from '../../program/refusal.ts';
import { type Choice, chosen } from '../choice.ts';

/** What owners call a journey. */
export const journeyName = (key: string, { say }: Pick<Scene, 'say'>): string => say(`journeys:name.${key.replaceAll('-', '_')}`);

/** Every journey, to choose from. */
export const journeyChoices = (scene: Pick<Scene, 'say'>): Choice[] =>
  journeys.map(({ key }) => ({ value: key, label: journeyName(key, scene) }));

/** Buttons side by side, `size` in a row. */
export const inRows = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

/** Asks which journey is meant, by its key or its name. */
export const which: Ask = {
  name: 'which',
  field: (scene) => ({ label: scene.say('journeys:which'), choices: journeyChoices(scene) }),
  read: (typed, _ctx, scene) => {
    const key = chosen(typed, journeyChoices(scene));
    if (key === undefined) throw new Refusal('journey.unknown');
    return key;
  },
  question: (_ctx, _answers, scene, answer) => ({
    body: scene.say('journeys:which'),
    buttons: [
      ...inRows(
        journeyChoices(scene).map(({ value, label }) => ({ label, does: answer(value) })),
        2,
      ),
      [{ label: scene.say('chat:cancel'), does: 'cancel' }],
    ],
    show: 'privately',
  }),
};

/** A journey, and the campaign in which an owner's part of it stands. */
export type Found = { journey: Journey; campaign: Campaign };

/** The journey that was answered. Refuses: `journey.unknown`. */
export async function foundIn(ctx: Context, answers: Answers): Promise<Found> {
  const journey = journeyNamed(answers.which ?? '');
  const campaign = journey && (await journeyOf(ctx.db, journey.key));
  if (!journey || !campaign) throw new Refusal('journey.unknown');
  return { journey, campaign };
}
