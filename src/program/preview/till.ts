import { type LocalTime, localTime } from '../calendar.ts';
import { discountFor } from '../pricing/discount.ts';
import { price } from '../pricing/price.ts';
import type { MemberFacts, Priced } from '../pricing/purchase.ts';
import { zoneOf } from '../pricing/sale-terms.ts';
import type { Rules } from '../rules/rules.ts';
import type { Past, PastSale } from './past-sale.ts';

/** What came of a sale under some rules. */
export type Rung = { points: number; discountMinor: number };

/** A till that rings up the sales of one member, in their order, by some rules. Keeps what the next sale depends on. */
export type Till = (sale: PastSale) => Rung;

/** Tells the local time of sales by the clock that rules go by. */
export type Clock = (rules: Rules, sale: PastSale) => LocalTime;

const dayMs = 86_400_000;

/** A clock for tills that ring up the same sales by different rules: mostly both go by the same clock, and it is read once. */
export function openClock(timeZone: string): Clock {
  let [atMs, zone, hour] = [Number.NaN, '', 0];
  let last: LocalTime | undefined;
  return (rules, { at, shop }) => {
    const here = zoneOf(rules, shop, timeZone);
    if (last && at.getTime() === atMs && here === zone && rules.dayStartsAt === hour) return last;
    [atMs, zone, hour] = [at.getTime(), here, rules.dayStartsAt];
    last = localTime(at, zone, hour);
    return last;
  };
}

/** What is left of a bill after what was refunded, as far as the rules give points for it. */
function pricedAs(rules: Rules, dueMinor: number, sale: PastSale, time: LocalTime): Priced {
  const amountMinor = Math.max(dueMinor - (rules.pay?.earnOn === 'bill' ? 0 : sale.paidMinor), 0);
  const gone = sale.refundedMinor === 0 ? 0 : Math.floor((amountMinor * sale.refundedMinor) / sale.amountMinor);
  return { amountMinor, leftMinor: amountMinor - gone, time, items: sale.items, shop: sale.shop };
}

/**
 * Opens a till for one member: the ledger's arithmetic (carry, caps, one rounding) without the ledger. `tier`: where the member stands under
 * these rules; without it, where they stood. Facts are counted from the sales themselves, since a sale keeps only what its own rules asked for.
 */
export function openTill(rules: Rules, clock: Clock, past: Past, tier: string | null | undefined): Till {
  const { caps } = rules;
  const limited = rules.bonuses.flatMap(({ id, timesPerMember }) => (timesPerMember === undefined ? [] : [id]));
  const windows = rules.discounts.flatMap(({ withinDays }) => withinDays ?? []);
  const used = { ...past.used };
  const times = windows.length > 0 ? [...past.times] : [];
  let { purchases, points: total } = past;
  let day = { name: '', points: 0 };
  const carries = new Map<string, { value: bigint; per: bigint }>();

  const factsAt = (sale: PastSale): MemberFacts => {
    const within: Record<string, number> = {};
    for (const days of windows) within[days] = times.filter((time) => time > sale.at.getTime() - days * dayMs).length;
    return { purchases, within, used, tier: tier === undefined ? sale.tier : tier, birthday: sale.birthday };
  };

  const roomOn = (name: string): number => {
    if (day.name !== name) day = { name, points: 0 };
    const left = [
      caps.purchase,
      caps.day === undefined ? undefined : caps.day - day.points,
      caps.member === undefined ? undefined : caps.member - total,
    ];
    return Math.max(Math.min(...left.flatMap((one) => one ?? [])), 0);
  };
  const capped = caps.purchase !== undefined || caps.day !== undefined || caps.member !== undefined;

  /** Points of a worth with what was carried, rounded once; what is left over is carried on. */
  const rounded = (worth: bigint, per: bigint, rule: string, carry: boolean, sale: PastSale): number => {
    if (!carry) return Number(worth / per);
    const before = carries.get(rule) ?? sale.carried;
    const sum = worth + (before.per === per ? before.value : (before.value * per) / before.per);
    const points = sum > 0n ? sum / per : 0n;
    carries.set(rule, { value: sum - points * per, per });
    return Number(points);
  };

  return (sale) => {
    const facts = factsAt(sale);
    const off = discountFor(rules, sale.billMinor, sale.shop, facts);
    const time = clock(rules, sale);
    const worth = price(rules, pricedAs(rules, sale.billMinor - (off?.minor ?? 0), sale, time), facts);
    let { value } = worth;
    if (capped) {
      const most = BigInt(roomOn(time.day)) * worth.per;
      if (value > most) value = most;
    }
    const points = rounded(value, worth.per, worth.rule, worth.carry, sale);
    for (const id of limited) if (worth.parts.some(({ rule }) => rule === id)) used[id] = (used[id] ?? 0) + 1;
    if (windows.length > 0) times.push(sale.at.getTime());
    purchases += 1;
    total += points;
    day.points += points;
    return { points, discountMinor: off?.minor ?? 0 };
  };
}
