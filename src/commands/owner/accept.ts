import type { Command } from '../../chat/command.ts';
import { Refusal } from '../../program/refusal.ts';
import { acceptInvitation } from '../../program/staff/accept.ts';
import { button } from '../buttons.ts';
import { newcomer } from '../newcomer.ts';

/** Uses an invitation or the owner's one-time code, in a private chat only: others would see the code. */
export const accept: Command = {
  name: 'accept',
  for: 'anyone',
  hidden: true,
  asks: [
    {
      name: 'code',
      field: ({ say }) => ({ label: say('owner:accept.label') }),
      read: (typed) => typed.trim().slice(0, 40),
      question: (_ctx, _answers, { say }) => ({
        body: say('owner:accept.question'),
        buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
      }),
    },
  ],
  run: async (ctx, answers, scene) => {
    if (scene.place === 'group') throw new Refusal('invitation.private_only');
    const { say, shop } = scene;
    const { role } = await acceptInvitation(ctx, newcomer(scene), answers.code ?? '');
    return {
      title: say(`owner:accept.${role}.title`, { shop: shop.name }),
      body: say(`owner:accept.${role}.body`),
      buttons: [
        role === 'owner'
          ? [button(scene, 'program'), button(scene, 'team invite')]
          : [button(scene, 'credit'), button(scene, 'help')],
      ],
      show: 'privately',
    };
  },
};
