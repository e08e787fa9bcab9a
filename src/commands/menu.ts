import type { Command } from '../chat/command.ts';
import type { MenuItem } from '../chat/view.ts';
import { commandKey, type Say } from '../chat/words.ts';

/** The commands a menu can show: messengers take single words only. */
export const menuOf = (commands: readonly Command[], say: Say): MenuItem[] =>
  commands
    .filter((command) => !command.hidden && !command.name.includes(' '))
    .map((command) => ({ name: command.name, about: say(commandKey(command.name, 'about')) }));
