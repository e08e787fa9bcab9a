import { z } from 'zod';
import type { Notice } from './notice.ts';

const whole = z.number().int().nonnegative();
const params = z.object({
  approval: whole,
  kind: z.enum(['credit', 'refund']),
  amountMinor: whole,
  member: z.string(),
  limit: z.enum(['entryMinor', 'memberDay', 'staffDay', 'refundDayMinor']),
  allowed: whole,
  used: whole,
  wanted: whole,
  expiresAt: z.string(),
  name: z.string().nullish(),
});

/** To owners: somebody wants to do what they may not do alone. One press decides. */
export const approvalAsked: Notice = {
  name: 'approval-asked',
  render(given, say) {
    const { approval, kind, amountMinor, member, limit, allowed, used, wanted, expiresAt, name } = params.parse(given);
    return {
      title: name ? say('control:approval.title', { name }) : say('control:approval.nameless'),
      body: [
        say(`control:approval.${kind}`, { amount: amountMinor }),
        say(`control:over.${limit}`, { allowed, reached: used + wanted }),
      ].join('\n'),
      facts: [[say('control:approval.card'), `${member.slice(0, 4)}-${member.slice(4, 8)}-${member.slice(8)}`]],
      buttons: [
        [
          { label: say('control:approval.yes'), does: `approve ${approval}`, style: 'primary' },
          { label: say('control:approval.no'), does: `decline ${approval}`, style: 'danger' },
        ],
        [{ label: say('control:approval.look'), does: `member ${member}` }],
      ],
      footer: say('control:approval.until', { at: expiresAt }),
    };
  },
};
