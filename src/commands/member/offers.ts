import type { Command, Scene } from '../../chat/command.ts';
import type { Button, View } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import { type OpenOffer, openOffers } from '../../program/campaigns/open-offers.ts';
import type { Written } from '../../program/templates/message.ts';
import { button } from '../buttons.ts';
import { offerMessage } from './offer-message.ts';

/** As many as can be looked over; the ones that end first. */
const shown = 6;

type Shown = { offer: OpenOffer; message: Written };

const given = ({ message }: Shown): string => (message.action?.kind === 'claim' ? message.action.offer : '');

/** What the message is called: its title, or how it begins. */
const headline = ({ message: { text } }: Shown): string => text.title ?? (text.body.split('\n')[0] ?? '').slice(0, 80);

function take(one: Shown, { say }: Scene): Button {
  const label =
    (one.message.action?.kind === 'claim' && one.message.action.label) || say('templates:button.take', { offer: given(one) });
  return { label, does: `offer take ${one.offer.delivery}`, style: 'primary' };
}

const until = ({ offer }: Shown, { say }: Scene): string =>
  offer.endsAt ? say('offers:until', { at: offer.endsAt }) : say('offers:no_end');

/** One offer says everything it has to say; of several, what each is and until when. */
function offersView(all: readonly Shown[], scene: Scene): Pick<View, 'title' | 'body' | 'facts'> {
  const [only] = all;
  if (only && all.length === 1) {
    const { title = scene.say(commandKey('offers', 'title')), body } = only.message.text;
    return { title, body, facts: [[given(only), until(only, scene)]] };
  }
  const facts = all.map((one) => [headline(one), [given(one), until(one, scene)].filter(Boolean).join(' · ')] as const);
  return { title: scene.say(commandKey('offers', 'title')), facts };
}

/** What is open for somebody: what the shop offered them and they have not taken. */
export const offers: Command = {
  name: 'offers',
  for: 'member',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say, who } = scene;
    if (!who.member) throw new Error('offers runs for members');
    const open = await openOffers(ctx.db, who.member.id, ctx.now, shown);
    const all: Shown[] = [];
    for (const offer of open) {
      const message = await offerMessage(ctx, offer, scene);
      if (message) all.push({ offer, message });
    }
    const ways = [button(scene, 'coupons'), button(scene, 'rewards')];
    if (all.length === 0) return { body: say('offers:none'), buttons: [ways, [button(scene, 'settings')]], show: 'privately' };
    return { ...offersView(all, scene), buttons: [...all.map((one) => [take(one, scene)]), ways], show: 'privately' };
  },
};
