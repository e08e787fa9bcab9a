import type { Scene } from '../chat/command.ts';
import type { View } from '../chat/view.ts';
import { cardView } from './member/card.ts';
import { greeting } from './member/start.ts';
import { menuOf } from './menu.ts';

/** What stands in a person's messenger all the time: their card, or the invitation to get one, and the commands they have now. */
export const homeView = (scene: Scene): View => ({
  ...(scene.who.member ? cardView(scene, scene.who.member) : greeting(scene)),
  menu: menuOf(scene.commands, scene.say),
});
