import type { Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { cardPicture } from '../../pictures/card.ts';
import { shownCode } from '../../program/codes.ts';
import { button } from '../buttons.ts';

/** The card as a picture and as text, with the points on it. */
export function cardView(scene: Scene, member: { code: string; balance: number }): View {
  const { say, shop } = scene;
  const code = shownCode(member.code);
  const link = scene.link(`c_${member.code}`) ?? member.code;
  return {
    title: shop.name,
    body: say('member:balance.points', { count: member.balance }),
    image: {
      png: cardPicture({ shop: shop.name, shownCode: code, link }),
      alt: say('member:card.alt', { shop: shop.name, code }),
    },
    facts: [[say('member:card.code'), code]],
    buttons: [
      [button(scene, 'balance'), button(scene, 'history'), button(scene, 'help')],
      ...(scene.program.rules.stamps.length > 0 ? [[button(scene, 'stamps')]] : []),
      ...(scene.program.rules.tiers ? [[button(scene, 'tier')]] : []),
    ],
    footer: say('member:card.hint'),
    show: 'privately',
  };
}

export const card: Command = {
  name: 'card',
  for: 'member',
  reads: true,
  run: async (_ctx, _answers, scene) => {
    if (!scene.who.member) throw new Error('card runs for members');
    return cardView(scene, scene.who.member);
  },
};
