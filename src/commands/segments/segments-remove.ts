import type { Command } from '../../chat/command.ts';
import { removeSegment, savedNamed } from '../../program/segments/saved.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { which } from './segments-change.ts';

/** Takes a saved segment away. */
export const segmentsRemove: Command = {
  name: 'segments remove',
  for: 'owner',
  asks: [
    which,
    confirm(async ({ db }, answers, { say }) => {
      const { name } = await savedNamed(db, answers.segment ?? '');
      return { body: say('segments:remove.sure', { name }), yes: say('segments:remove.yes') };
    }),
  ],
  run: async (ctx, answers, scene) => {
    const { name } = await removeSegment(ctx, { name: answers.segment ?? '' });
    return { body: scene.say('segments:remove.done', { name }), buttons: [[button(scene, 'segments')]], show: 'privately' };
  },
};
