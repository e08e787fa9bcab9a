import { z } from 'zod';
import type { Notice } from './notice.ts';

const params = z.object({ role: z.enum(['staff', 'owner']), name: z.string().nullish() });

/** To who invited: somebody has accepted. `person` among the delivery's params is who; their `name` is added when it is sent. */
export const teamJoined: Notice = {
  name: 'team-joined',
  render(given, say) {
    const { role, name } = params.parse(given);
    return {
      title: name ? say('notices:team_joined.title', { name }) : say('notices:team_joined.nameless'),
      body: say(`notices:team_joined.${role}`),
      buttons: [[{ label: say('notices:button.team'), does: 'team' }]],
    };
  },
};
