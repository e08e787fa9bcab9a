import type { Command } from '../../chat/command.ts';
import { Refusal } from '../../program/refusal.ts';
import { removeFromTeam, team } from '../../program/staff/team.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { colleague } from './colleague.ts';

/** Takes a colleague's role away; they are told. */
export const teamRemove: Command = {
  name: 'team remove',
  for: 'owner',
  asks: [
    colleague('owner:team.which'),
    confirm(async (ctx, answers, { say }) => {
      const { people } = await team(ctx);
      const leaving = people.find((one) => String(one.personId) === answers.person);
      if (!leaving) throw new Refusal('team.not_in_team');
      return {
        body: say('owner:remove.sure', { name: leaving.name, role: say(`owner:role.${leaving.role}`) }),
        yes: say('owner:remove.yes'),
      };
    }),
  ],
  run: async (ctx, answers, scene) => {
    const { say } = scene;
    const gone = await removeFromTeam(ctx, { personId: Number(answers.person) });
    return { body: say('owner:remove.done', { name: gone.name }), buttons: [[button(scene, 'team')]], show: 'privately' };
  },
};
