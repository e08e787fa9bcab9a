import type { Command } from '../../chat/command.ts';
import { join as joinProgram } from '../../program/members/join.ts';
import { consentOf } from '../../program/members/person.ts';
import { newcomer } from '../newcomer.ts';
import { cardView } from './card.ts';

/** One press: card and welcome bonus at once. The question about offers is its own, and nothing is ticked. */
export const join: Command = {
  name: 'join',
  for: 'anyone',
  hidden: true,
  run: async (ctx, _answers, scene) => {
    const { say, shop, program } = scene;
    const joined = await joinProgram(ctx, newcomer(scene), program, shop.timeZone);
    const card = cardView(scene, { code: joined.code, balance: joined.balance });
    // Asked once: who has answered is not asked again.
    if (joined.already && (await consentOf(ctx, joined.personId))) return card;
    return {
      ...card,
      title: say('member:joined.title', { name: scene.name }),
      body: [
        program.welcomePoints > 0 ? say('member:joined.welcome', { count: program.welcomePoints }) : '',
        say('member:joined.how'),
        say('member:consent.question'),
      ]
        .filter(Boolean)
        .join('\n\n'),
      buttons: [
        [
          { label: say('member:consent.yes'), does: 'consent yes' },
          { label: say('member:consent.no'), does: 'consent no' },
        ],
        ...(card.buttons ?? []),
      ],
    };
  },
};
