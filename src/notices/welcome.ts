import type { Notice } from './notice.ts';

/** To who has just joined: the one question about offers. It is apart from joining, once per person, and nothing is ticked. */
export const welcome: Notice = {
  name: 'welcome',
  render: (_params, say) => ({
    title: say('notices:welcome.title'),
    body: say('member:consent.question'),
    buttons: [
      [
        { label: say('member:consent.yes'), does: 'consent yes' },
        { label: say('member:consent.no'), does: 'consent no' },
      ],
    ],
  }),
};
