import type { Command } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { consentOf } from '../../program/members/person.ts';
import { button } from '../buttons.ts';

/** What is kept about a person, why, and what they have agreed to. */
export const privacy: Command = {
  name: 'privacy',
  for: 'anyone',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say, who, shop } = scene;
    const consent = who.personId === null ? undefined : await consentOf(ctx, who.personId);
    const change = consent?.granted
      ? { label: say('member:consent.withdraw'), does: 'consent no' }
      : { label: say('member:consent.yes'), does: 'consent yes' };
    return {
      title: say(commandKey('privacy', 'title')),
      body: say('member:privacy.body', { shop: shop.name }),
      facts: consent
        ? [
            [
              say('member:privacy.offers'),
              say(consent.granted ? 'member:privacy.granted' : 'member:privacy.refused', { at: consent.at }),
            ],
          ]
        : [],
      buttons: [...(who.member ? [[change]] : []), [button(scene, 'help')]],
      show: 'privately',
    };
  },
};
