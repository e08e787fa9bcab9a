import { finishCampaigns } from '../program/campaigns/finish-campaigns.ts';
import { pickWinners } from '../program/campaigns/pick-winners.ts';
import { planCampaigns } from '../program/campaigns/plan-campaigns.ts';
import { watchProgress } from '../program/campaigns/watch-progress.ts';
import { expireApprovals } from '../program/control/approvals.ts';
import { offerSeats } from '../program/gifts/events.ts';
import { planJourneys } from '../program/journeys/plan-journeys.ts';
import { giveBirthdays } from '../program/members/birthday-gifts.ts';
import { expirePayments } from '../program/payments/expire-payments.ts';
import { scoreRfm } from '../program/segments/rfm.ts';
import type { Chore } from './chore.ts';
import { couponUpkeep } from './coupons.ts';
import { expireAll } from './expiry.ts';
import { releaseDue, tierUpkeep } from './tiers.ts';
import type { Tuning } from './tuning.ts';

/** Does a batch again and again until one finds nothing more. */
const untilNone =
  (work: (moment: Omit<Parameters<Chore>[0], 'stopping'>) => Promise<number>): Chore =>
  async ({ stopping, ...moment }) => {
    let total = 0;
    for (let done = -1; done !== 0 && !stopping.aborted; total += done) done = await work(moment);
    return total;
  };

/** Chores by the queue's name for them, each list done in its order: what people wait for first, what takes long last. */
export const chores: Readonly<Record<string, { every: keyof Tuning; list: readonly Chore[] }>> = {
  expire: {
    every: 'expireEveryMs',
    list: [untilNone(expirePayments), untilNone(expireApprovals), untilNone(releaseDue), offerSeats, expireAll, tierUpkeep],
  },
  warn: { every: 'warnEveryMs', list: [untilNone(giveBirthdays), scoreRfm, planJourneys, couponUpkeep] },
  campaigns: { every: 'campaignsEveryMs', list: [pickWinners, planCampaigns, finishCampaigns, watchProgress] },
};

/** Does a list of chores. One that fails does not stop the others; its error is thrown at the end. */
export async function doChores(list: readonly Chore[], moment: Parameters<Chore>[0]): Promise<number> {
  let total = 0;
  const failed: unknown[] = [];
  for (const chore of list) {
    if (moment.stopping.aborted) break;
    try {
      total += await chore(moment);
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw failed[0];
  return total;
}
