import type { Ask } from '../../chat/command.ts';
import { refusalText } from '../../chat/form.ts';
import { Refusal } from '../../program/refusal.ts';

/**
 * The same question, which says why it can't be asked any more instead of refusing: a broadcast may be started or thrown away by another owner while
 * somebody is being asked, and a question is asked again above what was wrong with an answer.
 */
export const gentle = (ask: Ask): Ask => ({
  ...ask,
  question: async (ctx, answers, scene, answer) => {
    try {
      return await ask.question(ctx, answers, scene, answer);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const [id] = (answers.which ?? '').split('.');
      const does = id ? `/broadcast ${id}` : '/broadcast';
      return { body: refusalText(error, scene), buttons: [[{ label: scene.say('broadcast:back'), does }]], show: 'privately' };
    }
  },
});
