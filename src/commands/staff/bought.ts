import type { Ask, Scene } from '../../chat/command.ts';
import { parseBought, writtenBought } from '../../program/pricing/bought.ts';
import type { Item } from '../../program/pricing/purchase.ts';

const spoken = ({ shop, language }: Scene) => ({ currency: shop.currency, language, otherwise: shop.language });

/** What an answer says was bought; nothing without one. */
export const boughtIn = (answer: string | undefined, scene: Scene): Item[] =>
  answer ? parseBought(answer, scene.program.rules.categories, spoken(scene)) : [];

/** What was bought, of the program's categories: `coffee 2, cake`. Not asked for where the program has none. */
export const bought: Ask = {
  name: 'bought',
  optional: true,
  takes: /^.*/,
  field: ({ say, program }) => {
    const [first] = program.rules.categories;
    return first && { label: say('staff:bought.label'), hint: say('staff:bought.hint', { example: `${first.id} 2` }) };
  },
  read: (typed, _ctx, scene) => (typed.trim() === '' ? '' : writtenBought(boughtIn(typed, scene), scene.shop.currency)),
  question: (_ctx, _answers, { say }) => ({ body: say('staff:bought.label') }),
};
