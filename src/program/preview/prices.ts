import { isDeepStrictEqual } from 'node:util';
import type { Rules } from '../rules/rules.ts';

/** Whether two sets of rules could give a purchase another price, a member another level. Where they can't, nothing needs to be tried. */
export function pricesApart(one: Rules, other: Rules): boolean {
  const priced = ({ earn, bonuses, caps, discounts, tiers, pay, shops, dayStartsAt }: Rules): unknown => {
    const zones = shops.map(({ id, timeZone }) => [id, timeZone]);
    return [earn, bonuses, caps, discounts, tiers, pay?.earnOn, zones, dayStartsAt];
  };
  return !isDeepStrictEqual(priced(one), priced(other));
}
