import type { Reward, Rules } from '../../src/program/rules/rules.ts';
import { Fraction } from './fraction.ts';
import { type ModelSale, wall, worth } from './model-price.ts';
import { tierOf } from './model-tier.ts';
import {
  balanceOf,
  type Coupon,
  endOf,
  expire,
  give,
  giveBack,
  type Person,
  renew,
  type Sale,
  sum,
  type Taken,
  take,
} from './model-wallet.ts';
import type { Deed, Event } from './script.ts';

// The program as semantics describe it, in memory and as plainly as it can be said: what the engine is compared with. It shares nothing
// with the engine but the rules it is given.

export class Refused extends Error {}
const refuse = (code: string): never => {
  throw new Refused(code);
};

export class Model {
  rules: Rules;
  readonly timeZone: string;
  readonly people = new Map<string, Person>();

  constructor(rules: Rules, timeZone: string) {
    this.rules = rules;
    this.timeZone = timeZone;
  }

  person(name: string): Person {
    return this.people.get(name) ?? refuse('member.unknown');
  }

  private reward(id: string): Reward {
    return this.rules.rewards.find((reward) => reward.id === id) ?? refuse('reward.unknown');
  }

  private coupon(person: Person, reward: Reward, now: Date, paid: Taken[], card: string | null): void {
    const { day } = wall(now, this.timeZone, this.rules.dayStartsAt);
    const last = day.add({ days: reward.validDays + 1 });
    const end = last.toZonedDateTime({ timeZone: this.timeZone, plainTime: { hour: this.rules.dayStartsAt } }).epochMilliseconds;
    person.coupons.push({ reward: reward.id, state: 'open', paid, end, card });
  }

  private fillCard(person: Person, id: string, count: number, now: Date): void {
    const card = this.rules.stamps.find((one) => one.id === id) ?? refuse('stamp.no_card');
    person.stamps[id] = (person.stamps[id] ?? 0) + count;
    while ((person.stamps[id] ?? 0) >= card.of) {
      person.stamps[id] = (person.stamps[id] ?? 0) - card.of;
      this.coupon(person, this.reward(card.reward), now, [], id);
    }
  }

  private stampsFor(sale: Sale, leftMinor: number): Record<string, number> {
    const stamps: Record<string, number> = {};
    for (const { id, per } of sale.rules.stamps) {
      const pieces = sale.items.filter(({ category }) => per.kind === 'item' && per.categories.includes(category));
      const all = sum(pieces.map((item) => item.pieces));
      if (leftMinor === 0 && sale.billMinor > 0) continue;
      if (per.kind === 'purchase') stamps[id] = leftMinor >= (per.minimumMinor ?? 0) ? 1 : 0;
      else stamps[id] = Math.floor((all * leftMinor) / Math.max(1, sale.billMinor));
    }
    return stamps;
  }

  buy(deed: Extract<Deed, { do: 'buy' | 'pay' }>, at: Date): void {
    const person = this.person(deed.who);
    const now = at.getTime();
    const { rules } = this;
    expire(person, now);
    const bought = person.sales.filter((sale) => sale.refundedMinor < sale.billMinor || sale.billMinor === 0);
    const used: Record<string, number> = {};
    for (const { bonuses } of bought) for (const bonus of bonuses) used[bonus] = (used[bonus] ?? 0) + 1;
    const shop = deed.do === 'buy' ? deed.shop : null;
    const before = { purchases: bought.length, tier: person.tier, birthday: person.birthday, used };
    const percents = [rules.tiers?.levels.find(({ id }) => id === person.tier)?.discountPercent ?? 0];
    for (const discount of rules.discounts) {
      const { withinDays, minimumMinor = 0, shops } = discount;
      const recent = bought.filter(
        (sale) => withinDays === undefined || sale.at.getTime() > now - withinDays * 86_400_000,
      ).length;
      if (deed.amountMinor < minimumMinor || (shops && !(shop !== null && shops.includes(shop)))) continue;
      if (discount.kind === 'nth' ? (recent + 1) % discount.every === 0 : recent >= discount.purchases)
        percents.push(discount.percent);
    }
    const billMinor = deed.amountMinor - Math.floor((deed.amountMinor * Math.max(...percents)) / 10_000);
    const { pointsMinor, paidPoints } = deed.do === 'pay' ? this.pay(person, billMinor, now) : { pointsMinor: 0, paidPoints: [] };
    const paidMinor = rules.pay?.earnOn === 'bill' ? billMinor : billMinor - pointsMinor;
    const items = deed.do === 'buy' ? deed.items : [];
    const priced: ModelSale = { receipt: deed.receipt, at, paidMinor, items, shop, rules, before };
    const value = worth(priced, paidMinor, this.timeZone);
    const today = wall(at, this.timeZone, rules.dayStartsAt).day.toString();
    const earned = (sales: Sale[]): number => sum(sales.map((sale) => sale.given - sale.back));
    const rooms = [
      rules.caps.purchase,
      rules.caps.day === undefined
        ? undefined
        : rules.caps.day -
          earned(person.sales.filter((sale) => wall(sale.at, this.timeZone, rules.dayStartsAt).day.toString() === today)),
      rules.caps.member === undefined ? undefined : rules.caps.member - earned(person.sales),
    ].filter((room) => room !== undefined);
    const room = rooms.length > 0 ? Fraction.of(Math.max(0, Math.min(...rooms))) : null;
    const capped = room && value.points.above(room) ? room : value.points;
    const total = capped.plus(value.carry ? (person.carry.get(value.rule) ?? Fraction.of(0)) : Fraction.of(0));
    const given = Math.max(0, total.floor());
    if (value.carry) person.carry.set(value.rule, total.minus(Fraction.of(given)));
    const ends = endOf(at, this.rules, this.timeZone);
    const waits = rules.pendingDays > 0 && given > 0;
    const sale: Sale = {
      ...priced,
      billMinor,
      pointsMinor,
      paidPoints,
      refundedMinor: 0,
      given,
      back: 0,
      taken: 0,
      expired: 0,
      returned: 0,
      room,
      carries: value.carry,
      rule: value.rule,
      bonuses: value.bonuses,
      pending: waits ? { left: given, at: this.release(at), ...ends } : null,
      released: null,
      stamps: {},
    };
    person.sales.push(sale);
    if (!waits) give(person, given, { given: now, ...ends, receipt: deed.receipt });
    renew(person, now, this.timeZone);
    sale.stamps = this.stampsFor(sale, billMinor);
    for (const [card, count] of Object.entries(sale.stamps)) this.fillCard(person, card, count, at);
    person.tier = tierOf(person, now, this.rules, this.timeZone);
  }

