import type { Scene } from '../chat/command.ts';
import type { Button } from '../chat/view.ts';
import { commandKey } from '../chat/words.ts';

/** A button for a command, named as in the menu; `rest` is what would be typed behind it. */
export const button = (scene: Pick<Scene, 'say'>, command: string, rest = ''): Button => ({
  label: scene.say(commandKey(command, 'title')),
  does: rest ? `${command} ${rest}` : command,
});
