import type { Command } from '../../chat/command.ts';
import type { Say } from '../../chat/words.ts';
import { Refusal } from '../../program/refusal.ts';
import { invite, type Role, revokeInvitation } from '../../program/staff/invite.ts';
import { button } from '../buttons.ts';
import { type Choice, chosen } from '../choice.ts';

const roles: readonly Role[] = ['staff', 'owner'];

const roleChoices = (say: Say): Choice[] => roles.map((value) => ({ value, label: say(`owner:role.${value}`) }));

/** A single-use link for a new colleague. */
export const teamInvite: Command = {
  name: 'team invite',
  for: 'owner',
  asks: [
    {
      name: 'role',
      field: ({ say }) => ({ label: say('owner:invite.question'), choices: roleChoices(say) }),
      read: (typed, _ctx, { say }) => {
        const role = chosen(typed, roleChoices(say));
        if (!role) throw new Refusal('team.role_unknown');
        return role;
      },
      question: (_ctx, _answers, { say }, answer) => ({
        body: say('owner:invite.question'),
        buttons: [
          roleChoices(say).map(({ value, label }) => ({ label, does: answer(value) })),
          [{ label: say('chat:cancel'), does: 'cancel' }],
        ],
      }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const { say, shop, link } = scene;
    const made = await invite(ctx, { role: answers.role as Role });
    const payload = `inv_${made.code}`;
    const url = link(payload);
    return {
      title: say('owner:invite.title'),
      body: [
        say('owner:invite.body', { shop: shop.name, role: say(`owner:role.${answers.role}`), at: made.expiresAt }),
        // The link opens one messenger; on every other one the invitation is typed.
        ...(url ? [url] : []),
        say('owner:invite.typed', { text: `start ${payload}` }),
      ].join('\n\n'),
      buttons: [
        [url ? { label: say('owner:invite.copy'), copy: url } : { label: say('owner:invite.copy'), copy: `start ${payload}` }],
        [{ label: say('owner:invite.revoke'), does: `team revoke ${made.id}` }, button(scene, 'team')],
      ],
      show: 'privately',
    };
  },
};

/** Takes an invitation back before somebody uses it. */
export const teamRevoke: Command = {
  name: 'team revoke',
  for: 'owner',
  hidden: true,
  asks: [
    {
      name: 'invitation',
      field: ({ say }) => ({ label: say('owner:team.invited') }),
      read: (typed) => {
        if (!/^\d{1,9}$/.test(typed.trim())) throw new Refusal('invitation.unknown');
        return typed.trim();
      },
      question: (_ctx, _answers, { say }) => ({ body: say('owner:team.which_invitation') }),
    },
  ],
  run: async (ctx, answers, scene) => {
    await revokeInvitation(ctx, { id: Number(answers.invitation) });
    return { body: scene.say('owner:invite.revoked'), buttons: [[button(scene, 'team')]], show: 'privately' };
  },
};
