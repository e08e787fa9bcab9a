import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetOld } from '../../../src/jobs/retention.ts';
import type { Actor } from '../../../src/program/context.ts';
import { credit } from '../../../src/program/ledger/credit.ts';
import { refund } from '../../../src/program/ledger/refund.ts';
import { releaseSale } from '../../../src/program/ledger/release.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { setBirthday } from '../../../src/program/members/birthday.ts';
import { join } from '../../../src/program/members/join.ts';
import { mergeMembers, partMembers } from '../../../src/program/members/merge.ts';
import { sharePhone } from '../../../src/program/members/phone.ts';
import { accountCsv } from '../../../src/program/privacy/account-csv.ts';
import { erasePerson, lossesBy, type Whom } from '../../../src/program/privacy/erase.ts';
import { exportOf } from '../../../src/program/privacy/export.ts';
import { personalData } from '../../../src/program/privacy/personal-data.ts';
import { redeem } from '../../../src/program/rewards/redeem.ts';
import { type Program, plainRules, type Rules } from '../../../src/program/rules/rules.ts';
import { freshDatabase } from '../../support/database.ts';
import { outcomes, times } from '../../support/desk.ts';
import { asOwner, contextOf, newMember, newPerson, published } from '../../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');
const rules: Rules = {
  ...plainRules(100),
  welcome: 10,
  rewards: [
    { id: 'tea', kind: 'item', item: 'Tea', name: { en: 'Tea' }, cost: 5, validDays: 30 },
    { id: 'card', kind: 'gift_card', amountMinor: 1_000, name: { en: 'Gift' }, cost: 5, validDays: 30, stock: 3 },
  ],
};

let db: Awaited<ReturnType<typeof freshDatabase>>;
let program: Program;
let owner: Actor;
let staff: Actor;
let users = 0;
beforeAll(async () => {
  db = await freshDatabase({ max: 12 });
  program = await published(db, rules);
  ({ actor: owner } = await newPerson(db, 'owner'));
  ({ actor: staff } = await newPerson(db, 'staff'));
});
afterAll(() => db.close());

const ctx = (actor: Actor, key: string = randomUUID(), at = now) => contextOf(db, at, { actor, key });
const right = async () => expect((await verify(db)).problems).toEqual([]);
const noPicture = () => 'none';
const erased = (actor: Actor, whom: Whom, key?: string) => erasePerson(ctx(actor, key), whom, noPicture);
async function member() {
  const user = `u${++users}`;
  const who = { channel: 'telegram', user, chat: user, name: `Name ${user}`, language: 'en' };
  const done = await join(contextOf(db, now), who, program, 'UTC');
  return { ...who, ...done, id: done.memberId, actor: { kind: 'person', personId: done.personId } as const };
}
const sell = (code: string, amountMinor: number, of: Program = program) =>
  credit(ctx(staff), { member: code, amountMinor, currency: 'EUR' }, of, 'UTC');
const buy = (who: { id: number; actor: Actor }, reward: string) =>
  redeem(ctx(who.actor), { memberId: who.id, reward, agreed: 5 }, program, 'UTC');

