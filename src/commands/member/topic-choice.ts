import type { Ask, Scene } from '../../chat/command.ts';
import { choicesOf } from '../../program/attention/choices.ts';
import { type Topic, topics } from '../../program/attention/topics.ts';
import { Refusal } from '../../program/refusal.ts';
import { chosen } from '../choice.ts';

/** What a kind of messages is called. */
export const topicName = (topic: Topic, { say }: Pick<Scene, 'say'>): string => say(`settings:topic.${topic}`);

/** A kind of messages by its key or its name. Refuses: `settings.kind_unknown` { kinds }. */
export function readTopic(typed: string, scene: Scene): Topic {
  const named = topics.map((topic) => ({ value: topic, label: topicName(topic, scene) }));
  const found = topics.find((topic) => topic === chosen(typed, named));
  if (!found) throw new Refusal('settings.kind_unknown', { kinds: named.map(({ label }) => label).join(', ') });
  return found;
}

/** The person of this scene; commands about somebody's own settings run for members. */
export function ownId({ who }: Pick<Scene, 'who'>): number {
  if (who.personId === null) throw new Error('settings are of somebody known');
  return who.personId;
}

/** What the press that switches a kind says; kept as the wording of the consent. */
export const switchLabel = (topic: Topic, on: boolean, scene: Pick<Scene, 'say'>): string =>
  scene.say(on ? 'settings:kinds.turn_on' : 'settings:kinds.turn_off', { kind: topicName(topic, scene) });

/** Which kind is to be switched; offered are those that are not that way yet. */
export const topicAsk = (on: boolean): Ask => ({
  name: 'topic',
  takes: /^[\s\S]+/,
  field: ({ say }) => ({ label: say('settings:kinds.label') }),
  read: (typed, _ctx, scene) => readTopic(typed, scene),
  question: async (ctx, _answers, scene, answer) => {
    const { hears } = await choicesOf(ctx, ownId(scene));
    const open = topics.filter((topic) => hears[topic] !== on);
    return {
      body: scene.say('settings:kinds.question'),
      buttons: [
        ...(open.length > 0 ? open : topics).map((topic) => [{ label: switchLabel(topic, on, scene), does: answer(topic) }]),
        [{ label: scene.say('chat:cancel'), does: 'cancel' }],
      ],
      show: 'privately',
    };
  },
});
