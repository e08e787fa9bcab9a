import { afterAll, describe, expect, it } from 'vitest';
import { eventsOf, guestsOf, leaveList, offerSeats, takeSeat } from '../../../src/program/gifts/events.ts';
import { takeBackCoupon } from '../../../src/program/gifts/take-back-coupon.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { mergeMembers } from '../../../src/program/members/merge.ts';
import { cancelCoupon } from '../../../src/program/rewards/cancel-coupon.ts';
import { openCoupons } from '../../../src/program/rewards/coupons-of.ts';
import { useCoupon } from '../../../src/program/rewards/use-coupon.ts';
import { type Program, plainRules, type Reward } from '../../../src/program/rules/rules.ts';
import { publishRules } from '../../../src/program/settings/change.ts';
import { openDesk, outcomes, times } from '../../support/desk.ts';
import { contextOf, walletOf } from '../../support/ledger.ts';
import { memberWith, mug, programWith } from '../../support/rewards.ts';

const now = new Date('2026-03-01T12:00:00Z');
const { db, owner, ben, ctx, later, told } = await openDesk(now);
afterAll(() => db.close());
describe('events', () => {
  let made = 0;
  /** A program in force with one event of so many places. */
  async function planned(places: number, cost = 20, id = `night${++made}`): Promise<{ program: Program; id: string }> {
    const event = mug({ id, kind: 'event', at: later(10).toISOString(), places, cost } as Partial<Reward>);
    const program = programWith([event]);
    const startsAt = new Date(now.getTime() - 1_000 + ++made);
    await publishRules(contextOf(db, startsAt), { rules: { ...plainRules(100), welcome: 0, rewards: [event] }, startsAt });
    return { program, id };
  }
  const people = (count: number, points = 20) => Promise.all(times(count, () => memberWith(db, now, [points])));
  type Person = Awaited<ReturnType<typeof memberWith>>;
  const sit = ({ program, id }: { program: Program; id: string }, { id: memberId, actor }: Person, key?: string, at = now) => {
    const agreed = program.rules.rewards[0]?.cost ?? 0;
    return takeSeat(ctx({ actor, ...(key ? { key } : {}) }, at), { memberId, event: id, agreed }, program, 'UTC');
  };
  const ticketOf = async ({ id }: Person) => (await openCoupons(ctx(), id))[0]?.code ?? '';
  const giveBack = async (one: Person, at = now) =>
    cancelCoupon(ctx({ actor: one.actor }, at), { memberId: one.id, code: await ticketOf(one) });
  const balances = (list: Person[]) => Promise.all(list.map(async ({ id }) => (await walletOf(db, id)).balance));

  it('seat whom there are places for and list the others; a seat given back goes to the first, who pays only now', async () => {
    const night = await planned(1);
    const [a, b, c] = (await people(3)) as [Person, Person, Person];
    expect(await sit(night, a, 'seat-a')).toMatchObject({ points: 20, balance: 0 });
    expect(await sit(night, a, 'seat-a')).toMatchObject({ points: 20 });
    expect(await sit(night, b, 'seat-b')).toEqual({ place: 1 });
    expect(await sit(night, c)).toEqual({ place: 2 });
    expect(await sit(night, b, 'seat-b')).toEqual({ place: 1 });
    expect(await sit(night, b)).toEqual({ place: 1 });
    expect(await balances([a, b, c])).toEqual([0, 20, 20]);
    await giveBack(a);
    expect(await balances([a, b, c])).toEqual([20, 0, 20]);
    expect(await told(b.personId)).toContain('seat-given');
    expect(await sit(night, b, 'seat-b')).toEqual({ place: null });
    const [state] = await eventsOf(ctx(), { memberId: c.id, works: false }, night.program);
    expect(state).toMatchObject({ left: 0, waiting: 1, place: 1, tickets: [] });
    const guests = await guestsOf(ctx(), night.id, 10);
    expect(guests.map(({ state: is }) => is)).toEqual(['coming', 'waiting']);
    await useCoupon(ctx({ actor: ben }), { code: await ticketOf(b) });
    expect((await guestsOf(ctx(), night.id, 10))[0]?.state).toBe('here');
  });

  it('skip who can not pay, with a word to them', async () => {
    const night = await planned(1);
    const [a, c] = (await people(2)) as [Person, Person];
    const [poor] = (await people(1, 5)) as [Person];
    await sit(night, a);
    expect(await sit(night, poor)).toEqual({ place: 1 });
    expect(await sit(night, c)).toEqual({ place: 2 });
    await giveBack(a);
    expect(await balances([poor, c])).toEqual([5, 0]);
    expect(await told(poor.personId)).toContain('seat-missed');
    expect(await db.prisma.eventWait.findMany({ where: { reward: night.id }, orderBy: { id: 'asc' } })).toMatchObject([
      { outcome: 'skipped' },
      { outcome: 'seated' },
    ]);
  });

  it('let people leave the list, and give places that an owner adds to those who wait', async () => {
    const night = await planned(1);
    const [a, b, c, d] = (await people(4)) as [Person, Person, Person, Person];
    for (const one of [a, b, c]) await sit(night, one);
    const leave = (one: Person, key?: string) =>
      leaveList(ctx({ actor: one.actor, ...(key ? { key } : {}) }), { memberId: one.id, event: night.id });
    await leave(b, 'leave');
    await leave(b, 'leave');
    await expect(leave(b)).rejects.toMatchObject({ code: 'event.not_waiting' });
    const bigger = await planned(2, 20, night.id);
    // Who comes now does not overtake those who wait.
    expect(await sit(bigger, d)).toEqual({ place: 1 });
    expect(await balances([b, c, d])).toEqual([20, 0, 20]);
    await planned(3, 20, night.id);
    expect(await offerSeats(ctx())).toBe(1);
    expect(await balances([d])).toEqual([0]);
  });

  it('close when they begin: no seat, nothing given back, nobody moves up', async () => {
    const night = await planned(1);
    const [a, b] = (await people(2)) as [Person, Person];
    await sit(night, a);
    await sit(night, b);
    const begun = later(10);
    await expect(giveBack(a, begun)).rejects.toMatchObject({ code: 'coupon.event_begun' });
    await expect(sit(night, b, undefined, begun)).rejects.toMatchObject({ code: 'reward.over' });
    expect(await offerSeats({ db, now: begun })).toBe(0);
    await useCoupon(ctx({ actor: ben }, begun), { code: await ticketOf(a) });
  });

  it('seat whoever a card that waits has become part of', async () => {
    const night = await planned(1);
    const [a, b, kept] = (await people(3)) as [Person, Person, Person];
    await sit(night, a);
    await sit(night, b);
    await mergeMembers(ctx({ actor: owner }), { one: kept.id, other: b.id }, night.program.rules, 'UTC');
    expect((await eventsOf(ctx(), { memberId: kept.id, works: false }, night.program))[0]).toMatchObject({ place: 1 });
    await giveBack(a);
    expect(await balances([kept])).toEqual([20]);
    expect(await openCoupons(ctx(), kept.id)).toHaveLength(1);
  });

  it('an owner takes a ticket back, and the next one gets the seat', async () => {
    const night = await planned(1);
    const [a, b] = (await people(2)) as [Person, Person];
    await sit(night, a);
    await sit(night, b);
    expect(await takeBackCoupon(ctx({ actor: owner }), await ticketOf(a))).toMatchObject({ points: 20 });
    expect(await balances([a, b])).toEqual([20, 0]);
  });

  it('the last place goes to one of many at once, the others stand in line', async () => {
    const night = await planned(1);
    const all = await people(10);
    const seats = await Promise.all(all.map((one) => sit(night, one)));
    const places = seats.flatMap((seat) => ('place' in seat ? [seat.place] : []));
    expect(places.sort((x, y) => (x ?? 0) - (y ?? 0))).toEqual(times(9, (at) => at + 1));
    expect((await balances(all)).filter((balance) => balance === 0)).toHaveLength(1);
  });

  it('seats given back while others come, at two events at once, are never empty nor taken twice', async () => {
    const all = await people(12, 40);
    const first = await planned(3);
    const nights = [first, await planned(3)];
    // Both events are in the program in force.
    const both = nights.flatMap(({ program }) => program.rules.rewards);
    const startsAt = new Date(now.getTime() - 1_000 + ++made);
    await publishRules(contextOf(db, startsAt), { rules: { ...plainRules(100), welcome: 0, rewards: both }, startsAt });
    const rounds = all.flatMap((one, at) =>
      nights.map(async (night) => {
        const seat = await sit(night, one);
        if (at % 3 === 0 && 'code' in seat) await cancelCoupon(ctx({ actor: one.actor }), { memberId: one.id, code: seat.code });
      }),
    );
    expect(await outcomes(rounds)).toEqual({ done: 24 });
    for (const { id } of nights) {
      expect(await db.prisma.coupon.count({ where: { reward: id, cancelledAt: null } })).toBe(3);
      expect(await db.prisma.rewardStock.findUnique({ where: { reward: id } })).toMatchObject({ issued: 3n });
    }
  });

  it('leave every point where it belongs', async () => {
    expect(await verify(db)).toMatchObject({ problems: [] });
  });
});
