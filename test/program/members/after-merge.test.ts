import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { choicesOf, setQuiet, setTimeZone } from '../../../src/program/attention/choices.ts';
import { answerConsent, consentOf } from '../../../src/program/attention/consent.ts';
import { credit } from '../../../src/program/ledger/credit.ts';
import { refund } from '../../../src/program/ledger/refund.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { join } from '../../../src/program/members/join.ts';
import { makeClaimCode, makeLinkCode } from '../../../src/program/members/link-code.ts';
import { mergeMembers, mergesOf, partMembers } from '../../../src/program/members/merge.ts';
import { phoneOf, sharePhone } from '../../../src/program/members/phone.ts';
import { useLink } from '../../../src/program/members/use-link.ts';
import { redeem } from '../../../src/program/rewards/redeem.ts';
import { type Program, plainRules } from '../../../src/program/rules/rules.ts';
import { giveStamps } from '../../../src/program/stamps/give.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, newMember, newPerson, published, walletOf } from '../../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');

describe('what comes after two cards became one', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  let program: Program;
  let owner: Awaited<ReturnType<typeof newPerson>>;
  let staff: Awaited<ReturnType<typeof newPerson>>;
  let users = 0;
  beforeAll(async () => {
    db = await freshDatabase({ max: 12 });
    program = await published(db, {
      ...plainRules(100),
      welcome: 0,
      rewards: [{ id: 'tea', kind: 'item', item: 'Tea', name: { en: 'Tea' }, cost: 5, validDays: 30 }],
      stamps: [{ id: 'coffee', name: { en: 'Coffee' }, of: 10, per: { kind: 'purchase' }, reward: 'tea' }],
    });
    owner = await newPerson(db, 'owner');
    staff = await newPerson(db, 'staff');
  });
  afterAll(() => db.close());

  const right = async () => expect((await verify(db)).problems).toEqual([]);
  const asStaff = (key: string = randomUUID()) => contextOf(db, now, { actor: staff.actor, key });
  const asOwner = (key: string = randomUUID()) => contextOf(db, now, { actor: owner.actor, key });
  const sell = (code: string, amountMinor: number, key?: string) =>
    credit(asStaff(key), { member: code, amountMinor, currency: 'EUR' }, program, 'UTC');
  const merge = (one: { id: number }, other: { id: number }, key?: string) =>
    mergeMembers(asOwner(key), { one: one.id, other: other.id }, program.rules, 'UTC');
  const somebody = (channel: string) => {
    const user = `u${++users}`;
    return { channel, user, chat: user, name: user, language: 'en' };
  };
  const joined = async (channel: string) => {
    const who = somebody(channel);
    const done = await join(contextOf(db, now), who, program, 'UTC');
    return { ...who, ...done, actor: { kind: 'person', personId: done.personId } as const };
  };

  it('a part of a purchase that came along takes its own part of the points, also when nothing was carried', async () => {
    const [kept, gone] = [await newMember(db), await newMember(db)];
    const { saleId } = await sell(gone.code, 1_000);
    await merge(kept, gone);
    expect(await refund(asStaff(), { saleId, amountMinor: 100, timeZone: 'UTC' })).toMatchObject({ points: 1, balance: 9 });
    await right();
  });

  it('an event that comes again gets its first answer, whatever card it belongs to now', async () => {
    const [kept, gone] = [await newMember(db), await newMember(db)];
    const first = await sell(gone.code, 1_000, 'again-credit');
    const stamps = () => giveStamps(asStaff('again-stamp'), { member: gone.code, card: 'coffee', stamps: 2 }, program, 'UTC');
    const given = await stamps();
    const done = await merge(kept, gone, 'again-merge');
    expect(await sell(gone.code, 1_000, 'again-credit')).toMatchObject({ saleId: first.saleId, points: 10, balance: 10 });
    expect(await stamps()).toMatchObject({ id: given.id, stamps: 2, count: given.count });
    // Both codes lead to the one card now.
    expect(await mergeMembers(asOwner('again-merge'), { one: kept.id, other: kept.id }, program.rules, 'UTC')).toMatchObject({
      mergeId: done.mergeId,
    });
    await expect(merge(kept, await newMember(db), 'again-merge')).rejects.toMatchObject({ code: 'ledger.key_reused' });
    await expect(sell(kept.code, 1_100, 'again-credit')).rejects.toMatchObject({ code: 'ledger.key_reused' });
    await right();
  });

  it('a reward taken in one chat is the same reward when the event comes again after the chats became one', async () => {
    const [here, there] = [await joined('telegram'), await joined('slack')];
    await sell(there.code, 1_000);
    const take = (personId: number, memberId: number) =>
      redeem(
        contextOf(db, now, { actor: { kind: 'person', personId }, key: 'again-redeem' }),
        { memberId, reward: 'tea', agreed: 5 },
        program,
        'UTC',
      );
    const coupon = await take(there.personId, there.memberId);
    const { code } = await makeLinkCode(contextOf(db, now), { personId: here.personId, from: here });
    await useLink(contextOf(db, now), code, there, program.rules, 'UTC');
    expect(await take(here.personId, here.memberId)).toMatchObject({ code: coupon.code, balance: 5 });
    expect((await walletOf(db, here.memberId)).balance).toBe(5);
  });

  it('a parting gives back what tells people apart: phone number, birthday, consent', async () => {
    const [here, there] = [await joined('telegram'), await joined('slack')];
    await sharePhone(contextOf(db, now), { personId: there.personId, contact: '+359888000111' });
    await db.prisma.member.update({ where: { id: there.memberId }, data: { birthday: '04-05', birthdaySetAt: now } });
    await answerConsent(contextOf(db, now), { personId: there.personId, kind: 'marketing', granted: true, wording: 'Offers?' });
    const { code } = await makeLinkCode(contextOf(db, now), { personId: here.personId, from: here });
    await useLink(contextOf(db, now), code, there, program.rules, 'UTC');
    expect(await phoneOf(contextOf(db, now), here.personId)).toBe('+359888000111');
    const [joint] = await mergesOf(contextOf(db, now), there.code);
    const later = new Date(now.getTime() + 60_000);
    await partMembers(contextOf(db, later, { actor: owner.actor }), { mergeId: joint?.mergeId ?? 0 }, program.rules, 'UTC');
    expect(await phoneOf(contextOf(db, now), here.personId)).toBeNull();
    expect(await phoneOf(contextOf(db, now), there.personId)).toBe('+359888000111');
    const cards = await db.prisma.member.findMany({
      where: { id: { in: [here.memberId, there.memberId] } },
      orderBy: { id: 'asc' },
    });
    expect(cards.map(({ birthday }) => birthday)).toEqual([null, '04-05']);
    expect((await consentOf(contextOf(db, now), here.personId))?.granted ?? false).toBe(false);
    expect((await consentOf(contextOf(db, now), there.personId))?.granted).toBe(true);
  });

  it('what either of them muted stays muted, and hours and place that one of them told count for both', async () => {
    const [here, there] = [await joined('telegram'), await joined('slack')];
    const answers = [
      [here, 'marketing', true],
      [here, 'tips', false],
      [there, 'marketing', true],
      [there, 'offers', false],
      [there, 'birthday', false],
      [there, 'birthday', true],
    ] as const;
    for (const [{ personId }, kind, granted] of answers)
      await answerConsent(contextOf(db, now), { personId, kind, granted, wording: `${kind}?` });
    await setQuiet(contextOf(db, now), { personId: there.personId, quiet: { from: '23:00', until: '07:00' } });
    await setTimeZone(contextOf(db, now), { personId: here.personId, timeZone: 'Asia/Tokyo' });
    await setTimeZone(contextOf(db, now), { personId: there.personId, timeZone: 'UTC' });
    const { code } = await makeLinkCode(contextOf(db, now), { personId: here.personId, from: here });
    await useLink(contextOf(db, now), code, there, program.rules, 'UTC');
    expect(await choicesOf({ db }, here.personId)).toEqual({
      hears: { offers: false, tips: false, birthday: true, comeback: true, reminders: true },
      quiet: { from: '23:00', until: '07:00' },
      timeZone: 'Asia/Tokyo',
    });
    const said = await db.prisma.consent.findFirst({ where: { personId: here.personId, kind: 'offers' } });
    expect(said).toMatchObject({ granted: false, wording: 'offers?' });
  });

  it('a paper card taken into a chat while it is being credited: neither waits for the other for ever', async () => {
    const paper = await newMember(db);
    const { claim } = await makeClaimCode(asStaff(), { memberId: paper.id });
    const till = new pg.Client({ connectionString: db.url });
    await till.connect();
    try {
      await till.query('BEGIN');
      await till.query('SELECT wallet_lock($1, $2)', [paper.id, now]);
      const taking = useLink(contextOf(db, now), claim, somebody('telegram'), { ...program.rules, welcome: 10 }, 'UTC');
      // Until it waits for the card.
      for (let waiting = 0; waiting === 0; ) {
        const { rows } = await till.query(
          "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        waiting = rows[0].n;
      }
      await till.query(
        `SELECT ledger_credit('till', NULL, $2, NULL, $1, '{"amountMinor": 500, "currency": "EUR", "version": 1, "rule": "base", "value": "500", "per": "100", "carry": false, "expiry": {}, "notify": false}')`,
        [paper.id, now],
      );
      await till.query('COMMIT');
      expect(await taking).toMatchObject({ memberId: paper.id, balance: 15 });
    } finally {
      await till.end();
    }
  });
});
