import type { Ask } from '../../chat/command.ts';
import { Refusal } from '../../program/refusal.ts';
import { team } from '../../program/staff/team.ts';

/** Which colleague: by name, by number, or by a button. `question` is the key of what is asked. */
export const colleague = (question: string): Ask => ({
  name: 'person',
  field: ({ say }) => ({ label: say(question) }),
  read: async (typed, ctx) => {
    const { people } = await team(ctx);
    const said = typed.normalize('NFKC').trim().toLowerCase();
    const found = people.filter((one) => String(one.personId) === said || one.name.toLowerCase() === said);
    if (found.length !== 1) throw new Refusal(found.length === 0 ? 'team.not_in_team' : 'team.same_name');
    return String(found[0]?.personId);
  },
  question: async (ctx, _answers, { say }, answer) => {
    const { people } = await team(ctx);
    return {
      body: say(question),
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
});
