import type { Command } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { consentLog } from '../../program/privacy/consent-log.ts';
import { button } from '../buttons.ts';

/** Older answers stand in the export. */
const shown = 10;

/** Everything somebody has agreed to or refused: when, and how it was worded. */
export const privacyLog: Command = {
  name: 'privacy log',
  for: 'anyone',
  hidden: true,
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say, who } = scene;
    const answers = who.personId === null ? [] : await consentLog(ctx, who.personId, shown);
    return {
      title: say(commandKey('privacy log', 'title')),
      ...(answers.length === 0 ? { body: say('privacy:log.nothing') } : {}),
      facts: answers.map(
        ({ kind, granted, at, wording }) =>
          [
            say('privacy:log.at', { at }),
            say(granted ? 'privacy:log.yes' : 'privacy:log.no', { kind: say(`privacy:kind.${kind}`), wording }),
          ] as const,
      ),
      ...(answers.length === shown ? { footer: say('privacy:log.older') } : {}),
      buttons: [[button(scene, 'privacy'), button(scene, 'export')]],
      show: 'privately',
    };
  },
};
