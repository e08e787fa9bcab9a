import type { Ask, Command } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { choicesOf } from '../../program/attention/choices.ts';
import { answerConsent } from '../../program/attention/consent.ts';
import { topics } from '../../program/attention/topics.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { ownId, readTopic, switchLabel, topicName } from './topic-choice.ts';

/** `offers off`: what a switch of the list stands for. */
const change: Ask = {
  name: 'change',
  optional: true,
  takes: /^[\s\S]+/,
  field: ({ say }) => ({ label: say('settings:kinds.label') }),
  read: (typed, _ctx, scene) => {
    const [, kind, state] = /^(.+?)\s+(on|off)$/i.exec(typed.trim()) ?? [];
    if (kind === undefined || state === undefined) throw new Refusal('settings.kind_unclear');
    return `${readTopic(kind, scene)} ${state.toLowerCase()}`;
  },
  question: (_ctx, _answers, { say }) => ({ body: say('settings:kinds.question') }),
};

/** Which kinds of messages somebody gets, with a switch for each. */
export const settingsKinds: Command = {
  name: 'settings kinds',
  for: 'member',
  hidden: true,
  asks: [change],
  run: async (ctx, answers, scene) => {
    const { say } = scene;
    const personId = ownId(scene);
    const [kind, state] = (answers.change ?? '').split(' ');
    if (kind) {
      const topic = readTopic(kind, scene);
      const granted = state === 'on';
      await answerConsent(ctx, { personId, kind: topic, granted, wording: switchLabel(topic, granted, scene) });
    }
    const { hears } = await choicesOf(ctx, personId);
    return {
      title: say(commandKey('settings kinds', 'title')),
      facts: topics.map(
        (topic) => [topicName(topic, scene), say(hears[topic] ? 'settings:kinds.on' : 'settings:kinds.off')] as const,
      ),
      buttons: [
        ...topics.map((topic) => [
          {
            label: switchLabel(topic, !hears[topic], scene),
            does: `settings kinds ${topic} ${hears[topic] ? 'off' : 'on'}`,
          },
        ]),
        [button(scene, 'settings'), button(scene, 'offers')],
      ],
      footer: say('settings:kinds.footer'),
      show: 'privately',
    };
  },
};
