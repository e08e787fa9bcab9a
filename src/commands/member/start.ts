import { type Command, may, type Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import { cardView } from './card.ts';

/** Who we are, what joining brings, and the one press that joins. */
export function greeting({ say, shop, who, program }: Scene): View {
  const { welcome, earn } = program.rules;
  const gift = welcome > 0 ? say('member:greeting.welcome', { count: welcome }) : '';
  const money = earn.find((rule) => rule.kind === 'money');
  return {
    title: say('member:greeting.title', { shop: shop.name }),
    body: [money ? say('member:greeting.body', { count: money.points, amount: money.perMinor }) : '', gift]
      .filter(Boolean)
      .join('\n'),
    buttons: [
      [
        program.rules.joining === 'invited' && !who.role
          ? { label: say('identity:invited.code'), does: 'link take', style: 'primary' }
          : { label: say('chat:join'), does: 'join', style: 'primary' },
      ],
      [
        { label: say(commandKey('language', 'title')), does: 'language' },
        { label: say(commandKey('privacy', 'title')), does: 'privacy' },
      ],
    ],
    footer: say(
      who.role
        ? 'member:greeting.staff'
        : program.rules.joining === 'invited'
          ? 'identity:invited.body'
          : 'member:greeting.footer',
    ),
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
    // A coupon: staff take it, its owner sees it.
    if (payload.startsWith('u_') && may(arrival, 'staff')) return `use ${payload.slice(2)}`;
    if (payload.startsWith('u_') && may(arrival, 'member')) return `coupons ${payload.slice(2)}`;
    // A paper card is served by staff; whoever else scans it takes it into their chat. A code of another messenger is shorter.
    if (/^k_[0-9A-Za-z]{12}$/.test(payload) && may(arrival, 'staff')) return `credit ${payload}`;
    if (payload.startsWith('k_')) return `link ${payload.slice(2)}`;
    // A printed code, or a gift card that somebody gave away.
    if (/^[pg]_/.test(payload)) return `claim ${payload.slice(2)}`;
    return undefined;
  },
  run: async (_ctx, _answers, scene) => (scene.who.member ? cardView(scene, scene.who.member) : greeting(scene)),
};
