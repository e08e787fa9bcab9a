import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/program/context.ts';
import { expireApprovals, openApprovals } from '../../../src/program/control/approvals.ts';
import { orAsk } from '../../../src/program/control/ask-approval.ts';
import { decideApproval } from '../../../src/program/control/decide-approval.ts';
import { refund } from '../../../src/program/ledger/refund.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { removeFromTeam } from '../../../src/program/staff/team.ts';
import { asOwner, newMember, walletOf } from '../../support/ledger.ts';
import { limited, openCounter, outcome, timeZone } from './counter.ts';

let counter: Awaited<ReturnType<typeof openCounter>>;
beforeAll(async () => {
  counter = await openCounter();
});
afterAll(() => counter.db.close());

let day = 0;
const hours = (from: Date, count: number) => new Date(from.getTime() + count * 3_600_000);

/** A shop where Ben may enter 10.00 alone, and 100.00 with an owner; Olga and Otto own it. */
async function start() {
  const noon = new Date(Date.UTC(2026, 2, 1 + 3 * day++, 10));
  await expireApprovals({ db: counter.db, now: noon });
  await counter.rules(limited({ entryMinor: { approval: 1_000, hard: 10_000 } }), hours(noon, -1));
  const [ben, olga, otto] = [
    await counter.colleague('Ben', 'staff'),
    await counter.colleague('Olga', 'owner'),
    await counter.colleague('Otto', 'owner'),
  ];
  const anna = await newMember(counter.db);
  const ask = async (
    amountMinor: number,
    { actor = ben.actor, key = randomUUID(), receipt = `A-${key}` }: { actor?: Actor; key?: string; receipt?: string } = {},
  ) => {
    const ctx = counter.context(actor, noon, key);
    const purchase = { member: anna.code, amountMinor, currency: 'EUR', receipt };
    return orAsk(ctx, { kind: 'credit', purchase }, () => counter.give(ctx, anna.code, amountMinor, { receipt }));
  };
  const asked = async (amountMinor: number, more?: Parameters<typeof ask>[1]) => {
    const done = await ask(amountMinor, more);
    if (!('asked' in done)) throw new Error('nobody was asked');
    return done.asked.id;
  };
  const decide = (who: typeof olga, id: number, yes = true, at = noon, key?: string) =>
    decideApproval(counter.context(who.actor, at, key), { id, yes }, timeZone);
  return { noon, ben, olga, otto, anna, ask, asked, decide };
}

