import type { Answers, Ask, Scene } from '../../chat/command.ts';
import { chosen } from '../choice.ts';
import { type Desk, type Kind, none } from './kind.ts';

/**
 * A question of a form for a value of some kind. `kind` may depend on the answers before. `title`: the sentence key of what is asked.
 */
export function askKind<Value>(
  name: string,
  title: (answers: Answers) => string,
  kind: (answers: Answers, desk: Desk) => Kind<Value>,
): Ask {
  const deskOf = (scene: Scene, now: Date): Desk => ({ rules: scene.program.rules, reader: scene, now });
  const offered = (one: Kind<Value>, desk: Desk) => [
    ...(one.optional ? [{ value: none, label: desk.reader.say('program:none') }] : []),
    ...(one.offered?.(desk) ?? []).map((value) => ({ value: one.write(value, desk), label: one.show(value, desk) })),
  ];
  return {
    name,
    // What can be answered depends on the answers before: a form would show nothing but labels.
    field: () => undefined,
    read: (typed, { now }, scene, answers) => {
      const desk = deskOf(scene, now);
      const one = kind(answers, desk);
      const said = chosen(typed, offered(one, desk)) ?? typed.normalize('NFKC').trim();
      return one.optional && said === none ? none : one.write(one.read(said, desk), desk);
    },
    question: ({ now }, answers, scene, answer) => {
      const desk = deskOf(scene, now);
      const one = kind(answers, desk);
      const buttons = offered(one, desk).map(({ value, label }) => ({ label, does: answer(value) }));
      return {
        title: scene.say(title(answers)),
        body: scene.say(`program:hint.${one.hint}`),
        buttons: [
          ...Array.from({ length: Math.ceil(buttons.length / 3) }, (_, at) => buttons.slice(at * 3, at * 3 + 3)),
          [{ label: scene.say('chat:cancel'), does: 'cancel' }],
        ],
        show: 'privately',
      };
    },
  };
}
