import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credit } from '../../../src/program/ledger/credit.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { join, type Newcomer } from '../../../src/program/members/join.ts';
import { makeClaimCode, makeLinkCode } from '../../../src/program/members/link-code.ts';
import { mergesOf, partMembers } from '../../../src/program/members/merge.ts';
import { useLink } from '../../../src/program/members/use-link.ts';
import { Refusal } from '../../../src/program/refusal.ts';
import { type Program, plainRules } from '../../../src/program/rules/rules.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, newMember, newPerson, published } from '../../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');

describe('one person on two messengers, at the same time', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  let program: Program;
  let users = 0;
  beforeAll(async () => {
    db = await freshDatabase({ max: 12 });
    program = await published(db, plainRules(100));
  });
  afterAll(() => db.close());

  const somebody = (channel: string): Newcomer => {
    const user = `u${++users}`;
    return { channel, user, chat: user, name: user, language: 'en' };
  };
  const member = async (channel: string) => {
    const who = somebody(channel);
    const joined = await join(contextOf(db, now), who, program, 'UTC');
    return { ...who, ...joined, actor: { kind: 'person', personId: joined.personId } as const };
  };
  const codeOf = async (who: Newcomer & { personId: number }) =>
    (await makeLinkCode(contextOf(db, now), { personId: who.personId, from: who })).code;
  const use = (code: string, who: Newcomer, key?: string) =>
    useLink(contextOf(db, now, key === undefined ? {} : { key }), code, who, program.rules, 'UTC');
  const said = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
    );
  const personAt = async ({ channel, user }: Newcomer) =>
    (await db.prisma.address.findUniqueOrThrow({ where: { channel_user: { channel, user } } })).personId;
  const right = async () => expect((await verify(db)).problems).toEqual([]);

  it('a code is used once, by whoever is first, and again by the same event only', async () => {
    const anna = await member('telegram');
    const code = await codeOf(anna);
    const others = Array.from({ length: 6 }, () => somebody('slack'));
    const outcomes = await Promise.all(others.map((who, index) => said(use(code, who, `use-${index}`))));
    expect(outcomes.sort()).toEqual(['done', ...Array.from({ length: 5 }, () => 'link.unknown')]);
    const winner = await db.prisma.linkCode.findFirstOrThrow({ where: { personId: anna.personId, usedAt: { not: null } } });
    const first = others[Number(winner.usedKey?.slice(4))] as Newcomer;
    expect(await use(code, first, winner.usedKey ?? '')).toMatchObject({
      personId: anna.personId,
      code: anna.code,
      mergeId: null,
    });
    expect(await db.prisma.address.count({ where: { personId: anna.personId } })).toBe(2);
    expect(await said(use(code, anna))).toBe('link.unknown');
    await right();
  });

  it('two who use each other’s code become one, however they meet', async () => {
    for (let round = 0; round < 8; round++) {
      const [here, there] = [await member('telegram'), await member('slack')];
      const [mine, theirs] = [await codeOf(here), await codeOf(there)];
      const outcomes = await Promise.all([said(use(theirs, here)), said(use(mine, there))]);
      expect(outcomes.filter((one) => one === 'done')).toHaveLength(1);
      expect(outcomes.every((one) => ['done', 'link.unknown', 'link.same'].includes(one))).toBe(true);
      expect(await personAt(here)).toBe(await personAt(there));
      const open = await db.prisma.wallet.findMany({
        where: { memberId: { in: [here.memberId, there.memberId] }, mergedInto: null },
      });
      // Ten points of welcome, once.
      expect(open.map(({ balance }) => Number(balance))).toEqual([10]);
    }
    await right();
  });

  it('a card out of a file is welcomed when its owner takes it into a chat, and only then', async () => {
    const staff = await newPerson(db, 'staff');
    const imported = await newMember(db);
    const made = await makeClaimCode(contextOf(db, now, { actor: staff.actor }), { memberId: imported.id });
    const who = somebody('telegram');
    expect(await use(made.claim, who)).toMatchObject({ memberId: imported.id, code: imported.code, balance: 10 });
    expect(await join(contextOf(db, now), who, program, 'UTC')).toMatchObject({ already: true, balance: 10 });
    const anna = await member('telegram');
    const other = await newMember(db);
    const another = await makeClaimCode(contextOf(db, now, { actor: staff.actor }), { memberId: other.id });
    expect(await use(another.claim, anna)).toMatchObject({ memberId: anna.memberId, balance: 10 });
    expect(await said(makeClaimCode(contextOf(db, now, { actor: anna.actor }), { memberId: other.id }))).toBe('staff.only');
    await right();
  });

  it('purchases by both codes go on meanwhile; after a parting each has their chat, their welcome and their purchases again', async () => {
    const [here, there] = [await member('telegram'), await member('slack')];
    const buy = (code: string) => credit(contextOf(db, now), { member: code, amountMinor: 500, currency: 'EUR' }, program, 'UTC');
    await buy(there.code);
    const code = await codeOf(here);
    const outcomes = await Promise.all([
      ...[here, there, here, there, here, there].map(({ code }) => said(buy(code))),
      said(use(code, there)),
    ]);
    expect(new Set(outcomes)).toEqual(new Set(['done', ...outcomes.filter((one) => one === 'member.merged')]));
    const bought = await db.prisma.sale.count({ where: { memberId: here.memberId } });
    expect(Number((await db.prisma.wallet.findUniqueOrThrow({ where: { memberId: here.memberId } })).balance)).toBe(
      10 + bought * 5,
    );
    await right();
    const owner = await newPerson(db, 'owner');
    const [merge] = await mergesOf(contextOf(db, now), there.code);
    await partMembers(contextOf(db, now, { actor: owner.actor }), { mergeId: merge?.mergeId ?? 0 }, program.rules, 'UTC');
    expect([await personAt(here), await personAt(there)]).toEqual([here.personId, there.personId]);
    for (const one of [here, there]) {
      const purchases = await db.prisma.sale.count({ where: { memberId: one.memberId } });
      expect(Number((await db.prisma.wallet.findUniqueOrThrow({ where: { memberId: one.memberId } })).balance)).toBe(
        10 + purchases * 5,
      );
    }
    await right();
  });
});
