import type { Command, Scene } from '../../chat/command.ts';
import type { Button, View } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import { choicesOf } from '../../program/attention/choices.ts';
import { consentOf } from '../../program/attention/consent.ts';
import type { Context } from '../../program/context.ts';
import { keepDays } from '../../program/privacy/keep.ts';
import { button } from '../buttons.ts';
import { choiceLines } from './settings.ts';

/** What is kept, why, for how long and what one can do about it, with the numbers that are in force. */
function policy({ say, shop, program }: Scene): string {
  const days = keepDays(program.rules);
  const after = (count: number): string => say('privacy:after', { count });
  return [
    say('privacy:policy.what', { shop: shop.name }),
    say('privacy:policy.why'),
    say('privacy:policy.long', {
      events: after(days.events),
      messages: after(days.messages),
      campaigns: after(days.campaigns),
    }),
    say('privacy:policy.rights', { shop: shop.name }),
  ].join('\n\n');
}

/** What somebody has agreed to, as it counts now. */
async function agreed(ctx: Context, personId: number, scene: Scene): Promise<NonNullable<View['facts']>> {
  const { say } = scene;
  const consent = await consentOf(ctx, personId);
  return [
    ...(consent
      ? [
          [
            say('member:privacy.offers'),
            say(consent.granted ? 'member:privacy.granted' : 'member:privacy.refused', { at: consent.at }),
          ] as const,
        ]
      : []),
    ...choiceLines(await choicesOf(ctx, personId), scene, ctx.now),
  ];
}

/** What is kept about a person, why, and what they have agreed to. */
export const privacy: Command = {
  name: 'privacy',
  for: 'anyone',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say, who } = scene;
    const facts = who.personId === null ? [] : await agreed(ctx, who.personId, scene);
    const consent = who.personId === null ? undefined : await consentOf(ctx, who.personId);
    const change: Button = consent?.granted
      ? { label: say('member:consent.withdraw'), does: 'consent no' }
      : { label: say('member:consent.yes'), does: 'consent yes' };
    return {
      title: say(commandKey('privacy', 'title')),
      body: policy(scene),
      facts,
      buttons: [
        ...(who.member ? [[change, button(scene, 'settings')]] : []),
        ...(who.personId === null ? [] : [[button(scene, 'export'), button(scene, 'privacy log')], [button(scene, 'erase')]]),
        [button(scene, 'help')],
      ],
      show: 'privately',
    };
  },
};
