import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeSeat } from '../../../src/program/gifts/events.ts';
import { credit } from '../../../src/program/ledger/credit.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { mergeMembers } from '../../../src/program/members/merge.ts';
import { redeem } from '../../../src/program/rewards/redeem.ts';
import { type Program, plainRules } from '../../../src/program/rules/rules.ts';
import { storedRules } from '../../../src/program/settings/program.ts';
import { freshDatabase } from '../../support/database.ts';
import { asOwner, contextOf, newMember, newPerson, published } from '../../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');

describe('what becomes of gifts later', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  let program: Program;
  let owner: Awaited<ReturnType<typeof newPerson>>;
  beforeAll(async () => {
    db = await freshDatabase();
    owner = await newPerson(db, 'owner');
    program = await published(db, {
      ...plainRules(100),
      welcome: 0,
      rewards: [{ id: 'card', kind: 'gift_card', name: { en: 'Card' }, cost: 50, validDays: 30, amountMinor: 1_000, stock: 5 }],
    });
  });
  afterAll(() => db.close());

  const right = async () => expect((await verify(db)).problems).toEqual([]);

  it('a gift card that was cancelled after a part of it was spent is no piece of the stock again', async () => {
    const member = await newMember(db);
    await credit(contextOf(db, now), { member: member.code, amountMinor: 10_000, currency: 'EUR' }, program, 'UTC');
    const { code } = await redeem(contextOf(db, now), { memberId: member.id, reward: 'card', agreed: 50 }, program, 'UTC');
    await db.run({ name: 'spend_gift', text: `SELECT gift_use('spent', NULL, $1, NULL, $2, 400, NULL)` }, [now, code]);
    await db.run({ name: 'take_back', text: `SELECT coupon_take_back('back', NULL, $1, $2, $3)` }, [now, owner.personId, code]);
    await right();
  });

  it('a line for seats that become free does not wait for ever for whoever holds two wallets', async () => {
    const places = (count: number) => ({
      ...plainRules(100),
      welcome: 0,
      rewards: [
        {
          ...{ id: 'show', kind: 'event' as const, name: { en: 'Show' }, cost: 10, validDays: 30 },
          ...{ at: '2026-05-01T18:00:00Z', places: count },
        },
      ],
    });
    const full = await published(db, places(1));
    const cards = [await newMember(db), await newMember(db), await newMember(db)];
    const [seated, low, high] = cards as [(typeof cards)[0], (typeof cards)[0], (typeof cards)[0]];
    for (const { code } of cards)
      await credit(contextOf(db, now), { member: code, amountMinor: 1_000, currency: 'EUR' }, full, 'UTC');
    // Who comes first in the line has the higher number.
    for (const { id } of [seated, high, low])
      await takeSeat(contextOf(db, now), { memberId: id, event: 'show', agreed: 10 }, full, 'UTC');
    await db.prisma.programVersion.create({ data: { rules: storedRules(places(9)), startsAt: new Date(1), createdAt: now } });
    await asOwner(db.url, async (other) => {
      await other.query('BEGIN');
      await other.query('SELECT wallet_lock($1, $2)', [low.id, now]);
      const offering = db.run<{ seated: number }>({ name: 'offer', text: `SELECT seats_offer('show', $1) AS seated` }, [now]);
      for (let waiting = 0; waiting === 0; ) {
        const asked = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        waiting = (await other.query(asked)).rows[0].n;
      }
      const both = other.query('SELECT wallet_lock($1, $2)', [high.id, now]);
      const [offered] = await Promise.allSettled([offering, both.finally(() => other.query('COMMIT'))]);
      expect(offered).toMatchObject({ status: 'fulfilled', value: [{ seated: 2 }] });
      await both;
    });
    await right();
  });

  it('a printed code gives its first answer when the event comes again, whatever card it belongs to now', async () => {
    const [kept, gone] = [await newMember(db), await newMember(db)];
    const hash = createHash('sha256').update('a code').digest();
    const make = { name: 'make_code', text: `SELECT codes_make('made', NULL, $1, $2, '{"points": 7}', $3, ARRAY[$4::bytea])` };
    await db.run(make, [now, owner.personId, new Date('2026-04-01T00:00:00Z'), hash]);
    const claim = async (memberId: number) => {
      const [row] = await db.run<{ result: object }>(
        { name: 'claim_code', text: `SELECT code_claim('claimed', NULL, $1, $2, $3, '{}') AS result` },
        [now, memberId, hash],
      );
      return row?.result;
    };
    expect(await claim(gone.id)).toMatchObject({ points: 7, balance: 7 });
    await mergeMembers(contextOf(db, now, { actor: owner.actor }), { one: kept.id, other: gone.id }, program.rules, 'UTC');
    expect(await claim(kept.id)).toMatchObject({ points: 7, balance: 7 });
    await right();
  });
});
