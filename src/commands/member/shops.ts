import type { Command, Scene } from '../../chat/command.ts';
import type { Store } from '../../program/rules/rules.ts';
import { openingAt } from '../../program/shops/opening.ts';
import { button } from '../buttons.ts';

/** A clock time of a shop as the person's language writes it. It is the shop's own, so it has no time zone here. */
const clock = (time: string, language: string): string =>
  new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: 'UTC' }).format(new Date(`2000-01-01T${time}:00Z`));

const weekday = (date: string, language: string): string =>
  new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));

/** Whether a shop is open now and until when, or when it opens; empty when it has not said. */
function hoursText(store: Store, now: Date, { say, language, shop }: Scene): string {
  const opening = openingAt(store, now, shop.timeZone);
  if (!opening) return '';
  if (opening.open) return say('control:hours.open', { at: clock(opening.until, language) });
  if (!('from' in opening)) return say('control:hours.closed');
  const at = clock(opening.from, language);
  if (opening.days === 0) return say('control:hours.today', { at });
  return opening.days === 1
    ? say('control:hours.tomorrow', { at })
    : say('control:hours.later', { day: weekday(opening.date, language), at });
}

/** Where to find us, and when. */
export const shops: Command = {
  name: 'shops',
  for: 'anyone',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say, program, shop, who } = scene;
    const stores = program.rules.shops;
    const next = who.member ? button(scene, 'card') : { label: say('chat:join'), does: 'join', style: 'primary' as const };
    return {
      title: say('control:shops.title', { shop: shop.name }),
      ...(stores.length === 0 ? { body: say('control:shops.none') } : {}),
      facts: stores.map(
        (store) =>
          [
            store.name,
            [store.address, hoursText(store, ctx.now, scene)].filter(Boolean).join('\n') || say('control:shops.here'),
          ] as const,
      ),
      buttons: [[next, button(scene, 'help')]],
    };
  },
};
