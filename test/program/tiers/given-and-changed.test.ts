import { PassThrough, Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { chores, doChores } from '../../../src/jobs/chores.ts';
import { importPurchases } from '../../../src/program/import/import-purchases.ts';
import { refund } from '../../../src/program/ledger/refund.ts';
import { plainRules } from '../../../src/program/rules/rules.ts';
import { applyTiers } from '../../../src/program/tiers/apply-tiers.ts';
import { seesFrom } from '../../../src/program/tiers/sees-from.ts';
import { setTier } from '../../../src/program/tiers/set-tier.ts';
import { tierOf } from '../../../src/program/tiers/tier-of.ts';
import { tierMoves, tiersOverview } from '../../../src/program/tiers/tiers-overview.ts';
import { asOwner, contextOf, newMember, newPerson } from '../../support/ledger.ts';
import { rulesOf, timeZone, useTiers } from './use-tiers.ts';

const stage = useTiers();
const { on, publish, buy, evaluate, tier, changesOf, reachable } = stage;

it('keeps a tier given by hand until its date, whatever is bought, and then shows what was earned', async () => {
  const ann = await reachable();
  const { actor } = await newPerson(stage.db, 'owner');
  const set = (now: Date, input: { tier: string | null; until?: Date }, key?: string) =>
    setTier(
      contextOf(stage.db, now, key === undefined ? { actor } : { actor, key }),
      { memberId: ann.id, ...input },
      stage.program.rules,
      timeZone,
    );
  const until = new Date(on(31).getTime() - 11 * 3_600_000);
  expect(await set(on(0), { tier: 'gold', until }, 'given')).toMatchObject({ from: null, to: 'gold', name: 'Gold' });
  expect(await set(on(0), { tier: 'gold', until }, 'given')).toMatchObject({ to: 'gold' });
  await expect(set(on(0), { tier: 'silver' }, 'given')).rejects.toMatchObject({ code: 'ledger.key_reused' });
  expect((await ann.told()).map(({ params }) => params)).toMatchObject([
    { tier: 'Gold', up: true, cause: 'manual', until: expect.any(String) },
  ]);
  await buy(ann, 12_000, on(1));
  expect(await tier(ann)).toBe('gold');
  expect(await tierOf(contextOf(stage.db, on(2)), ann.id, stage.program.rules, timeZone)).toMatchObject({
    manual: { until: expect.any(Date) },
    keep: null,
    next: null,
  });
  await evaluate(on(20));
  expect((await ann.told()).at(-1)).toMatchObject({
    notice: 'campaign',
    params: { tier: 'gold', next: 'silver', missingMinor: 38_600 },
  });
  await evaluate(on(32));
  expect(await tier(ann)).toBe('silver');
  expect((await changesOf(ann)).map(({ cause }) => cause)).toEqual(['manual', 'manual_end']);

  await set(on(40), { tier: 'gold' });
  await evaluate(on(45));
  expect(await tier(ann)).toBe('gold');
  expect(await set(on(46), { tier: null })).toMatchObject({ from: 'gold', to: 'silver' });
  expect(await tier(ann)).toBe('silver');
  await expect(set(on(46), { tier: 'platinum' })).rejects.toMatchObject({ code: 'tier.unknown' });
  await expect(set(on(46), { tier: 'gold', until: on(45) })).rejects.toMatchObject({ code: 'tier.until_past' });
  const staff = await newPerson(stage.db, 'staff');
  await expect(
    setTier(
      contextOf(stage.db, on(46), { actor: staff.actor }),
      { memberId: ann.id, tier: 'gold' },
      stage.program.rules,
      timeZone,
    ),
  ).rejects.toMatchObject({ code: 'owner.only' });
});

it('applies changed tiers at once when an owner says so, else gently', async () => {
  const [ann, bob] = [await newMember(stage.db), await newMember(stage.db)];
  await buy(ann, 50_000, on(0));
  await buy(bob, 9_000, on(0));
  const stricter = rulesOf({
    levels: [
      { id: 'silver', name: 'Silver', from: 8_000 },
      { id: 'gold', name: 'Gold', from: 90_000 },
    ],
  });
  expect(await tierMoves(contextOf(stage.db, on(1)), stricter, timeZone)).toEqual(
    expect.arrayContaining([
      { from: 'gold', to: 'silver', members: 1 },
      { from: null, to: 'silver', members: 1 },
    ]),
  );
  const { actor } = await newPerson(stage.db, 'owner');
  const asOwnerAt = (now: Date) => contextOf(stage.db, now, { actor });
  const version = await publish(stricter, on(1));
  await applyTiers(asOwnerAt(on(1)), 'next evaluation', { version, timeZone });
  expect(await tier(ann)).toBe('gold');
  await evaluate(on(2));
  expect([await tier(ann), await tier(bob)]).toEqual(['gold', 'silver']);
  await applyTiers(asOwnerAt(on(3)), 'now', { version, timeZone });
  await applyTiers(asOwnerAt(on(3)), 'now', { version, timeZone });
  expect([await tier(ann), await tier(bob)]).toEqual(['silver', 'silver']);
  expect((await changesOf(ann)).at(-1)).toMatchObject({ cause: 'rules', fromTier: 'gold', toTier: 'silver' });
  expect((await tiersOverview(contextOf(stage.db, on(3)))).find((one) => one.tier === 'silver')?.members).toBeGreaterThanOrEqual(
    2,
  );
  const staff = await newPerson(stage.db, 'staff');
  await expect(
    applyTiers(contextOf(stage.db, on(3), { actor: staff.actor }), 'now', { version, timeZone }),
  ).rejects.toMatchObject({
    code: 'owner.only',
  });
  // Also when the evaluation of this very moment is done.
  const midnight = new Date(on(4).getTime() - 11 * 3_600_000);
  await evaluate(midnight);
  const easier = await publish(rulesOf({ levels: [{ id: 'gold', name: 'Gold', from: 9_001 }] }), midnight);
  await applyTiers(asOwnerAt(midnight), 'now', { version: easier, timeZone });
  expect([await tier(ann), await tier(bob)]).toEqual(['gold', null]);
  // A version that begins later is applied when it does.
  const later = rulesOf({ levels: [{ id: 'gold', name: 'Gold', from: 9_000 }] });
  const scheduled = await publish(later, on(5));
  await applyTiers(asOwnerAt(on(4)), 'now', { version: scheduled, timeZone });
  expect(await tier(bob)).toBe(null);
  await evaluate(on(5));
  expect([await tier(ann), await tier(bob)]).toEqual(['gold', 'gold']);
});

it('counts points when the member has them: pending ones on their release, refunded ones never', async () => {
  await publish({ ...rulesOf({ by: 'points', levels: [{ id: 'gold', name: 'Gold', from: 100 }] }), pendingDays: 14 }, on(0));
  const ann = await newMember(stage.db);
  const { saleId } = await buy(ann, 10_000, on(1));
  expect(await tier(ann)).toBe(null);
  await doChores(chores['expire']?.list ?? [], { db: stage.db, now: on(17), timeZone, stopping: new AbortController().signal });
  expect(await tier(ann)).toBe('gold');
  expect((await changesOf(ann)).at(-1)).toMatchObject({ cause: 'release' });
  await refund(contextOf(stage.db, on(18)), { saleId, amountMinor: 100, timeZone });
  expect(await tier(ann)).toBe(null);
});

it('counts imported purchases by their dates, and tells nobody', async () => {
  const ann = await reachable();
  const date = (days: number): string => on(days).toISOString().slice(0, 10);
  const csv = `member,date,amount\n${ann.code},${date(-300)},90.00\n${ann.code},${date(-500)},400.00\n${ann.code},${date(-2)},10.00\n`;
  const options = { currency: 'EUR', timeZone, program: stage.program, rejected: new PassThrough().resume() };
  expect(await importPurchases({ db: stage.db, now: on(0) }, Readable.from([Buffer.from(csv)]), options)).toMatchObject({
    imported: 3,
  });
  expect(await tier(ann)).toBe('silver');
  expect(await tierOf(contextOf(stage.db, on(0)), ann.id, stage.program.rules, timeZone)).toMatchObject({
    sum: 10_000,
    keep: { missing: 9_000 },
  });
  expect(await ann.told()).toEqual([]);
});

it('gives a level that begins at nothing to everybody, without a word', async () => {
  const ann = await reachable();
  await publish(
    rulesOf({
      levels: [
        { id: 'member', name: 'Member', from: 0 },
        { id: 'gold', name: 'Gold', from: 50_000 },
      ],
    }),
    on(0),
  );
  await evaluate(on(1));
  expect([await tier(ann), (await ann.told()).length]).toEqual(['member', 0]);
  const bob = await newMember(stage.db, on(2));
  expect(await tier(bob)).toBe('member');
  await buy(bob, 50_000, on(3));
  expect(await tier(bob)).toBe('gold');
  expect(await tierOf(contextOf(stage.db, on(3)), ann.id, stage.program.rules, timeZone)).toMatchObject({
    tier: { id: 'member' },
    keep: null,
    next: { missing: 50_000 },
  });
});

it('lets tiers see things earlier', () => {
  const from = new Date('2030-06-08T00:00:00Z');
  expect(seesFrom(from, 'gold', rulesOf()).toISOString()).toBe('2030-06-01T00:00:00.000Z');
  expect(seesFrom(from, null, rulesOf())).toEqual(from);
  expect(seesFrom(from, 'gold', plainRules(100))).toEqual(from);
});

it('never forgets or rewrites a change of a tier', async () => {
  const ann = await newMember(stage.db);
  await buy(ann, 10_000, on(0));
  await asOwner(stage.db.url, async (client) => {
    await expect(client.query(`update tier_change set to_tier = 'gold'`)).rejects.toMatchObject({ code: 'RG002' });
    await expect(client.query('delete from tier_change')).rejects.toMatchObject({ code: 'RG002' });
    await expect(client.query('truncate tier_change')).rejects.toThrow();
    await expect(client.query(`update standing set tier = 'gold' where member_id = ${ann.id}`)).rejects.toMatchObject({
      code: '23514',
    });
  });
  await expect(stage.db.prisma.standing.update({ where: { memberId: ann.id }, data: { tier: null } })).rejects.toThrow(/denied/);
});
