import type { Notice } from './notice.ts';

/** To who no longer works here. */
export const teamRemoved: Notice = {
  name: 'team-removed',
  render(_params, say) {
    return {
      title: say('notices:team_removed.title'),
      body: say('notices:team_removed.body'),
      buttons: [[{ label: say('notices:button.help'), does: 'help' }]],
    };
  },
};
