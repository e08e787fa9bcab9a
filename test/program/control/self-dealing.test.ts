import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orAsk } from '../../../src/program/control/ask-approval.ts';
import { decideApproval } from '../../../src/program/control/decide-approval.ts';
import { credit } from '../../../src/program/ledger/credit.ts';
import { refund } from '../../../src/program/ledger/refund.ts';
import { join, type Newcomer } from '../../../src/program/members/join.ts';
import { makeClaimCode, makeLinkCode } from '../../../src/program/members/link-code.ts';
import { useLink } from '../../../src/program/members/use-link.ts';
import { acceptInvitation } from '../../../src/program/staff/accept.ts';
import { invite } from '../../../src/program/staff/invite.ts';
import { removeFromTeam, team } from '../../../src/program/staff/team.ts';
import { newMember } from '../../support/ledger.ts';
import { limited, openCounter, outcome, timeZone } from './counter.ts';

const now = new Date('2026-03-01T10:00:00Z');

describe('who works here and is a customer too', () => {
  let counter: Awaited<ReturnType<typeof openCounter>>;
  const rules = limited({ entryMinor: { approval: 1_000 } });
  beforeAll(async () => {
    counter = await openCounter();
    await counter.rules(rules, new Date(0));
  });
  afterAll(() => counter.db.close());

  let users = 0;
  const stranger = (channel = 'slack'): Newcomer => {
    const user = `u${++users}`;
    return { channel, user, chat: user, name: user, language: 'en' };
  };
  const at = async (personId: number): Promise<Newcomer> => {
    const { channel, user, chat } = await counter.db.prisma.address.findFirstOrThrow({ where: { personId } });
    return { channel, user, chat, name: 'somebody', language: 'en' };
  };
  const program = async () => ({ version: (await counter.db.prisma.programVersion.findFirstOrThrow()).id, rules });
  /** A card for somebody. */
  const cardOf = async (who: Newcomer) =>
    join(counter.context({ kind: 'program', name: 'test' }, now), who, await program(), timeZone);

  it('an owner does not agree to points for their own card', async () => {
    const [ben, olga, otto] = [
      await counter.colleague('Ben', 'staff'),
      await counter.colleague('Olga', 'owner'),
      await counter.colleague('Otto', 'owner'),
    ];
    const { code, memberId } = await cardOf(await at(olga.personId));
    const ctx = counter.context(ben.actor, now);
    const purchase = { member: code, amountMinor: 5_000, currency: 'EUR', receipt: 'own-1' };
    const done = await orAsk(ctx, { kind: 'credit', purchase }, () => counter.give(ctx, code, 5_000, { receipt: 'own-1' }));
    if (!('asked' in done)) throw new Error('nobody was asked');
    const decide = (who: typeof olga, yes = true) =>
      outcome(decideApproval(counter.context(who.actor, now), { id: done.asked.id, yes }, timeZone));
    expect(await decide(olga)).toBe('approval.own_card');
    expect(await counter.db.prisma.sale.count({ where: { memberId } })).toBe(0);
    expect(await decide(otto)).toBe('done');
    expect(await counter.db.prisma.sale.count({ where: { memberId } })).toBe(1);
  });

  it('nobody refunds their own purchase', async () => {
    const [ben, carla] = [await counter.colleague('Ben', 'staff'), await counter.colleague('Carla', 'staff')];
    const { code } = await cardOf(await at(carla.personId));
    const { saleId } = await credit(
      counter.context(ben.actor, now),
      { member: code, amountMinor: 500, currency: 'EUR' },
      await program(),
      timeZone,
    );
    const back = (who: typeof ben) => outcome(refund(counter.context(who.actor, now), { saleId, timeZone }));
    expect(await back(carla)).toBe('refund.self');
    expect(await back(ben)).toBe('done');
  });

  it('a code that somebody else made does not open the team to them: it is made where one works, and used elsewhere', async () => {
    const ben = await counter.colleague('Ben', 'staff');
    const mallory = stranger();
    const { personId } = await cardOf(mallory);
    const ctx = counter.context({ kind: 'person', personId }, now);
    const { code } = await makeLinkCode(ctx, { personId, from: mallory });
    const scan = useLink(counter.context(ben.actor, now), code, await at(ben.personId), rules, timeZone);
    expect(await outcome(scan)).toBe('link.works_here');
    expect((await counter.db.prisma.address.findMany({ where: { personId: ben.personId } })).length).toBe(1);
    // The other way round is one's own doing.
    const mine = await makeLinkCode(counter.context(ben.actor, now), { personId: ben.personId, from: await at(ben.personId) });
    expect(
      await outcome(useLink(counter.context({ kind: 'program', name: 'test' }, now), mine.code, stranger(), rules, timeZone)),
    ).toBe('done');
  });

  it('owners hear when somebody who works here takes a paper card for themselves', async () => {
    const [ben, olga] = [await counter.colleague('Ben', 'staff'), await counter.colleague('Olga', 'owner')];
    const paper = await newMember(counter.db);
    const { claim } = await makeClaimCode(counter.context(ben.actor, now), { memberId: paper.id });
    await useLink(counter.context(ben.actor, now), claim, await at(ben.personId), rules, timeZone);
    expect(await counter.told(olga.personId, 'identity-staff-claimed')).toMatchObject([
      { person: ben.personId, code: paper.code },
    ]);
    expect(await counter.told(ben.personId, 'identity-staff-claimed')).toEqual([]);
  });

  it('an invitation ends with the role of who made it', async () => {
    const [olga, otto] = [await counter.colleague('Olga', 'owner'), await counter.colleague('Otto', 'owner')];
    const invited = await invite(counter.context(otto.actor, now), { role: 'owner' });
    await removeFromTeam(counter.context(olga.actor, now), { personId: otto.personId });
    const back = acceptInvitation(counter.context(otto.actor, now), await at(otto.personId), invited.code);
    expect(await outcome(back)).toBe('invitation.revoked');
    expect((await team(counter.context(olga.actor, now))).invitations.map(({ id }) => id)).not.toContain(invited.id);
    expect(await counter.db.prisma.staff.findUnique({ where: { personId: otto.personId } })).toBeNull();
  });
});
