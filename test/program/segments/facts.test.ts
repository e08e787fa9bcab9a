import { afterAll, beforeAll, expect, it } from 'vitest';
import { verify } from '../../../src/program/ledger/verify.ts';
import { mergeMembers, partMembers } from '../../../src/program/members/merge.ts';
import { plainRules } from '../../../src/program/rules/rules.ts';
import { scoreRfm } from '../../../src/program/segments/rfm.ts';
import { tagMember, tagsOf } from '../../../src/program/segments/tags.ts';
import { freshDatabase } from '../../support/database.ts';
import { bring } from '../../support/imports.ts';
import { asOwner, contextOf, credit, newMember, newPerson, plainProgram, refund, undo } from '../../support/ledger.ts';

const rules = plainRules(100);
const day = (number: number): Date => new Date(Date.UTC(2026, 2, number, 12));

let db: Awaited<ReturnType<typeof freshDatabase>>;
let owner: Awaited<ReturnType<typeof newPerson>>;
beforeAll(async () => {
  db = await freshDatabase({ max: 8 });
  owner = await newPerson(db, 'owner');
});
afterAll(() => db.close());

type Card = { id: number; code: string };
const sell = (card: Card, amountMinor: number, at: Date, shop?: string) =>
  credit(contextOf(db, at), { member: card.code, amountMinor, currency: 'EUR', ...(shop ? { shop } : {}) }, plainProgram, 'UTC');
const byOwner = (at: Date, key?: string) => contextOf(db, at, { actor: owner.actor, ...(key ? { key } : {}) });
const factsOf = async (card: Card) => {
  const fact = await db.prisma.memberFact.findUniqueOrThrow({ where: { memberId: card.id } });
  const { firstAt, lastAt, visits, spentMinor, shop, points, open } = fact;
  return {
    first: firstAt?.getUTCDate(),
    last: lastAt?.getUTCDate(),
    visits,
    spent: Number(spentMinor),
    shop,
    points: Number(points),
    open,
  };
};
const right = async () => expect((await verify(db)).problems).toEqual([]);

it('follow purchases, refunds of a part and of the whole, in any order of time', async () => {
  const card = await newMember(db);
  expect(await factsOf(card)).toEqual({
    first: undefined,
    last: undefined,
    visits: 0,
    spent: 0,
    shop: null,
    points: 0,
    open: true,
  });
  const second = await sell(card, 2_000, day(10), 'pier');
  const first = await sell(card, 1_000, day(5), 'main');
  const third = await sell(card, 500, day(20), 'main');
  expect(await factsOf(card)).toMatchObject({ first: 5, last: 20, visits: 3, spent: 3_500, shop: 'main', points: 35 });
  await refund(contextOf(db, day(21)), { saleId: second.saleId, amountMinor: 700 });
  expect(await factsOf(card)).toMatchObject({ visits: 3, spent: 2_800, points: 28 });
  await refund(contextOf(db, day(21)), { saleId: third.saleId });
  expect(await factsOf(card)).toMatchObject({ first: 5, last: 10, visits: 2, spent: 2_300, shop: 'pier' });
  await undo(byOwner(day(21)), { saleId: first.saleId });
  await refund(contextOf(db, day(21)), { saleId: second.saleId });
  expect(await factsOf(card)).toMatchObject({ first: undefined, last: undefined, visits: 0, spent: 0, shop: null, points: 0 });
  await right();
});

it('go along when two cards become one, and part again, tags too', async () => {
  const [kept, gone] = [await newMember(db), await newMember(db)];
  await sell(kept, 1_000, day(8), 'main');
  await sell(gone, 400, day(3), 'pier');
  const later = await sell(gone, 600, day(9), 'pier');
  await undo(byOwner(day(9)), { saleId: (await sell(gone, 9_900, day(1))).saleId });
  await tagMember(byOwner(day(9)), { memberId: kept.id, word: '#Vegan', on: true });
  await tagMember(byOwner(day(9)), { memberId: gone.id, word: 'vegan', on: true });
  await tagMember(byOwner(day(9)), { memberId: gone.id, word: 'early', on: true });
  const { mergeId } = await mergeMembers(byOwner(day(10)), { one: kept.id, other: gone.id }, rules, 'UTC');
  expect(await factsOf(kept)).toEqual({ first: 3, last: 9, visits: 3, spent: 2_000, shop: 'pier', points: 20, open: true });
  expect(await factsOf(gone)).toMatchObject({ visits: 0, spent: 0, points: 0, open: false });
  expect(await tagsOf(db, kept.id)).toEqual(['early', 'vegan']);
  await refund(contextOf(db, day(11)), { saleId: later.saleId, amountMinor: 100 });
  await right();
  await partMembers(byOwner(day(12)), { mergeId }, rules, 'UTC');
  expect(await factsOf(kept)).toMatchObject({ first: 8, last: 8, visits: 1, spent: 1_000, shop: 'main', open: true });
  expect(await factsOf(gone)).toMatchObject({ first: 3, last: 9, visits: 2, spent: 900, shop: 'pier', open: true });
  expect([await tagsOf(db, kept.id), await tagsOf(db, gone.id)]).toEqual([['vegan'], ['early', 'vegan']]);
  await right();
});

