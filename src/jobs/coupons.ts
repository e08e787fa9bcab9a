import { expireCoupons } from '../program/rewards/upkeep.ts';
import type { Chore } from './chore.ts';

const batch = 500;

/**
 * Ends coupons that are past their date, batch by batch, until nothing is left. Being run twice or late does no harm.
 * @returns how many ended
 */
export const couponUpkeep: Chore = async ({ db, now, stopping }) => {
  let total = 0;
  for (let ended = -1; ended !== 0 && !stopping.aborted; total += ended) ended = await expireCoupons({ db, now }, batch);
  return total;
};
