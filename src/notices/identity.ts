import { z } from 'zod';
import type { Notice } from './notice.ts';

const balance = z.number().int().nonnegative();
const card = (label: string) => [[{ label, does: 'card' }]];

/** To the chat where a code was made: it was used, and there is another chat now. */
const linkedParams = z.object({ channel: z.string(), joined: z.boolean(), balance });
export const identityLinked: Notice = {
  name: 'identity-linked',
  render(given, say) {
    const params = linkedParams.parse(given);
    return {
      title: say('identity:notice.linked', { channel: channelName(params.channel) }),
      body: [params.joined ? say('identity:notice.joined') : '', say('identity:notice.not_you')].filter(Boolean).join('\n'),
      facts: [[say('notices:fact.balance'), say('notices:fact.points', { count: params.balance })]],
      buttons: card(say('identity:notice.card')),
    };
  },
};

/** To owners: somebody who works here can do so from another messenger too. */
const staffParams = z.object({ channel: z.string(), name: z.string().nullish() });
export const identityStaffLinked: Notice = {
  name: 'identity-staff-linked',
  render(given, say) {
    const { channel, name } = staffParams.parse(given);
    return {
      title: say('identity:notice.staff', { name: name ?? '—', channel: channelName(channel) }),
      body: say('identity:notice.staff_hint'),
      buttons: [[{ label: say('notices:button.team'), does: 'team' }]],
    };
  },
};

/** To owners: somebody who works here took a card on paper for their own. */
const claimedParams = z.object({ code: z.string(), points: balance, name: z.string().nullish() });
export const identityStaffClaimed: Notice = {
  name: 'identity-staff-claimed',
  render(given, say) {
    const { code, points, name } = claimedParams.parse(given);
    return {
      title: say('identity:notice.claimed', { name: name ?? '—' }),
      body: say('identity:notice.claimed_hint'),
      facts: [
        [say('staff:who.label'), `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`],
        [say('notices:fact.balance'), say('notices:fact.points', { count: points })],
      ],
      buttons: [[{ label: say('notices:button.team'), does: 'team' }]],
    };
  },
};

/** The shop made one card of two of theirs. */
const joinedParams = z.object({ points: balance, balance });
export const identityJoined: Notice = {
  name: 'identity-joined',
  render(given, say) {
    const params = joinedParams.parse(given);
    return {
      title: say('identity:notice.joined'),
      body: say('identity:link.merged', { count: params.points }),
      facts: [[say('notices:fact.balance'), say('notices:fact.points', { count: params.balance })]],
      buttons: card(say('identity:notice.card')),
    };
  },
};

/** Two cards that were made one are two again. */
const partedParams = z.object({ balance });
export const identityParted: Notice = {
  name: 'identity-parted',
  render(given, say) {
    const params = partedParams.parse(given);
    return {
      title: say('identity:notice.parted'),
      body: say('identity:notice.parted_body'),
      facts: [[say('notices:fact.balance'), say('notices:fact.points', { count: params.balance })]],
      buttons: card(say('identity:notice.card')),
    };
  },
};

/** A messenger's name as it writes itself: the channel's, with a capital. */
const channelName = (channel: string): string => channel.charAt(0).toUpperCase() + channel.slice(1);