describe('erasing', () => {
  it('balances the books: what waits, coupons and a debt go with the rest', async () => {
    const anna = await member();
    const { saleId } = await sell(anna.code, 3_000);
    await buy(anna, 'tea');
    await buy(anna, 'card');
    const waiting = await published(db, { ...rules, pendingDays: 14 });
    const later = await sell(anna.code, 700, waiting);
    expect(await lossesBy(ctx(anna.actor), { personId: anna.personId })).toEqual({ points: 37, debt: 0, coupons: 2 });
    expect(await erased(anna.actor, { personId: anna.personId })).toMatchObject({ points: 37, debt: 0, coupons: 2, own: true });
    expect(await db.prisma.erasure.findUniqueOrThrow({ where: { personId: anna.personId } })).toMatchObject({
      points: 47n,
      couponPoints: 10n,
    });
    await right();
    const wallet = await db.prisma.wallet.findUniqueOrThrow({ where: { memberId: anna.id } });
    expect(wallet).toMatchObject({ balance: 0n, debt: 0n, closedAt: now });
    expect(await db.prisma.rewardStock.findUnique({ where: { reward: 'card' } })).toMatchObject({ issued: 0n });
    for (const id of [saleId, later.saleId])
      await expect(refund(ctx(staff), { saleId: id, timeZone: 'UTC' })).rejects.toThrow('member.erased');
    await expect(releaseSale(ctx(owner), later.saleId)).rejects.toThrow(/pending|erased/);
  });

  it('lets go of what is owed', async () => {
    const anna = await member();
    const { saleId } = await sell(anna.code, 1_000);
    for (const _ of times(4, String)) await buy(anna, 'tea');
    await asOwner(db.url, (client) => client.query('UPDATE coupon SET used_at = $1 WHERE member_id = $2', [now, anna.id]));
    await asOwner(db.url, (client) =>
      client.query(
        "INSERT INTO coupon_event (coupon_id, kind, at, details) SELECT id, 'used', $1, '{}' FROM coupon WHERE member_id = $2",
        [now, anna.id],
      ),
    );
    await refund(ctx(staff), { saleId, timeZone: 'UTC' });
    expect(await erased(anna.actor, { personId: anna.personId })).toMatchObject({ points: 0, debt: 10, coupons: 0 });
    await right();
  });

  it('reaches cards and chats that became one, and parts nothing afterwards', async () => {
    const [kept, gone] = [await member(), await member()];
    await sell(gone.code, 500);
    const { mergeId } = await mergeMembers(ctx(owner), { one: kept.id, other: gone.id }, rules, 'UTC');
    const { data } = await exportOf(ctx(kept.actor), { personId: kept.personId, shop: 'Shop' });
    expect(data['person']).toHaveLength(2);
    expect(data['address']).toHaveLength(2);
    await erased(kept.actor, { personId: kept.personId });
    const people = await db.prisma.person.findMany({ where: { id: { in: [kept.personId, gone.personId] } } });
    expect(people.map(({ name, erasedAt }) => ({ name, erasedAt }))).toEqual(times(2, () => ({ name: '—', erasedAt: now })));
    expect(await db.prisma.member.count({ where: { code: { in: [kept.code, gone.code] } } })).toBe(0);
    await expect(partMembers(ctx(owner), { mergeId }, rules, 'UTC')).rejects.toThrow('member.erased');
    const { data: left } = await exportOf(ctx(owner), { personId: kept.personId, shop: 'Shop' });
    const deleted = Object.entries(personalData).filter(([, { erased: how }]) => how === 'deleted');
    expect(deleted.flatMap(([table]) => left[table])).toEqual([]);
    expect(left['entry']).not.toEqual([]);
    await right();
  });

  it('leaves who has parted again alone', async () => {
    const [kept, gone] = [await member(), await member()];
    const { mergeId } = await mergeMembers(ctx(owner), { one: kept.id, other: gone.id }, rules, 'UTC');
    await partMembers(ctx(owner), { mergeId }, rules, 'UTC');
    await erased(kept.actor, { personId: kept.personId });
    expect(await db.prisma.person.findUniqueOrThrow({ where: { id: gone.personId } })).toMatchObject({
      name: gone.name,
      erasedAt: null,
    });
    expect(await db.prisma.address.count({ where: { personId: gone.personId } })).toBe(1);
    await right();
  });

  it('reaches what came to their chat while their card was part of another’s', async () => {
    const [kept, gone] = [await member(), await member()];
    const { mergeId } = await mergeMembers(ctx(owner), { one: kept.id, other: gone.id }, rules, 'UTC');
    const came = { notice: 'x', params: {}, channel: 'telegram', notBefore: now, createdAt: now, state: 'sent' };
    for (const { chat } of [kept, gone]) {
      const { id: addressId, personId } = await db.prisma.address.findFirstOrThrow({ where: { chat } });
      await db.prisma.delivery.create({ data: { ...came, personId, addressId, dedupe: chat, result: { chat } } });
    }
    await partMembers(ctx(owner), { mergeId }, rules, 'UTC');
    await erased(gone.actor, { personId: gone.personId });
    const left = await db.prisma.delivery.findMany({ where: { dedupe: { in: [kept.chat, gone.chat] } }, orderBy: { id: 'asc' } });
    expect(left.map(({ result }) => result)).toEqual([{ chat: kept.chat }, {}]);
  });

  it('of a card out of a file, by an owner only', async () => {
    const card = await newMember(db);
    await sell(card.code, 900);
    await expect(erased(staff, { memberId: card.id })).rejects.toThrow('owner.only');
    expect(await erased(owner, { memberId: card.id })).toMatchObject({ points: 9, own: false });
    expect(await db.prisma.member.findUniqueOrThrow({ where: { id: card.id } })).toMatchObject({ externalRef: null });
    await right();
  });

  it('takes the birthday out of what a price was made by, and nothing else', async () => {
    const anna = await member();
    await setBirthday(ctx(anna.actor), { memberId: anna.id, birthday: '02-29' });
    const festive = await published(db, {
      ...rules,
      bonuses: [{ id: 'feast', priority: 1, stack: true, percent: 100, when: { birthday: { before: 1, after: 1 } } }],
    });
    await sell(anna.code, 500, festive);
    const before = await db.prisma.sale.findFirstOrThrow({ where: { memberId: anna.id } });
    expect(JSON.stringify(before.snapshot)).toContain('02-29');
    await asOwner(db.url, async (client) => {
      await expect(client.query("UPDATE sale SET snapshot = snapshot #- '{facts,birthday}'")).rejects.toThrow('append-only');
    });
    await erased(anna.actor, { personId: anna.personId });
    const after = await db.prisma.sale.findFirstOrThrow({ where: { memberId: anna.id } });
    expect(JSON.stringify(after.snapshot)).not.toContain('02-29');
    await asOwner(db.url, async (client) => {
      await expect(client.query("UPDATE sale SET snapshot = '{}' WHERE id = $1", [after.id])).rejects.toThrow('append-only');
    });
    await right();
  });

  it('races: erased once, while others credit, spend and write', async () => {
    const anna = await member();
    await sell(anna.code, 5_000);
    const key = randomUUID();
    const found = await outcomes([
      ...times(4, () => erased(anna.actor, { personId: anna.personId }, key)),
      ...times(2, () => erased(anna.actor, { personId: anna.personId })),
      ...times(5, () => sell(anna.code, 100)),
      ...times(3, () => buy(anna, 'tea')),
      ...times(2, () => sharePhone(ctx(anna.actor), { personId: anna.personId, contact: '+359888123456' })),
    ]);
    expect(found['done']).toBeGreaterThanOrEqual(6);
    expect(await db.prisma.erasure.count({ where: { personId: anna.personId } })).toBe(1);
    expect(await db.prisma.person.findUniqueOrThrow({ where: { id: anna.personId } })).toMatchObject({ phone: null, name: '—' });
    expect(await db.prisma.wallet.findUniqueOrThrow({ where: { memberId: anna.id } })).toMatchObject({ balance: 0n, debt: 0n });
    await right();
  });

  it('empties the phones of the playground: theirs, and what others were told of them', async () => {
    const anna = await member();
    const at = { personId: anna.personId, channel: 'playground', user: 'customer', chat: 'customer', usedAt: now };
    await db.prisma.address.create({ data: at });
    const message = (phone: string, text: string) => ({ phone, mine: false, at: now, view: { content: { text } } });
    const told = [
      message('customer', 'Your card'),
      message('staff', `12 points for ${anna.name}`),
      message('owner', 'All is well'),
    ];
    await db.prisma.playgroundMessage.createMany({ data: told });
    await erased(anna.actor, { personId: anna.personId });
    const left = await db.prisma.playgroundMessage.findMany();
    expect(left.map(({ phone }) => phone)).toEqual(['owner']);
  });

  it('nobody is written onto afterwards', async () => {
    const anna = await member();
    await erased(anna.actor, { personId: anna.personId });
    await db.prisma.person.updateMany({
      where: { id: anna.personId },
      data: { name: 'Back', phone: '+359888123457', phoneAt: now },
    });
    await db.prisma.member.updateMany({ where: { id: anna.id }, data: { birthday: '01-01' } });
    expect(await db.prisma.person.findUniqueOrThrow({ where: { id: anna.personId } })).toMatchObject({ name: '—', phone: null });
    expect(await db.prisma.member.findUniqueOrThrow({ where: { id: anna.id } })).toMatchObject({ birthday: null });
  });
});

