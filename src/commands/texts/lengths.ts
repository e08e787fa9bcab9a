import type { Scene } from '../../chat/command.ts';
import { lengthsOf, type Room } from '../../program/templates/check.ts';
import type { MessageText } from '../../program/templates/texts.ts';

type Fact = readonly [label: string, value: string];

/** How long a text can become on each messenger, whoever reads it, and how long it may be. It must be one that passed `checkMessage`. */
export function lengthFacts(text: MessageText, language: string, room: Room, { say }: Pick<Scene, 'say'>): Fact[] {
  return lengthsOf(text, language, room).map(({ messenger, part, length, max }) => [
    part === 'title'
      ? say('texts:length.title', { messenger: say(`texts:messenger.${messenger}`) })
      : say(`texts:messenger.${messenger}`),
    say(length > max ? 'texts:length.over' : 'texts:length.of', { length, max }),
  ]);
}
