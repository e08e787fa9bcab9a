import type { BotCommand } from 'grammy/types';
import type { MenuItem } from '../../chat/view.ts';
import { cut } from './cut.ts';
import { commandAboutUnits, commandPattern, menuCount } from './limits.ts';

/** A menu as Telegram takes it. Throws RangeError for a name that Telegram has no place for, or too many. */
export function commandsOf(menu: readonly MenuItem[]): BotCommand[] {
  if (menu.length > menuCount) throw new RangeError(`a menu of more than ${menuCount} commands`);
  return menu.map(({ name, about }) => {
    if (!commandPattern.test(name)) throw new RangeError(`a command can't be called "${name}"`);
    return { command: name, description: cut(about, commandAboutUnits) };
  });
}
