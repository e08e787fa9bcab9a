import { type Command, may, type Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import { cardView } from './card.ts';

/** Who we are, what joining brings, and the one press that joins. */
export function greeting({ say, shop, who, program }: Scene): View {
  const gift = program.welcomePoints > 0 ? say('member:greeting.welcome', { count: program.welcomePoints }) : '';
  return {
    title: say('member:greeting.title', { shop: shop.name }),
    body: [say('member:greeting.body', { count: program.earnPoints, amount: program.earnPerMinor }), gift]
      .filter(Boolean)
      .join('\n'),
    buttons: [
      [{ label: say('chat:join'), does: 'join', style: 'primary' }],
      [
        { label: say(commandKey('language', 'title')), does: 'language' },
        { label: say(commandKey('privacy', 'title')), does: 'privacy' },
      ],
    ],
    footer: say(who.role ? 'member:greeting.staff' : 'member:greeting.footer'),
  };
}

/** The first message anybody sends, and what links and scanned cards open. */
export const start: Command = {
  name: 'start',
  for: 'anyone',
  reads: true,
  becomes: (args, arrival) => {
    const payload = args.trim();
    if (payload.startsWith('own_') || payload.startsWith('inv_')) return `accept ${payload.slice(4)}`;
    // A member's card, scanned with a phone's own camera: staff land on the credit card of that member.
    if (payload.startsWith('c_') && may(arrival, 'staff')) return `credit ${payload.slice(2)}`;
    return undefined;
  },
  run: async (_ctx, _answers, scene) => (scene.who.member ? cardView(scene, scene.who.member) : greeting(scene)),
};
