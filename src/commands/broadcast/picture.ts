import { noPicture, pictureAsk } from '../picture-ask.ts';
import type { Part } from './part.ts';

const ask = pictureAsk('picture', ({ say }) => ({ body: say('broadcast:ask.picture') }));

/** The picture above the words. */
export const picturePart: Part = {
  name: 'picture',
  text: ({ scene }) => scene.say('broadcast:ask.picture'),
  choices: ({ scene }) => [{ value: noPicture, label: scene.say('offers:picture.none') }],
  read: (typed, { ctx, scene }) => ask.read(typed, ctx, scene, {}),
  change: (hash) => ({ picture: hash === noPicture ? null : hash }),
};
