import type { Command, Scene } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { team as readTeam } from '../../program/staff/team.ts';
import { button } from '../buttons.ts';

/** Where somebody works, when there are shops to choose from and an owner has chosen. */
function placeOf(ids: readonly string[], { say, program }: Pick<Scene, 'say' | 'program'>): string[] {
  const names = program.rules.shops.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  return names.length > 0 && program.rules.shops.length > 1 ? [say('control:team_shop.at', { shops: names.join(', ') })] : [];
}

/** Who works here, with which role, and the invitations still open. */
export const team: Command = {
  name: 'team',
  for: 'owner',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say } = scene;
    const { people, invitations } = await readTeam(ctx);
    return {
      title: say(commandKey('team', 'title')),
      facts: [
        ...people.map(
          (one) =>
            [
              one.name,
              [
                say('owner:team.since', { role: say(`owner:role.${one.role}`), at: one.since }),
                ...placeOf(one.shops, scene),
              ].join(', '),
            ] as const,
        ),
        ...invitations.map(
          (one) =>
            [
              say('owner:team.invited'),
              say('owner:team.until', { role: say(`owner:role.${one.role}`), at: one.expiresAt }),
            ] as const,
        ),
      ],
      buttons: [
        [button(scene, 'team invite'), button(scene, 'team remove')],
        [
          button(scene, 'report team'),
          button(scene, 'team limit'),
          ...(scene.program.rules.shops.length > 1 ? [button(scene, 'team shop')] : []),
        ],
        ...invitations.map((one) => [{ label: say('owner:team.revoke', { at: one.expiresAt }), does: `team revoke ${one.id}` }]),
      ],
      show: 'privately',
    };
  },
};
