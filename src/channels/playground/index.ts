import { type Channel, type ChannelTools, type Hub, type Listener, Unreachable } from '../../chat/channel.ts';
import type { Address, MessageRef } from '../../chat/inbound.ts';
import type { View } from '../../chat/view.ts';
import { type Asset, readAssets } from './assets.ts';
import type { PlaygroundClock } from './clock.ts';
import { createDesk } from './events.ts';
import { checkView } from './limits.ts';
import { type Content, keptView, type Messages } from './messages.ts';
import { isPhone, names, type Offer, type Phone, type PhonePerson, phoneFor } from './phones.ts';
import { createSite } from './site.ts';
import { createBell } from './stream.ts';

/** What the playground is wired to. */
type PlaygroundOptions = {
  tools: Pick<ChannelTools, 'log'>;
  messages: Messages;
  clock: PlaygroundClock;
  /** Who stands behind the phones, as the program knows them now. */
  people(): Promise<Partial<Record<Phone, PhonePerson>>>;
  /** What there is besides points in the program in force, as the page's chips know it; none: points alone. */
  offers(): Promise<readonly Offer[]>;
  /** The one-time code that makes its user the owner, while there is none; the owner's phone offers it. */
  ownerCode?: () => Promise<string | undefined>;
  shop: { name: string; timeZone: string };
  /** Where the page is: `http://localhost:3000`. */
  origin: string;
};

const channelName = 'playground';

/**
 * A messenger inside a page: three phones, side by side, kept in the database. The listener's webhook is the whole site under `/`.
 * @throws when the page's files are missing (from `listen`)
 */
export function createPlayground(options: PlaygroundOptions): Channel {
  const { messages, clock, people, tools, origin } = options;
  const bell = createBell();

  async function show(phone: Phone, view: View, replaces?: MessageRef, key?: string): Promise<MessageRef> {
    checkView(view);
    const old = replaces && /^\d{1,15}$/.test(replaces.id) ? await messages.standing(phone, Number(replaces.id)) : undefined;
    // Said again in place, it keeps the name of the first.
    const first = old && 'view' in old.content ? (old.content.replaces ?? old.id) : undefined;
    // A card stays to be looked at; what follows stands below it.
    const stays = first !== undefined && old && 'view' in old.content && old.content.view.image && !view.image;
    const add = (content: Content, part: string) =>
      messages.append({ phone, mine: false, at: clock.now(), content, ...(key && { key: key + part }) });
    if (stays) await add({ bare: first }, '-bare');
    const place = stays ? undefined : first;
    const id = await add(keptView(view, place), '');
    bell.ring();
    return { chat: phone, id: String(place ?? id) };
  }

  async function state(): Promise<object> {
    const known = await people();
    const owner = Object.values(known).some(({ role }) => role === 'owner');
    const now = clock.now();
    now.setUTCSeconds(0, 0);
    return {
      shop: options.shop,
      names,
      people: known,
      offers: await options.offers(),
      now,
      offsetMs: clock.offsetMs(),
      ownerCode: owner ? undefined : await options.ownerCode?.(),
    };
  }

  return {
    name: channelName,
    pace: { max: 1000, perMs: 1000 },
    link: (payload) => `${origin}/#${phoneFor(payload)}=${payload}`,

    async listen(hub: Hub): Promise<Listener> {
      const assets: Map<string, Asset> = await readAssets();
      const desk = createDesk({
        channel: channelName,
        hub,
        messages,
        log: tools.log,
        now: () => clock.now(),
        people,
        ring: bell.ring,
        show,
      });
      const site = createSite({ assets, desk, messages, clock, bell, state, origin, log: tools.log });
      return {
        ready: () => true,
        webhook: { path: '/', fetch: site.fetch },
        async stop() {
          site.close();
          await desk.settle();
        },
      };
    },

    async send(to: Address, view: View, replaces?: MessageRef): Promise<MessageRef> {
      if (!isPhone(to.user)) throw new Unreachable(`there is no phone ${to.user}`);
      // A phone here has no place that always shows the card.
      if (to.home) return { chat: to.chat, id: 'home' };
      return await show(to.user, view, replaces);
    },
  };
}
