import type { Command, Scene } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { type Choices, choicesOf } from '../../program/attention/choices.ts';
import { contactOf } from '../../program/attention/contact.ts';
import { cityOf, clockIn } from '../../program/attention/time-zones.ts';
import { topics } from '../../program/attention/topics.ts';
import { birthdayOf, shownBirthday } from '../../program/members/birthday.ts';
import { button } from '../buttons.ts';
import { languageName } from './language.ts';
import { ownId, topicName } from './topic-choice.ts';

/** What somebody has chosen, one line each: for `settings` and `privacy`. */
export function choiceLines(choices: Choices, scene: Scene, now: Date): [label: string, value: string][] {
  const { say, program, shop } = scene;
  const heard = topics.filter((topic) => choices.hears[topic]);
  const zone = choices.timeZone ?? shop.timeZone;
  return [
    [
      say('settings:kinds.label'),
      heard.length > 0 ? heard.map((topic) => topicName(topic, scene)).join(', ') : say('settings:kinds.none'),
    ],
    [say('settings:quiet.label'), say('settings:hours', { ...(choices.quiet ?? contactOf(program.rules).quiet) })],
    [say('settings:zone.label'), say('settings:zone.at', { city: cityOf(zone), time: clockIn(zone, now) })],
  ];
}

/** How we write to somebody, and where each of it is changed. */
export const settings: Command = {
  name: 'settings',
  for: 'member',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say, who, language } = scene;
    const choices = await choicesOf(ctx, ownId(scene));
    const { birthday } = who.member ? await birthdayOf(ctx, who.member.id) : { birthday: null };
    return {
      title: say(commandKey('settings', 'title')),
      facts: [
        [say(commandKey('language', 'title')), languageName(language)],
        ...choiceLines(choices, scene, ctx.now),
        [
          say('identity:birthday.label'),
          birthday === null ? say('settings:birthday.unknown') : shownBirthday(birthday, language),
        ],
      ],
      buttons: [
        [button(scene, 'settings kinds')],
        [button(scene, 'settings quiet'), button(scene, 'settings zone')],
        [button(scene, 'language'), button(scene, 'birthday')],
        [button(scene, 'privacy'), button(scene, 'stop')],
      ],
      show: 'privately',
    };
  },
};
