import type { Command } from '../../chat/command.ts';
import { join as joinProgram } from '../../program/members/join.ts';
import { newcomer } from '../newcomer.ts';
import { cardView } from './card.ts';

/** One press: card and welcome bonus at once. The question about offers comes apart, as a message of its own. */
export const join: Command = {
  name: 'join',
  for: 'anyone',
  hidden: true,
  run: async (ctx, _answers, scene) => {
    const { say, shop, program } = scene;
    const joined = await joinProgram(ctx, newcomer(scene), program, shop.timeZone);
    const card = cardView(scene, { code: joined.code, balance: joined.balance });
    if (joined.already) return card;
    const gift = program.rules.welcome > 0 ? say('member:joined.welcome', { count: program.rules.welcome }) : '';
    const body = [gift, say('member:joined.how')].filter(Boolean).join('\n\n');
    return { ...card, title: say('member:joined.title', { name: scene.name }), body };
  },
};
