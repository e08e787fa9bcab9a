import type { Command, Scene } from '../../chat/command.ts';
import { Refusal } from '../../program/refusal.ts';
import { invite, type Role, revokeInvitation } from '../../program/staff/invite.ts';
import { button } from '../buttons.ts';
import { type Choice, chosen } from '../choice.ts';

const roles: readonly Role[] = ['staff', 'owner'];

/** A role, and where there are several shops also staff of one of them: `staff old-town`. */
const roleChoices = ({ say, program }: Pick<Scene, 'say' | 'program'>): Choice[] => {
  const { shops } = program.rules;
  return [
    ...roles.map((value) => ({ value, label: say(`owner:role.${value}`) })),
    ...(shops.length < 2
      ? []
      : shops.map(({ id, name }) => ({
          value: `staff ${id}`,
          label: say('owner:team.choice', { name, role: say('owner:role.staff') }),
        }))),
  ];
};

const inRows = <Each>(all: readonly Each[], size: number): Each[][] =>
  all.length === 0 ? [] : [all.slice(0, size), ...inRows(all.slice(size), size)];

/** A single-use link for a new colleague; where there are several shops, for one of them. */
export const teamInvite: Command = {
  name: 'team invite',
  for: 'owner',
  asks: [
    {
      name: 'role',
      field: (scene) => ({ label: scene.say('owner:invite.question'), choices: roleChoices(scene) }),
      read: (typed, _ctx, scene) => {
        const role = chosen(typed, roleChoices(scene));
        if (!role) throw new Refusal('team.role_unknown');
        return role;
      },
      question: (_ctx, _answers, scene, answer) => ({
        body: scene.say('owner:invite.question'),
        buttons: [
          ...inRows(
            roleChoices(scene).map(({ value, label }) => ({ label, does: answer(value) })),
            roles.length,
          ),
          [{ label: scene.say('chat:cancel'), does: 'cancel' }],
        ],
      }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const { say, shop, link, program } = scene;
    const [role = 'staff', shopId] = (answers.role ?? '').split(' ');
    const made = await invite(ctx, { role: role as Role, ...(shopId === undefined ? {} : { shop: shopId }) });
    const place = program.rules.shops.find(({ id }) => id === shopId)?.name;
    const payload = `inv_${made.code}`;
    const url = link(payload);
    return {
      title: [say('owner:invite.title'), ...(place ? [place] : [])].join(' · '),
      body: [
        say('owner:invite.body', { shop: shop.name, role: say(`owner:role.${role}`), at: made.expiresAt }),
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
