import type { Answers, Ask, Scene } from '../../chat/command.ts';
import type { Context } from '../../program/context.ts';
import { checkMessage, type Room } from '../../program/templates/check.ts';
import { messengersOf } from '../../program/templates/messengers-of.ts';
import type { MessageText } from '../../program/templates/texts.ts';
import { languageName } from '../member/language.ts';
import { lengthFacts } from './lengths.ts';
import { messageFrom, typedMessage } from './read-message.ts';
import { variableLines } from './variable-lines.ts';

/** What is to be written: in which language, with which variables, under a picture or not. `current`: the words so far, or the program's own. */
export type TextTask = Omit<Room, 'messengers'> & { language: string; current?: MessageText | undefined };

/**
 * Asks an owner for a text in one language, showing what can be written in braces and how much of it each messenger takes. The answer is the
 * text as typed; `messageFrom` makes a message of it. Refuses, with the question staying open, what `checkMessage` finds.
 */
export const textAsk = (
  name: string,
  taskOf: (ctx: Context, answers: Answers, scene: Scene) => TextTask | Promise<TextTask>,
): Ask => {
  const inRoom = async (ctx: Context, answers: Answers, scene: Scene) => ({
    ...(await taskOf(ctx, answers, scene)),
    messengers: await messengersOf(ctx.db),
  });
  return {
    name,
    // A message of several lines has no room in a form.
    field: () => undefined,
    takes: /^[\s\S]+/,
    read: async (typed, ctx, scene, answers) => {
      const { language, ...room } = await inRoom(ctx, answers, scene);
      const message = messageFrom(typed);
      const [problem] = checkMessage(message, language, room);
      if (problem) throw problem;
      return typedMessage(message);
    },
    question: async (ctx, answers, scene) => {
      const { say } = scene;
      const { language, current, ...room } = await inRoom(ctx, answers, scene);
      const parts = [say('texts:ask.body'), `${say('texts:ask.variables')}\n${variableLines(room.allowed, scene)}`];
      return {
        title: say('texts:ask.title', { language: languageName(language) }),
        body: [...parts, ...(current ? [`${say('texts:ask.now')}\n${typedMessage(current)}`] : [])].join('\n\n'),
        facts: lengthFacts(current ?? { body: '' }, language, room, scene),
        buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
        show: 'privately',
      };
    },
  };
};
