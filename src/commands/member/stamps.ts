import type { Command, Scene } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { stampCardPicture } from '../../pictures/stamp-card.ts';
import { Refusal } from '../../program/refusal.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import type { StampCard } from '../../program/rules/rules.ts';
import { cardsOf } from '../../program/stamps/cards-of.ts';
import { button } from '../buttons.ts';

/** A text of the program in the person's language. */
export const said = ({ language, shop }: Pick<Scene, 'language' | 'shop'>, texts: Readonly<Record<string, string>>): string =>
  textIn(texts, language, shop.language);

/** What a full card gives. */
export function rewardOf(card: StampCard, scene: Scene): string {
  const reward = scene.program.rules.rewards.find(({ id }) => id === card.reward);
  return reward ? said(scene, reward.name) : card.reward;
}

/** What a stamp is given for. */
function perText({ per }: StampCard, scene: Scene): string {
  const { say, program } = scene;
  if (per.kind === 'purchase')
    return per.minimumMinor ? say('stamps:mine.purchase_from', { amount: per.minimumMinor }) : say('stamps:mine.purchase');
  const what = program.rules.categories.filter(({ id }) => per.categories.includes(id)).map(({ name }) => said(scene, name));
  return say('stamps:mine.item', { what: [...what.slice(0, 3), ...(what.length > 3 ? ['…'] : [])].join(', ') });
}

/** A member's stamp cards as a picture that fills up, and as text. */
export const stamps: Command = {
  name: 'stamps',
  for: 'member',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say, who, program } = scene;
    if (!who.member) throw new Error('stamps runs for members');
    const held = await cardsOf(ctx, who.member.id, program.rules);
    if (held.length === 0) throw new Refusal('stamps.none');
    const cards = held.map(({ card, count }) => ({ card, count, name: said(scene, card.name) }));
    const drawn = cards.map(({ card, count, name }) => ({ name, count, of: card.of }));
    return {
      title: say(commandKey('stamps', 'title')),
      body: cards
        .map(({ card, count, name }) =>
          [
            `${name}: ${say('stamps:tally', { done: Math.max(count, 0), of: card.of })}`,
            count < 0
              ? say('stamps:mine.owed', { count: -count })
              : say('stamps:mine.more', { count: Math.max(card.of - count, 1), reward: rewardOf(card, scene) }),
            // The text under a picture is short: with many cards it says how far each is.
            ...(cards.length > 3 ? [] : [perText(card, scene)]),
          ].join('\n'),
        )
        .join('\n\n'),
      image: {
        png: stampCardPicture(drawn),
        alt: say('stamps:mine.alt', {
          cards: drawn
            .map(({ name, count, of }) => `${name} ${say('stamps:tally', { done: Math.max(count, 0), of })}`)
            .join(', '),
        }),
      },
      buttons: [[button(scene, 'card'), button(scene, 'balance')]],
      show: 'privately',
    };
  },
};
