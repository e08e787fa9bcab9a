import { contactOf } from '../../program/attention/contact.ts';
import type { Rules } from '../../program/rules/rules.ts';
import type { Reader } from './wording.ts';

/** How the program speaks to people unasked, where its rules say so: how often and when; and for owners, who must agree and what is kept. */
export function contactText(rules: Rules, { say }: Reader, audience: 'owner' | 'anyone'): string[] {
  if (!rules.contact) return [];
  const { perWeek, quiet, approveAbove, keep } = contactOf(rules);
  const above = [
    ...(approveAbove.coupons === undefined ? [] : [say('attention:coupons', { count: approveAbove.coupons })]),
    ...(approveAbove.points === undefined ? [] : [say('attention:points', { count: approveAbove.points })]),
    ...(approveAbove.minor === undefined ? [] : [say('attention:worth', { amount: approveAbove.minor })]),
  ];
  return [
    perWeek === 0 ? say('attention:no_offers') : say('attention:per_week', { count: perWeek }),
    quiet.from === quiet.until ? say('attention:no_quiet') : say('attention:quiet', quiet),
    ...(audience === 'owner' && above.length > 0 ? [say('attention:approve', { above: above.join(', ') })] : []),
    ...(audience === 'owner'
      ? [
          say('attention:keep_messages', { count: keep.messagesDays }),
          say('attention:keep_campaigns', { count: keep.campaignsDays }),
        ]
      : []),
  ];
}