describe('above a limit that asks', () => {
  it('nothing is credited before another person agrees; then it is, by who asked, and they are told', async () => {
    const { noon, ben, olga, otto, anna, asked, decide } = await start();
    const id = await asked(2_000);
    expect(await counter.db.prisma.sale.count({ where: { memberId: anna.id } })).toBe(0);
    expect(await counter.told(olga.personId, 'approval-asked')).toMatchObject([
      {
        approval: id,
        person: ben.personId,
        kind: 'credit',
        amountMinor: 2_000,
        member: anna.code,
        limit: 'entryMinor',
        allowed: 1_000,
        wanted: 2_000,
      },
    ]);
    expect(await counter.told(otto.personId, 'approval-asked')).toHaveLength(1);
    expect(await decide(olga, id)).toMatchObject({ decision: 'approved', points: 20, amountMinor: 2_000, asker: 'Ben' });
    const sale = await counter.db.prisma.sale.findFirstOrThrow({ where: { memberId: anna.id } });
    expect(sale).toMatchObject({ actorId: ben.personId, key: `approval:${id}`, points: 20n, at: noon });
    expect(await counter.told(ben.personId, 'approval-decided')).toMatchObject([
      { approval: id, person: olga.personId, decision: 'approved', points: 20 },
    ]);
  });

  it('two owners at once decide once, the second is told by whom; the same press again gives the same answer', async () => {
    const { olga, otto, anna, asked, decide } = await start();
    const id = await asked(2_000);
    const ended = await Promise.allSettled([
      decide(olga, id, true, undefined, `o-${id}`),
      decide(otto, id, true, undefined, `t-${id}`),
    ]);
    const refused = ended.filter((one) => one.status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'approval.decided' } }]);
    expect(['Olga', 'Otto']).toContain(refused[0]?.reason.params.name);
    expect((await walletOf(counter.db, anna.id)).balance).toBe(20);
    const winner = ended[0].status === 'fulfilled' ? { who: olga, key: `o-${id}`, said: ended[0].value } : undefined;
    if (winner) expect(await decide(winner.who, id, true, undefined, winner.key)).toEqual(winner.said);
    expect(await outcome(decide(olga, id, false))).toBe('approval.decided');
    expect((await walletOf(counter.db, anna.id)).balance).toBe(20);
  });

  it('is decided by an owner, and never by who asked', async () => {
    const { noon, ben, olga, otto, asked, decide } = await start();
    const id = await asked(2_000);
    expect(await outcome(decide(ben, id))).toBe('owner.only');
    await counter.rules({ ...limited({}), limits: { staff: {}, owner: { entryMinor: { approval: 1_000 } } } }, noon);
    const own = await asked(3_000, { actor: olga.actor });
    expect(await outcome(decide(olga, own))).toBe('approval.own');
    expect((await openApprovals(counter.context(olga.actor, noon))).map((one) => one.id)).not.toContain(own);
    expect(await outcome(decide(otto, own))).toBe('done');
    expect(await outcome(decide(otto, 999_999))).toBe('approval.unknown');
  });

  it('is declined once and for all; then the same event asks nobody again and credits nothing', async () => {
    const { noon, ben, olga, anna, ask, asked, decide } = await start();
    const id = await asked(2_000, { key: 'the-same-press' });
    expect(await decide(olga, id, false)).toMatchObject({ decision: 'declined', points: 0 });
    expect(await counter.told(ben.personId, 'approval-decided')).toMatchObject([{ decision: 'declined' }]);
    await counter.rules(limited({}), hours(noon, -0.5));
    expect(await ask(2_000, { key: 'the-same-press', receipt: 'A-the-same-press' })).toMatchObject({
      asked: { id, decision: 'declined' },
    });
    expect(await counter.db.prisma.sale.count({ where: { memberId: anna.id } })).toBe(0);
  });

  it('runs out after 24 hours, also when the job is late, and who asked is told once', async () => {
    const { noon, ben, olga, asked, decide } = await start();
    const id = await asked(2_000);
    expect(await outcome(decide(olga, id, true, hours(noon, 24)))).toBe('approval.expired');
    expect(await openApprovals(counter.context(olga.actor, hours(noon, 24)))).toEqual([]);
    expect(await expireApprovals({ db: counter.db, now: hours(noon, 23.9) })).toBe(0);
    // A refusal is heard an instant before its transaction lets go of the row, and the job passes over what is held.
    await expect.poll(() => expireApprovals({ db: counter.db, now: hours(noon, 25) })).toBe(1);
    expect(await expireApprovals({ db: counter.db, now: hours(noon, 25) })).toBe(0);
    expect(await counter.told(ben.personId, 'approval-decided')).toMatchObject([{ approval: id, decision: 'expired' }]);
    expect(await outcome(decide(olga, id, true, hours(noon, 26)))).toBe('approval.expired');
  });

  it('is priced by the rules of when it was asked, and held to the limits of when it is decided', async () => {
    const { noon, olga, anna, asked, decide } = await start();
    const [id, other] = [await asked(2_000), await asked(9_000)];
    const dearer = limited({ entryMinor: { approval: 1_000, hard: 8_000 } });
    await counter.rules(
      { ...dearer, earn: [{ id: 'base', kind: 'money', points: 5, perMinor: 100, carry: true }] },
      hours(noon, 1),
    );
    expect(await decide(olga, id, true, hours(noon, 2))).toMatchObject({ points: 20 });
    expect(await outcome(decide(olga, other, true, hours(noon, 2)))).toBe('limit.entry');
    expect(await decide(olga, other, false, hours(noon, 2))).toMatchObject({ decision: 'declined' });
    expect((await walletOf(counter.db, anna.id)).balance).toBe(20);
  });

  it('stays open when the ledger refuses, and cannot be agreed to once its asker has left', async () => {
    const { noon, ben, olga, asked, decide } = await start();
    const [id, other] = [await asked(2_000, { receipt: 'twice' }), await asked(2_000, { receipt: 'twice' })];
    expect(await outcome(decide(olga, id))).toBe('done');
    expect(await outcome(decide(olga, other))).toBe('ledger.receipt_used');
    await removeFromTeam(counter.context(olga.actor, noon), { personId: ben.personId });
    expect(await outcome(decide(olga, other))).toBe('approval.asker_left');
    expect(await outcome(decide(olga, other, false))).toBe('done');
  });

  it('asks nobody when there is no other owner', async () => {
    const { ben, ask } = await start();
    await counter.db.prisma.staff.deleteMany({ where: { role: 'owner' } });
    expect(await outcome(ask(2_000))).toBe('limit.nobody_to_ask');
    expect(await counter.db.prisma.approval.count({ where: { askerId: ben.personId } })).toBe(0);
  });

  it('works for refunds: all that was left when it was asked, with its reason', async () => {
    const { noon, ben, olga, anna, decide } = await start();
    await counter.rules(limited({ refundDayMinor: { approval: 500 } }), hours(noon, 1));
    const sale = await counter.give(counter.context(olga.actor, noon), anna.code, 900);
    const ctx = counter.context(ben.actor, hours(noon, 2));
    const wanted = { saleId: sale.saleId, reason: 'other: cold soup' };
    const done = await orAsk(ctx, { kind: 'refund', ...wanted }, () => refund(ctx, { ...wanted, timeZone }));
    if (!('asked' in done)) throw new Error('nobody was asked');
    expect(await decide(olga, done.asked.id, true, hours(noon, 3))).toMatchObject({
      kind: 'refund',
      points: 9,
      amountMinor: 900,
    });
    const row = await counter.db.prisma.refund.findFirstOrThrow({ where: { saleId: sale.saleId } });
    expect(row).toMatchObject({ actorId: ben.personId, amountMinor: 900n, reason: 'other: cold soup' });
    // The question comes again: it has its answer.
    const again = await orAsk(ctx, { kind: 'refund', ...wanted }, () => refund(ctx, { ...wanted, timeZone }));
    expect(again).toMatchObject({ asked: { id: done.asked.id, decision: 'approved' } });
  });

  it('is never rewritten', async () => {
    await asOwner(counter.db.url, async (client) => {
      await expect(client.query('UPDATE approval SET wanted = 1')).rejects.toThrow(/append-only/);
      await expect(client.query(`UPDATE approval SET decision = 'declined' WHERE decision = 'approved'`)).rejects.toThrow(
        /append-only/,
      );
      await expect(client.query('DELETE FROM approval')).rejects.toThrow(/append-only/);
    });
    await expect(counter.db.prisma.approval.updateMany({ data: { decision: 'approved' } })).rejects.toThrow(/permission denied/);
    expect(await verify(counter.db)).toMatchObject({ problemCount: 0 });
  });
});
