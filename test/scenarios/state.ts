import { Temporal } from 'temporal-polyfill';
import type { Engine } from './engine.ts';
import type { Model } from './model.ts';
import { balanceOf } from './model-wallet.ts';

/** What a scenario can say of somebody. Lots as `13 until 2027-03-31` (the last day) or `13`; what is nothing is left out. */
export type State = {
  balance: number;
  lots?: string[];
  owes?: number;
  waiting?: number;
  carried?: string;
  tier?: string;
  stamps?: Record<string, number>;
  coupons?: string[];
};

const dayOf = (end: number, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(end - 1)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();

function lotsOf(lots: readonly { left: number; end: number | null }[], timeZone: string): string[] {
  const byDay = new Map<string, number>();
  for (const { left, end } of lots.toSorted((a, b) => (a.end ?? Number.MAX_SAFE_INTEGER) - (b.end ?? Number.MAX_SAFE_INTEGER))) {
    const day = end === null ? '' : ` until ${dayOf(end, timeZone)}`;
    if (left > 0) byDay.set(day, (byDay.get(day) ?? 0) + left);
  }
  return [...byDay].map(([day, left]) => `${left}${day}`);
}

/** A part of a point as the money's share of it: `0.40`, none when there is nothing. */
const partOf = (top: bigint, bottom: bigint): string => (Number((top * 10_000n) / bottom) / 10_000).toFixed(2);

function tidy(state: Required<State>): State {
  const stamps = Object.fromEntries(Object.entries(state.stamps).filter(([, count]) => count !== 0));
  return {
    balance: state.balance,
    ...(state.lots.length > 0 ? { lots: state.lots } : {}),
    ...(state.owes ? { owes: state.owes } : {}),
    ...(state.waiting ? { waiting: state.waiting } : {}),
    ...(Number(state.carried) === 0 ? {} : { carried: state.carried }),
    ...(state.tier ? { tier: state.tier } : {}),
    ...(Object.keys(stamps).length > 0 ? { stamps } : {}),
    ...(state.coupons.length > 0 ? { coupons: state.coupons.toSorted() } : {}),
  };
}

/** What the model says of somebody. */
export function modelState(model: Model, name: string, now: Date): State {
  const person = model.person(name);
  const alive = person.lots.filter(({ end }) => end === null || end > now.getTime());
  const carried = [...person.carry.values()][0];
  return tidy({
    balance: balanceOf(person, now.getTime()),
    lots: lotsOf(alive, model.timeZone),
    owes: person.debt,
    waiting: person.sales.reduce((sum, { pending }) => sum + (pending?.left ?? 0), 0),
    carried: carried ? partOf(carried.top, carried.bottom) : '0',
    tier: person.tier ?? '',
    stamps: person.stamps,
    coupons: person.coupons.map(
      ({ reward, state, end }) => `${reward} ${state === 'open' && end <= now.getTime() ? 'expired' : state}`,
    ),
  });
}

/** What the engine's database holds of somebody. */
export async function engineState({ db, cards, timeZone }: Engine, name: string, now: Date): Promise<State> {
  const memberId = cards.get(name)?.memberId ?? 0;
  const where = { memberId };
  const lots = (await db.prisma.lot.findMany({ where })).map(({ remaining, expiresAt }) => ({
    left: Number(remaining),
    end: expiresAt?.getTime() ?? null,
  }));
  const alive = lots.filter(({ end }) => end === null || end > now.getTime());
  const wallet = await db.prisma.wallet.findUniqueOrThrow({ where });
  const waiting = await db.prisma.pending.findMany({ where: { ...where, releasedAt: null } });
  const [carry] = await db.prisma.carry.findMany({ where });
  const standing = await db.prisma.standing.findUnique({ where });
  const stamps = await db.prisma.stamp.groupBy({ by: ['card'], where, _sum: { delta: true } });
  const coupons = await db.prisma.coupon.findMany({ where });
  return tidy({
    balance: alive.reduce((sum, { left }) => sum + left, 0),
    lots: lotsOf(alive, timeZone),
    owes: Number(wallet.debt),
    waiting: waiting.reduce((sum, { left }) => sum + Number(left), 0),
    carried: carry ? partOf(carry.numerator, carry.denominator) : '0',
    tier: standing?.tier ?? '',
    stamps: Object.fromEntries(stamps.map(({ card, _sum }) => [card, Number(_sum.delta)])),
    coupons: coupons.map(({ reward, usedAt, cancelledAt, expiresAt }) => {
      const state = usedAt ? 'used' : cancelledAt ? 'cancelled' : expiresAt <= now ? 'expired' : 'open';
      return `${reward} ${state}`;
    }),
  });
}