  private pay(person: Person, billMinor: number, now: number): { pointsMinor: number; paidPoints: Taken[] } {
    const pay = this.rules.pay ?? refuse('payment.off');
    const most = Math.floor((billMinor * pay.sharePercent) / 10_000);
    const times = Math.min(Math.floor(balanceOf(person, now) / pay.points), Math.floor(most / pay.worthMinor));
    if (times === 0) refuse('payment.card_too_low');
    return { pointsMinor: times * pay.worthMinor, paidPoints: take(person, times * pay.points, null) };
  }

  private release(at: Date): number {
    const { dayStartsAt, pendingDays } = this.rules;
    const day = wall(at, this.timeZone, dayStartsAt).day.add({ days: pendingDays + 1 });
    return day.toZonedDateTime({ timeZone: this.timeZone, plainTime: { hour: dayStartsAt } }).epochMilliseconds;
  }

  giveMoneyBack({ who, receipt, amountMinor }: Extract<Deed, { do: 'return' }>, at: Date): void {
    const person = this.person(who);
    const now = at.getTime();
    const sale = person.sales.find((one) => one.receipt === receipt) ?? refuse('sale.unknown');
    const left = sale.billMinor - sale.refundedMinor;
    if (left === 0 && sale.billMinor > 0) refuse('ledger.already_undone');
    if ((amountMinor ?? left) > left) refuse('refund.too_much');
    expire(person, now);
    const before = this.moneyLeft(sale);
    sale.refundedMinor += amountMinor ?? left;
    const after = this.moneyLeft(sale);
    const value = (leftMinor: number): Fraction => {
      const { points } = worth(sale, leftMinor, this.timeZone);
      return sale.room && points.above(sale.room) ? sale.room : points;
    };
    if (sale.carries) {
      const carried = (person.carry.get(sale.rule) ?? Fraction.of(0)).minus(value(before).minus(value(after)));
      const back = Math.max(0, Math.min(Fraction.of(0).minus(carried).ceil(), sale.given - sale.back));
      sale.back += back;
      person.carry.set(sale.rule, carried.plus(Fraction.of(back)));
    } else sale.back = Math.max(sale.back, sale.given - value(after).floor());
    let due = Math.max(0, Math.max(0, sale.back - sale.expired) - sale.taken);
    sale.taken += due;
    if (sale.pending && sale.pending.left > 0) {
      const waiting = Math.min(due, sale.pending.left);
      sale.pending.left -= waiting;
      due -= waiting;
    }
    const there = Math.min(due, balanceOf(person, now));
    take(person, there, receipt);
    const { debtLimit = Number.POSITIVE_INFINITY } = this.rules;
    person.debt += Math.min(due - there, Math.max(0, debtLimit - person.debt));
    const spent = sum(sale.paidPoints.map(({ points }) => points)) + sale.returned;
    const returns = Math.floor((spent * sale.refundedMinor) / Math.max(1, sale.billMinor)) - sale.returned;
    sale.returned += returns;
    giveBack(person, sale.paidPoints, returns, now);
    const stamps = this.stampsFor(sale, sale.billMinor - sale.refundedMinor);
    for (const [card, count] of Object.entries(sale.stamps)) this.takeStamps(person, card, count - (stamps[card] ?? 0));
    sale.stamps = stamps;
    person.tier = tierOf(person, now, this.rules, this.timeZone);
  }

