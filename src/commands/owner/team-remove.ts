import type { Command } from '../../chat/command.ts';
import { Refusal } from '../../program/refusal.ts';
import { removeFromTeam, team } from '../../program/staff/team.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';

/** Takes a colleague's role away; they are told. */
export const teamRemove: Command = {
  name: 'team remove',
  for: 'owner',
  asks: [
    {
      name: 'person',
      field: ({ say }) => ({ label: say('owner:team.which') }),
      read: async (typed, ctx) => {
        const { people } = await team(ctx);
        const said = typed.trim().toLowerCase();
        const found = people.filter((one) => String(one.personId) === said || one.name.toLowerCase() === said);
        if (found.length !== 1) throw new Refusal(found.length === 0 ? 'team.not_in_team' : 'team.same_name');
        return String(found[0]?.personId);
      },
      question: async (ctx, _answers, { say }, answer) => {
        const { people } = await team(ctx);
        return {
          body: say('owner:team.which'),
          buttons: [
            ...people.map((one) => [
              {
                label: say('owner:team.choice', { name: one.name, role: say(`owner:role.${one.role}`) }),
                does: answer(String(one.personId)),
              },
            ]),
            [{ label: say('chat:cancel'), does: 'cancel' }],
          ],
        };
      },
    },
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
