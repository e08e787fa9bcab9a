import { may, type Scene } from '../chat/command.ts';
import type { View } from '../chat/view.ts';
import { commands } from './index.ts';
import { cardView } from './member/card.ts';
import { greeting } from './member/start.ts';
import { menuOf } from './menu.ts';

/**
 * What stands in a person's messenger all the time: their card, or the invitation to get one, and the commands they have now. A menu
 * names what members do whoever it is for, as the menu for everybody does: joining must not need a new one.
 */
export const homeView = (scene: Scene): View => ({
  ...(scene.who.member ? cardView(scene, scene.who.member) : greeting(scene)),
  menu: menuOf(
    commands.filter((command) => command.for === 'member' || may(scene, command.for)),
    scene.say,
  ),
});