  private moneyLeft({ billMinor, pointsMinor, refundedMinor, rules }: Sale): number {
    if (rules.pay?.earnOn === 'bill') return billMinor - refundedMinor;
    return billMinor - refundedMinor - (pointsMinor - Math.floor((pointsMinor * refundedMinor) / Math.max(1, billMinor)));
  }

  /** A card that was full by stamps that are gone is not full: its coupon goes, while it is unused. */
  private takeStamps(person: Person, id: string, count: number): void {
    person.stamps[id] = (person.stamps[id] ?? 0) - count;
    const of = this.rules.stamps.find((card) => card.id === id)?.of ?? 1;
    while ((person.stamps[id] ?? 0) < 0) {
      const coupon = person.coupons.findLast(({ card, state }) => card === id && state === 'open');
      if (!coupon) return;
      coupon.state = 'cancelled';
      person.stamps[id] = (person.stamps[id] ?? 0) + of;
    }
  }

  redeem({ who, reward: id }: { who: string; reward: string }, at: Date): void {
    const person = this.person(who);
    const reward = this.reward(id);
    const { day } = wall(at, this.timeZone, this.rules.dayStartsAt);
    const everybody = [...this.people.values()].flatMap(({ coupons }) => coupons);
    const taken = (coupons: Coupon[]): number => coupons.filter((one) => one.reward === id && one.state !== 'cancelled').length;
    if (reward.hidden) refuse('reward.unknown');
    if (reward.from && day.toString() < reward.from) refuse('reward.not_yet');
    if (reward.until && day.toString() > reward.until) refuse('reward.over');
    if (reward.tiers && !(person.tier !== null && reward.tiers.includes(person.tier))) refuse('reward.tier');
    if (reward.stock !== undefined && taken(everybody) >= reward.stock) refuse('reward.sold_out');
    if (reward.perMember !== undefined && taken(person.coupons) >= reward.perMember) refuse('reward.per_member');
    if (balanceOf(person, at.getTime()) < reward.cost) refuse('ledger.not_enough');
    expire(person, at.getTime());
    const paid = take(person, reward.cost, null);
    if (reward.cost > 0) renew(person, at.getTime(), this.timeZone);
    this.coupon(person, reward, at, paid, null);
  }

  cancel({ who, reward }: { who: string; reward: string }, at: Date): void {
    const person = this.person(who);
    const coupon = person.coupons.findLast((one) => one.reward === reward && one.state === 'open') ?? refuse('coupon.unknown');
    expire(person, at.getTime());
    coupon.state = 'cancelled';
    giveBack(person, coupon.paid, sum(coupon.paid.map(({ points }) => points)), at.getTime());
  }

  use({ who, reward }: { who: string; reward: string }, at: Date): void {
    const mine = this.person(who).coupons.filter((one) => one.reward === reward);
    const open = mine.find(({ state, end }) => state === 'open' && end > at.getTime());
    if (open) open.state = 'used';
    else refuse(mine.some(({ state }) => state === 'used') ? 'coupon.used' : 'coupon.expired');
  }

  /** What the jobs do: release, expire, evaluate. */
  night(at: Date): void {
    const now = at.getTime();
    for (const person of this.people.values()) {
      for (const sale of person.sales) {
        const { pending } = sale;
        if (!pending || pending.left === 0 || pending.at > now) continue;
        give(person, pending.left, { given: now, end: pending.end, renews: pending.renews, receipt: sale.receipt });
        pending.left = 0;
        sale.released = now;
      }
      expire(person, now);
      person.tier = tierOf(person, now, this.rules, this.timeZone);
      for (const coupon of person.coupons) if (coupon.state === 'open' && coupon.end <= now) coupon.state = 'expired';
    }
  }

  happens({ deed, at }: Event, rules: Rules): void {
    if (deed.do === 'change') this.rules = rules;
    if (deed.do === 'join') {
      const person: Person = {
        lots: [],
        debt: 0,
        carry: new Map(),
        sales: [],
        coupons: [],
        stamps: {},
        tier: null,
        birthday: deed.birthday ?? null,
      };
      this.people.set(deed.who, person);
      give(person, this.rules.welcome, { given: at.getTime(), ...endOf(at, this.rules, this.timeZone), receipt: null });
    }
    if (deed.do === 'buy' || deed.do === 'pay') this.buy(deed, at);
    if (deed.do === 'return') this.giveMoneyBack(deed, at);
    if (deed.do === 'redeem') this.redeem(deed, at);
    if (deed.do === 'cancel') this.cancel(deed, at);
    if (deed.do === 'use') this.use(deed, at);
    if (deed.do === 'stamp') this.fillCard(this.person(deed.who), deed.card, deed.count, at);
    if (deed.do === 'night') this.night(at);
  }
}
