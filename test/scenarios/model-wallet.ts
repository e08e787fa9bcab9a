import { Temporal } from 'temporal-polyfill';
import type { Rules } from '../../src/program/rules/rules.ts';
import type { Fraction } from './fraction.ts';
import { type ModelSale, wall } from './model-price.ts';

export type Lot = { left: number; given: number; end: number | null; renews: number | null; receipt: string | null };
export type Taken = { points: number; end: number | null; renews: number | null; receipt: string | null };
export type Sale = ModelSale & {
  billMinor: number;
  paidPoints: Taken[];
  pointsMinor: number;
  refundedMinor: number;
  given: number;
  back: number;
  taken: number;
  expired: number;
  returned: number;
  room: Fraction | null;
  carries: boolean;
  rule: string;
  bonuses: string[];
  pending: { left: number; at: number; end: number | null; renews: number | null } | null;
  released: number | null;
  stamps: Record<string, number>;
};
export type Coupon = {
  reward: string;
  state: 'open' | 'used' | 'cancelled' | 'expired';
  paid: Taken[];
  end: number;
  card: string | null;
};
export type Person = {
  lots: Lot[];
  debt: number;
  carry: Map<string, Fraction>;
  sales: Sale[];
  coupons: Coupon[];
  stamps: Record<string, number>;
  tier: string | null;
  birthday: string | null;
};

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const never = Number.MAX_SAFE_INTEGER;

export const balanceOf = ({ lots }: Person, now: number): number =>
  sum(lots.filter((lot) => lot.end === null || lot.end > now).map(({ left }) => left));

/** The end of the day so many months later, or of its period. */
export function endOf(at: Date, { expiry, dayStartsAt }: Rules, timeZone: string): { end: number | null; renews: number | null } {
  if (expiry.policy === 'never') return { end: null, renews: null };
  let day = wall(at, timeZone, dayStartsAt).day.add({ months: expiry.months });
  const period = expiry.policy === 'months' ? expiry.end : 'day';
  if (period === 'month') day = day.with({ day: day.daysInMonth });
  if (period === 'quarter') day = day.with({ month: Math.ceil(day.month / 3) * 3, day: 1 }).with({ day: 31 });
  if (period === 'year') day = day.with({ month: 12, day: 31 });
  const end = day.add({ days: 1 }).toZonedDateTime({ timeZone: timeZone, plainTime: { hour: dayStartsAt } }).epochMilliseconds;
  return { end, renews: expiry.policy === 'inactivity' ? expiry.months : null };
}

export function expire(person: Person, now: number): void {
  for (const lot of person.lots)
    if (lot.left > 0 && lot.end !== null && lot.end <= now) {
      const sale = person.sales.find(({ receipt }) => receipt === lot.receipt);
      if (sale) sale.expired += lot.left;
      lot.left = 0;
    }
}

export function renew(person: Person, now: number, timeZone: string): void {
  for (const lot of person.lots)
    if (lot.left > 0 && lot.renews !== null) {
      const day = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate();
      const end = day.add({ months: lot.renews }).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
      lot.end = Math.max(lot.end ?? 0, end);
    }
}

/** From the lots of a receipt first, then nearest end, then oldest; what lives for ever last. */
export function take(person: Person, points: number, receipt: string | null): Taken[] {
  const order = [...person.lots].sort(
    (a, b) =>
      Number(receipt !== null && b.receipt === receipt) - Number(receipt !== null && a.receipt === receipt) ||
      (a.end ?? never) - (b.end ?? never) ||
      a.given - b.given,
  );
  const taken: Taken[] = [];
  let wanted = points;
  for (const lot of order) {
    const part = Math.min(lot.left, wanted);
    if (part === 0) continue;
    lot.left -= part;
    wanted -= part;
    taken.push({ points: part, end: lot.end, renews: lot.renews, receipt: lot.receipt });
  }
  if (wanted > 0) throw new Error(`the model has lost ${wanted} points`);
  return taken;
}

export function give(person: Person, points: number, lot: Omit<Lot, 'left'>): void {
  if (points === 0) return;
  person.lots.push({ ...lot, left: points });
  const pays = Math.min(person.debt, points);
  person.debt -= pays;
  take(person, pays, lot.receipt);
}

/** What was spent comes back, what lives longest first; what has ended meanwhile is gone. */
export function giveBack(person: Person, parts: Taken[], points: number, now: number): void {
  let wanted = points;
  for (const part of [...parts].sort((a, b) => (b.end ?? never) - (a.end ?? never))) {
    const back = Math.min(part.points, wanted);
    part.points -= back;
    wanted -= back;
    give(person, back, { given: now, end: part.end, renews: part.renews, receipt: part.receipt });
  }
  expire(person, now);
}
