import type { Command } from '../../chat/command.ts';
import { answerConsent } from '../../program/attention/consent.ts';
import { button } from '../buttons.ts';
import { ownId, readTopic, switchLabel, topicAsk, topicName } from './topic-choice.ts';

/** Silences one kind of messages, also those that are planned already: the press under each of them. */
export const mute: Command = {
  name: 'mute',
  for: 'member',
  hidden: true,
  asks: [topicAsk(false)],
  run: async (ctx, answers, scene) => {
    const topic = readTopic(answers.topic ?? '', scene);
    await answerConsent(ctx, { personId: ownId(scene), kind: topic, granted: false, wording: switchLabel(topic, false, scene) });
    return {
      body: scene.say('settings:muted', { kind: topicName(topic, scene) }),
      buttons: [[{ label: scene.say('settings:undo'), does: `unmute ${topic}` }, button(scene, 'settings kinds')]],
      show: 'privately',
    };
  },
};

/** Takes a mute back, or asks for one kind of messages. */
export const unmute: Command = {
  name: 'unmute',
  for: 'member',
  hidden: true,
  asks: [topicAsk(true)],
  run: async (ctx, answers, scene) => {
    const topic = readTopic(answers.topic ?? '', scene);
    await answerConsent(ctx, { personId: ownId(scene), kind: topic, granted: true, wording: switchLabel(topic, true, scene) });
    return {
      body: scene.say('settings:unmuted', { kind: topicName(topic, scene) }),
      buttons: [[button(scene, 'settings kinds'), button(scene, 'offers')]],
      show: 'privately',
    };
  },
};
