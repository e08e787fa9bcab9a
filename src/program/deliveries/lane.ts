import type { Claimed } from './claim.ts';

/** `service` (what people wait for) is always served before `campaign`. */
export type Lane = 'service' | 'campaign';

/**
 * What to do when nobody knows whether a message arrived. Of a campaign, what its owner wants (`resend`). Else a service message is sent once
 * more, with the same receipt number in it, so that a double is seen for what it is; an offer rather not at all than twice.
 */
export function afterDoubt({ campaignId, lane, resend }: Pick<Claimed, 'campaignId' | 'lane' | 'resend'>): 'again' | 'leave' {
  return (campaignId === null ? lane === 'service' : resend) ? 'again' : 'leave';
}

/** The same, as a condition on a row of `delivery`. */
export const sentAgain = "CASE WHEN campaign_id IS NULL THEN lane = 'service' ELSE resend END";

/** After so many sends with an unknown end it stays unknown: every one of them may have arrived. */
export const doubtsMax = 3;
