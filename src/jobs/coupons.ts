import { expireCoupons, warnCoupons } from '../program/rewards/upkeep.ts';
import { programAt } from '../program/settings/program.ts';
import type { Chore } from './chore.ts';

const batch = 500;

/**
 * Ends coupons that are past their date and tells the owners of those that end soon, batch by batch, until nothing is left. Being run twice or late
 * does no harm.
 * @returns how many owners are told
 */
export const couponUpkeep: Chore = async ({ db, now, stopping }) => {
  while (!stopping.aborted && (await expireCoupons({ db, now }, batch)) > 0);
  const { warnDays } = (await programAt(db, now)).rules;
  let total = 0;
  while (!stopping.aborted) {
    const told = await warnCoupons({ db, now }, warnDays, batch);
    if (told === 0) break;
    total += told;
  }
  return total;
};
