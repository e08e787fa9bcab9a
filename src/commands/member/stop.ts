import type { Command } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { answerConsent } from '../../program/attention/consent.ts';
import { button } from '../buttons.ts';
import { switchLabel } from './topic-choice.ts';

/** No marketing any more, at once. `stop offers` silences that kind alone. */
export const stop: Command = {
  name: 'stop',
  for: 'anyone',
  becomes: (args, { who }) => (args.trim() === '' || !who.member ? undefined : `mute ${args.trim()}`),
  run: async (ctx, _answers, scene) => {
    const { say, who } = scene;
    if (who.personId === null) return { body: say('settings:stop.stranger'), buttons: [[button(scene, 'help')]] };
    const wording = say(commandKey('stop', 'about'));
    await answerConsent(ctx, { personId: who.personId, kind: 'marketing', granted: false, wording });
    return {
      title: say('settings:stop.title'),
      body: say('settings:stop.body'),
      buttons: [
        ...(who.member
          ? [
              [{ label: say('settings:stop.choose'), does: 'settings kinds' }],
              [{ label: switchLabel('reminders', false, scene), does: 'mute reminders' }],
            ]
          : []),
        [who.member ? { label: say('settings:stop.back'), does: 'consent yes' } : button(scene, 'help')],
      ],
      show: 'privately',
    };
  },
};
