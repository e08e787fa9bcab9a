import type { Actor } from '../../../src/program/context.ts';
import { credit } from '../../../src/program/ledger/credit.ts';
import { openCoupons } from '../../../src/program/rewards/coupons-of.ts';
import { useCoupon } from '../../../src/program/rewards/use-coupon.ts';
import type { Rules } from '../../../src/program/rules/rules.ts';
import { cardsOf } from '../../../src/program/stamps/cards-of.ts';
import { giveStamps } from '../../../src/program/stamps/give.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, newPerson, plainProgram, published, refund, rulesOf } from '../../support/ledger.ts';

export const start = new Date('2026-05-01T09:00:00Z');

/** A card of four visits from 5.00, and one of five coffees. */
export const rules: Rules = {
  ...rulesOf(plainProgram),
  categories: [
    { id: 'coffee', name: { en: 'Coffee' } },
    { id: 'cake', name: { en: 'Cake' } },
  ],
  rewards: [
    { id: 'cup', name: { en: 'A free cup' }, cost: 0, hidden: true, validDays: 30, kind: 'item', item: 'coffee' },
    { id: 'five', name: { en: 'Five off' }, cost: 0, hidden: true, validDays: 30, kind: 'money', amountMinor: 500 },
  ],
  stamps: [
    { id: 'visits', name: { en: 'Visits' }, of: 4, reward: 'five', per: { kind: 'purchase', minimumMinor: 500 } },
    { id: 'cups', name: { en: 'Cups' }, of: 5, reward: 'cup', per: { kind: 'item', categories: ['coffee'] } },
  ],
};

type When = { now?: Date; key?: string; actor?: Actor };

/** A counter with stamp cards, on a database of its own: Ben works there, Olga owns it. Close `db` at the end. */
export async function stampDesk() {
  const db = await freshDatabase();
  const program = await published(db, rules);
  const { actor: ben } = await newPerson(db, 'staff');
  const { actor: olga } = await newPerson(db, 'owner');
  const act = ({ now = start, key, actor = ben }: When = {}) => contextOf(db, now, { actor, ...(key ? { key } : {}) });
  const zone = 'Europe/Helsinki';
  return {
    db,
    program,
    ben,
    olga,
    act,
    buy: (member: { code: string }, amountMinor: number, cups = 0, when: When = {}) => {
      const pieces = [
        { category: 'coffee', pieces: cups },
        { category: 'cake', pieces: 1 },
      ];
      const purchase = { member: member.code, amountMinor, currency: 'EUR', ...(cups > 0 ? { items: pieces } : {}) };
      return credit(act(when), purchase, program, zone);
    },
    give: (member: { code: string }, card: string, stamps: number, when: When = {}) =>
      giveStamps(act(when), { member: member.code, card, stamps }, program, zone),
    back: (saleId: number, amountMinor?: number, when: When = {}) =>
      refund(act(when), { saleId, ...(amountMinor === undefined ? {} : { amountMinor }) }),
    use: (code: string, when: When = {}) => useCoupon(act(when), { code }),
    counts: async (member: { id: number }) =>
      Object.fromEntries((await cardsOf({ db }, member.id, rules)).map(({ card, count }) => [card.id, count])),
    open: (member: { id: number }, now = start) => openCoupons({ db, now }, member.id),
  };
}