it('are right after an import, and after the same file again', async () => {
  const csv = 'member,date,amount\nA1,2026-03-05,10.00\nA1,2026-03-02,5.00\nB2,2026-03-04,7.50\n';
  for (let times = 0; times < 2; times += 1) await bring(db, csv);
  const member = await db.prisma.member.findUniqueOrThrow({ where: { externalRef: 'A1' }, include: { fact: true } });
  expect(member.fact).toMatchObject({ visits: 2, spentMinor: 1500n, joinedAt: member.joinedAt });
  await right();
});

it('follow who somebody is: chats that come and go, their language, their consent', async () => {
  const { id: personId } = await db.prisma.person.create({ data: { name: 'Anna', language: 'en', createdAt: day(1) } });
  const address = (channel: string) =>
    db.prisma.address.create({ data: { personId, channel, user: `${channel}-a`, chat: 'a', usedAt: day(1) } });
  const { id } = await address('telegram');
  const { id: memberId } = await db.prisma.member.create({ data: { personId, code: '000000001', joinedAt: day(1) } });
  await asOwner(db.url, (client) => client.query("INSERT INTO wallet (member_id, head) VALUES ($1, '')", [memberId]));
  const fact = () =>
    db.prisma.memberFact.findUniqueOrThrow({ where: { memberId }, select: { language: true, marketing: true, channels: true } });
  expect(await fact()).toEqual({ language: 'en', marketing: false, channels: ['telegram'] });
  // At the same time: neither is lost.
  await Promise.all([address('slack'), db.prisma.address.update({ where: { id }, data: { deadAt: day(2) } })]);
  await db.prisma.person.update({ where: { id: personId }, data: { language: 'fi' } });
  await db.prisma.consent.create({ data: { personId, kind: 'marketing', granted: true, wording: 'Yes', at: day(2) } });
  expect(await fact()).toEqual({ language: 'fi', marketing: true, channels: ['slack'] });
  // The clock was put back since: what was said last still counts.
  await db.prisma.consent.create({ data: { personId, kind: 'marketing', granted: false, wording: 'No', at: day(1) } });
  expect(await fact()).toMatchObject({ marketing: false });
  await right();
});

it('score members by fifths once a day, equals equally, and leave who never bought alone', async () => {
  const made = await Promise.all(Array.from({ length: 10 }, () => newMember(db)));
  const cards = made.sort((one, other) => one.id - other.id);
  const never = await newMember(db);
  await asOwner(db.url, async (client) => {
    await client.query('UPDATE member_fact SET visits = 0, rfm = 111');
    for (const [place, { id }] of cards.entries())
      await client.query('UPDATE member_fact SET visits = $2, spent_minor = $3, last_at = $4 WHERE member_id = $1', [
        ...[id, Math.floor(place / 2) + 1, place < 5 ? 100 : 900, day(1 + place)],
      ]);
  });
  const stopping = new AbortController().signal;
  const moment = { db, now: day(28), timeZone: 'UTC', stopping };
  expect(await scoreRfm(moment)).toBeGreaterThan(10);
  const scores = await db.prisma.memberFact.findMany({
    where: { memberId: { in: cards.map(({ id }) => id) } },
    orderBy: { memberId: 'asc' },
  });
  // Places in the middle of equals: five who spent 1.00 are at a quarter, five who spent 9.00 at three quarters.
  expect(scores.map(({ rfm }) => rfm)).toEqual([112, 112, 222, 222, 332, 334, 444, 444, 554, 554]);
  expect((await db.prisma.memberFact.findUniqueOrThrow({ where: { memberId: never.id } })).rfm).toBeNull();
  await asOwner(db.url, (client) => client.query('UPDATE member_fact SET rfm = NULL'));
  expect(await scoreRfm(moment)).toBe(0);
  expect(await scoreRfm({ ...moment, now: day(29) })).toBe(10);
});