it('a table for a spreadsheet holds no formula', () => {
  const line = { at: now, what: '=SUM(A1)', points: 1, balance: 2, receipt: '@cmd', amountMinor: 1_250 };
  const csv = accountCsv([line], { columns: [...'abcdefg'], currency: 'EUR', perUnit: 100, timeZone: 'Europe/Sofia' });
  expect(new TextDecoder().decode(csv)).toBe("a,b,c,d,e,f,g\n2026-03-01 14:00:00,'=SUM(A1),1,2,'@cmd,12.50,EUR\n");
});

it('what has done its work is forgotten after the days that the rules say', async () => {
  const anna = await member();
  const of = {
    personId: anna.personId,
    addressId: 1,
    channel: 'telegram',
    notice: 'x',
    params: {},
    notBefore: now,
    createdAt: now,
  };
  const broadcast = { kind: 'broadcast', name: 'b', state: 'done', topic: 'offers', createdAt: now };
  const [told, open] = [
    await db.prisma.campaign.create({ data: { ...broadcast, result: {} } }),
    await db.prisma.campaign.create({ data: broadcast }),
  ];
  await db.prisma.delivery.deleteMany({});
  await db.prisma.delivery.createMany({
    data: [
      { ...of, dedupe: 'one', state: 'sent' },
      { ...of, dedupe: 'waits', state: 'planned' },
      { ...of, dedupe: 'told', state: 'sent', campaignId: told.id },
      { ...of, dedupe: 'open', state: 'sent', campaignId: open.id },
    ],
  });
  await db.prisma.poison.create({ data: { id: 'bad', channel: 'telegram', event: {}, error: 'x', at: now } });
  const after = async (days: number) => {
    await forgetOld({ db, now: new Date(now.getTime() + days * 86_400_000), stopping: new AbortController().signal });
    const left = await db.prisma.delivery.findMany({ orderBy: { id: 'asc' } });
    return [...left.map(({ dedupe }) => dedupe), ...(await db.prisma.poison.findMany()).map(({ id }) => id)];
  };
  await published(db, { ...rules, contact: { keep: { messagesDays: 40, campaignsDays: 60 } } });
  expect(await after(29)).toEqual(['one', 'waits', 'told', 'open', 'bad']);
  expect(await after(41)).toEqual(['waits', 'told', 'open']);
  expect(await after(61)).toEqual(['waits', 'open']);
});
