import type { Command } from '../../chat/command.ts';
import { qrPng } from '../../pictures/qr.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';

/** The QR for the counter: whoever scans it is greeted by the bot. */
export const poster: Command = {
  name: 'poster',
  for: 'owner',
  reads: true,
  run: async (_ctx, _answers, scene) => {
    const { say, shop } = scene;
    const link = scene.link('counter');
    if (!link) throw new Refusal('poster.no_link');
    return {
      title: say('owner:poster.title', { shop: shop.name }),
      body: `${say('owner:poster.body')}\n\n${link}`,
      image: { png: qrPng(link, 16), alt: say('owner:poster.alt', { shop: shop.name }) },
      buttons: [[{ label: say('owner:invite.copy'), copy: link }, button(scene, 'team')]],
    };
  },
};
