import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credit } from '../../../src/program/ledger/credit.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { mergeMembers, partMembers } from '../../../src/program/members/merge.ts';
import { cancelCoupon } from '../../../src/program/rewards/cancel-coupon.ts';
import { openCoupons } from '../../../src/program/rewards/coupons-of.ts';
import { redeem } from '../../../src/program/rewards/redeem.ts';
import { type Program, plainRules, type Rules } from '../../../src/program/rules/rules.ts';
import { cardsOf } from '../../../src/program/stamps/cards-of.ts';
import { giveStamps } from '../../../src/program/stamps/give.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, newMember, newPerson, published, walletOf } from '../../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');
const tea = { id: 'tea', name: { en: 'Tea' }, kind: 'item', item: 'tea', cost: 5, validDays: 30 } as const;
const rules: Rules = {
  ...plainRules(100),
  welcome: 0,
  rewards: [tea, { ...tea, id: 'cake', cost: 0, hidden: true }],
  stamps: [{ id: 'visits', name: { en: 'Visits' }, of: 6, reward: 'cake', per: { kind: 'purchase' } }],
  tiers: { by: 'money', windowMonths: 12, graceDays: 30, warnDays: 14, levels: [{ id: 'gold', name: 'Gold', from: 10_000 }] },
};

/** What becomes of every table that names a member, when two cards become one. A new table must be thought of here. */
const belongings: Readonly<Record<string, string>> = {
  wallet: 'closed, names the open one',
  carry: 'added, and parted with',
  carry_move: 'says so',
  entry: 'stays: it was so',
  lot: 'its points move into a new lot with the same end',
  sale: 'moves (sale_move says so)',
  pending: 'moves with its sale',
  coupon: 'moves',
  stamp: 'moves by two movements',
  standing: 'worked out anew',
  tier_change: 'stays: it was so',
  birthday_gift: 'copied: one gift a year',
  payment: 'an open question ends',
  approval: 'stays; agreed to, it is for the open card',
  limit_note: 'stays: it was so',
  import_seen: 'lives as long as an import',
  event_wait: 'stays; the place in the line is the open card’s',
  erasure: 'of a card that is closed: it becomes one with none',
  delivery: 'stays with the person; a press on it is the open card’s',
  campaign_control: 'stays: it was so',
  campaign_response: 'stays; once given, it is given to the open card too',
  journey_ever: 'stays: it was said to that card',
  member_fact: 'follows the sales, the points and the person',
  member_tag: 'comes along, and parts again',
};

describe('what belongs to a card', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  let program: Program;
  let staff: Awaited<ReturnType<typeof newPerson>>;
  let owner: Awaited<ReturnType<typeof newPerson>>;
  beforeAll(async () => {
    db = await freshDatabase();
    program = await published(db, rules);
    staff = await newPerson(db, 'staff');
    owner = await newPerson(db, 'owner');
  });
  afterAll(() => db.close());

  const asOwner = () => contextOf(db, now, { actor: owner.actor });
  const sell = (card: { code: string }, amountMinor: number) =>
    credit(contextOf(db, now, { actor: staff.actor }), { member: card.code, amountMinor, currency: 'EUR' }, program, 'UTC');
  const stamps = async (card: { id: number }) => (await cardsOf({ db }, card.id, rules))[0]?.count;
  const tier = async (card: { id: number }) =>
    (await db.prisma.standing.findUnique({ where: { memberId: card.id } }))?.tier ?? null;
  const coupons = async (card: { id: number }) =>
    (await openCoupons(contextOf(db, now), card.id)).map(({ reward }) => reward).sort();

  it('is thought of in every table', async () => {
    const tables = await db.run<{ name: string }>(
      {
        name: 'tables_of_members',
        text: `SELECT c.relname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
          WHERE a.attname = 'member_id' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
      },
      [],
    );
    expect(tables.map(({ name }) => name)).toEqual(Object.keys(belongings).sort());
  });

  it('goes along: stamps, coupons, tier; and comes back, except what was used meanwhile', async () => {
    const [kept, gone] = [await newMember(db), await newMember(db)];
    await sell(kept, 6_000);
    await sell(gone, 6_000);
    await giveStamps(
      contextOf(db, now, { actor: staff.actor }),
      { member: gone.code, card: 'visits', stamps: 3 },
      program,
      'UTC',
    );
    const ticket = await redeem(contextOf(db, now), { memberId: gone.id, reward: 'tea', agreed: 5 }, program, 'UTC');
    expect([await tier(kept), await tier(gone), await stamps(gone)]).toEqual([null, null, 4]);

    const { mergeId } = await mergeMembers(asOwner(), { one: kept.id, other: gone.id }, rules, 'UTC');
    expect([await tier(kept), await stamps(kept), await stamps(gone)]).toEqual(['gold', 5, 0]);
    expect([await coupons(kept), await coupons(gone)]).toEqual([['tea'], []]);
    // The sixth stamp, by the closed card, fills the open one.
    await sell(gone, 100);
    expect([await stamps(kept), await coupons(kept)]).toEqual([0, ['cake', 'tea']]);
    expect((await verify(db)).problems).toEqual([]);

    await partMembers(asOwner(), { mergeId }, rules, 'UTC');
    expect([await tier(kept), await tier(gone)]).toEqual([null, null]);
    expect([await coupons(kept), await coupons(gone)]).toEqual([['cake'], ['tea']]);
    expect([await stamps(kept), await stamps(gone)]).toEqual([0, 0]);
    // What the coupon had cost comes back to whom it belongs.
    const before = (await walletOf(db, gone.id)).balance;
    await cancelCoupon(contextOf(db, now, { actor: owner.actor }), { memberId: gone.id, code: ticket.code });
    expect((await walletOf(db, gone.id)).balance).toBe(before + 5);
    expect((await verify(db)).problems).toEqual([]);
  });

  it('fills a stamp card at once when two halves come together', async () => {
    const [kept, gone] = [await newMember(db), await newMember(db)];
    for (const card of [kept, gone])
      await giveStamps(
        contextOf(db, now, { actor: staff.actor }),
        { member: card.code, card: 'visits', stamps: 4 },
        program,
        'UTC',
      );
    const { mergeId } = await mergeMembers(asOwner(), { one: kept.id, other: gone.id }, rules, 'UTC');
    expect([await stamps(kept), await coupons(kept)]).toEqual([2, ['cake']]);
    await partMembers(asOwner(), { mergeId }, rules, 'UTC');
    // Four came, two are left of them; the coupon stays where it is.
    expect([await stamps(kept), await stamps(gone), await coupons(kept)]).toEqual([0, 2, ['cake']]);
  });
});
