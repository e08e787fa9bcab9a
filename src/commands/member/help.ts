import type { Command } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { button } from '../buttons.ts';

/** Only what this person may do, in their language. */
export const help: Command = {
  name: 'help',
  for: 'anyone',
  reads: true,
  run: async (_ctx, _answers, scene) => {
    const { say, commands, who } = scene;
    const shown = commands().filter((command) => !command.hidden && command.name !== 'start' && command.name !== 'help');
    const first = who.member
      ? [button(scene, 'balance'), button(scene, 'card')]
      : [{ label: say('chat:join'), does: 'join', style: 'primary' as const }];
    const staff = who.role ? [button(scene, 'credit')] : [];
    return {
      title: say(commandKey('help', 'title')),
      facts: shown.map((command) => [say(commandKey(command.name, 'usage')), say(commandKey(command.name, 'about'))] as const),
      buttons: [[...first, ...staff]],
      footer: say('member:help.footer'),
      show: 'privately',
    };
  },
};
