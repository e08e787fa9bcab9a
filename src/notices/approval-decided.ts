import { z } from 'zod';
import type { Notice } from './notice.ts';

const whole = z.number().int().nonnegative();
const params = z.object({
  decision: z.enum(['approved', 'declined', 'expired']),
  kind: z.enum(['credit', 'refund']),
  amountMinor: whole,
  points: whole,
  member: z.string(),
  name: z.string().nullish(),
});

/** To who asked: what an owner decided, or that nobody did in time. `person` among the delivery's params is the owner. */
export const approvalDecided: Notice = {
  name: 'approval-decided',
  render(given, say) {
    const { decision, kind, amountMinor, points, member, name } = params.parse(given);
    const what = { count: points, amount: amountMinor };
    return {
      title: say(`control:decision.${decision}`),
      body: decision === 'approved' ? say(`control:done.${kind}`, what) : say(`control:not_done.${kind}`, what),
      facts: [
        [say('control:approval.card'), `${member.slice(0, 4)}-${member.slice(4, 8)}-${member.slice(8)}`],
        ...(name ? [[say('control:decision.by'), name] as const] : []),
      ],
      buttons: [[{ label: say('control:approval.look'), does: `member ${member}` }]],
    };
  },
};
