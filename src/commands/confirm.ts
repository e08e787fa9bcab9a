import type { Answers, Ask, Scene } from '../chat/command.ts';
import type { View } from '../chat/view.ts';
import type { Context } from '../program/context.ts';
import { Refusal } from '../program/refusal.ts';

/** What somebody said to a question of yes or no, in their language or as a button says it. Refuses: `confirm.unclear`. */
export function yesOrNo(typed: string, { say }: Pick<Scene, 'say'>): 'yes' | 'no' {
  const said = typed
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[.!]+$/, '');
  if (say('chat:yes_words').split(',').includes(said)) return 'yes';
  if (say('chat:no_words').split(',').includes(said)) return 'no';
  throw new Refusal('confirm.unclear');
}

/** The last question of a form: shows what will happen, a button that does it, and below the buttons of the view. */
export function confirm(show: (ctx: Context, answers: Answers, scene: Scene) => Promise<View & { yes: string }>): Ask {
  return {
    name: 'sure',
    read: (typed, _ctx, scene) => {
      if (yesOrNo(typed, scene) !== 'yes') throw new Refusal('confirm.unclear');
      return 'yes';
    },
    question: async (ctx, answers, scene, answer) => {
      const { yes, ...view } = await show(ctx, answers, scene);
      return {
        ...view,
        buttons: [
          [
            { label: yes, does: answer('yes'), style: 'primary' },
            { label: scene.say('chat:cancel'), does: 'cancel' },
          ],
          ...(view.buttons ?? []),
        ],
      };
    },
  };
}
