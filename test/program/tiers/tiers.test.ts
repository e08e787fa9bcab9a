import { Temporal } from 'temporal-polyfill';
import { expect, it } from 'vitest';
import { refund } from '../../../src/program/ledger/refund.ts';
import { plainRules } from '../../../src/program/rules/rules.ts';
import { tierOf } from '../../../src/program/tiers/tier-of.ts';
import { termsOf } from '../../../src/program/tiers/tier-terms.ts';
import { contextOf, newMember } from '../../support/ledger.ts';
import { dayMs, rulesOf, timeZone, useTiers } from './use-tiers.ts';

const stage = useTiers();
const { on, buy, evaluate, tier, changesOf, reachable } = stage;

it('lifts at the boundary and not before it, at once, and says so once', async () => {
  const ann = await reachable();
  await buy(ann, 9_999, on(0));
  expect(await tier(ann)).toBe(null);
  const { outcome, saleId } = await buy(ann, 1, on(1));
  expect(outcome).toMatchObject({ tier: { from: null, to: 'silver', name: 'Silver' } });
  expect(await tier(ann)).toBe('silver');
  await buy(ann, 39_999, on(2));
  expect(await tier(ann)).toBe('silver');
  await buy(ann, 1, on(3));
  expect(await tier(ann)).toBe('gold');
  expect((await ann.told()).map(({ notice, params }) => [notice, params])).toMatchObject([
    ['tier-changed', { tier: 'Silver', up: true, cause: 'purchase', earlyAccessDays: 2 }],
    ['tier-changed', { tier: 'Gold', before: 'Silver', up: true, bonusPercent: 1_000, discountPercent: 500 }],
  ]);
  const [first] = await changesOf(ann);
  expect(first).toMatchObject({ fromTier: null, toTier: 'silver', cause: 'purchase', saleId: BigInt(saleId) });
  expect(first?.facts).toEqual({ by: 'money', months: 12, toName: 'Silver', needs: 10_000, sum: 10_000 });
  const bob = await reachable();
  await buy(bob, 50_000, on(3));
  expect(await tier(bob)).toBe('gold');
  expect(await bob.told()).toHaveLength(1);
});

it('takes back a tier that a refunded purchase had reached, and tells why', async () => {
  const ann = await reachable();
  await buy(ann, 20_000, on(0));
  const { saleId } = await buy(ann, 30_000, on(1));
  expect(await tier(ann)).toBe('gold');
  await refund(contextOf(stage.db, on(40)), { saleId, amountMinor: 1, timeZone });
  expect(await tier(ann)).toBe('silver');
  expect((await ann.told()).at(-1)?.params).toMatchObject({ tier: 'Silver', before: 'Gold', up: false, cause: 'refund' });
  await refund(contextOf(stage.db, on(41)), { saleId, timeZone });
  expect(await tier(ann)).toBe('silver');
});

it('warns before a drop, says what would keep the tier, and keeps it for that much', async () => {
  const [ann, bob] = [await reachable(), await reachable()];
  for (const one of [ann, bob]) {
    await buy(one, 30_000, on(0));
    await buy(one, 25_000, on(100));
  }
  // 10 January still counts on 10 January of the next year; then grace runs for ten days.
  const warnedOn = on(365 + 1 + 10 - 14);
  await evaluate(new Date(warnedOn.getTime() - dayMs));
  expect(await ann.told()).toHaveLength(2);
  await evaluate(new Date(warnedOn.getTime() - 10 * 3_600_000));
  await evaluate(new Date(warnedOn.getTime() + dayMs));
  const warning = (await ann.told()).at(-1);
  expect(warning).toMatchObject({
    notice: 'campaign',
    params: { tier: 'gold', next: 'silver', missingMinor: 25_000 },
  });
  expect(await ann.told()).toHaveLength(3);
  // Nobody is woken up.
  expect(warning?.notBefore.getUTCHours()).toBe(8);
  const { until } = (warning?.params ?? {}) as { until: string };
  const lastDay = on(365 + 10)
    .toISOString()
    .slice(0, 10);
  expect(until.slice(0, 10)).toBe(lastDay);
  const facts = await tierOf(contextOf(stage.db, warnedOn), ann.id, stage.program.rules, timeZone);
  expect(facts).toMatchObject({ tier: { id: 'gold' }, keep: { missing: 25_000, below: { id: 'silver' } }, next: null });
  expect(facts?.keep?.until.toISOString()).toBe(new Date(until).toISOString());

  // Gold takes 5 % off.
  await buy(bob, 27_000, new Date(until));
  await evaluate(on(365 + 10));
  expect(await tier(ann)).toBe('gold');
  await evaluate(on(365 + 11));
  expect(await tier(ann)).toBe('silver');
  expect(await tier(bob)).toBe('gold');
  expect((await changesOf(ann)).at(-1)).toMatchObject({ fromTier: 'gold', toTier: 'silver', cause: 'evaluation' });
  expect((await ann.told()).at(-1)?.params).toMatchObject({ tier: 'Silver', before: 'Gold', up: false, cause: 'evaluation' });
});

it('says what is missing for the next tier, and until when that much is enough', async () => {
  const ann = await newMember(stage.db);
  const none = await tierOf(contextOf(stage.db, on(0)), ann.id, stage.program.rules, timeZone);
  expect(none).toMatchObject({
    tier: null,
    sum: 0,
    next: { tier: { id: 'silver' }, missing: 10_000, until: null },
    keep: null,
    changes: [],
  });
  await buy(ann, 8_000, on(0));
  await buy(ann, 4_000, on(20));
  const some = await tierOf(contextOf(stage.db, on(30)), ann.id, stage.program.rules, timeZone);
  expect(some).toMatchObject({ tier: { id: 'silver' }, sum: 12_000, next: { tier: { id: 'gold' }, missing: 38_000 } });
  expect(some?.next?.until?.toISOString().slice(0, 10)).toBe(on(365).toISOString().slice(0, 10));
  expect(some?.changes).toMatchObject([
    { from: null, to: 'Silver', cause: 'purchase', receipt: expect.stringMatching(/^#\d+$/), needs: 10_000 },
  ]);
  expect(await tierOf(contextOf(stage.db, on(30)), ann.id, plainRules(100), timeZone)).toBe(null);
});

it('makes one change of two purchases that reach a level at the same moment', async () => {
  const members = await Promise.all(Array.from({ length: 4 }, reachable));
  await evaluate(on(1));
  await Promise.all(members.flatMap((member) => [6_000, 6_000, 6_000].map((amount) => buy(member, amount, on(1)))));
  for (const member of members) {
    expect(await tier(member)).toBe('silver');
    expect(await member.told()).toHaveLength(1);
    expect(await changesOf(member)).toHaveLength(1);
  }
});

it('evaluates on two servers while people buy, and everybody is where their history says', async () => {
  const members = await Promise.all(Array.from({ length: 12 }, () => newMember(stage.db)));
  await Promise.all(members.map((member, index) => buy(member, index % 2 === 0 ? 50_000 : 10_000, on(index))));
  await evaluate(on(364));
  const days = [370, 374, 378, 382, 386, 390, 400];
  for (const day of days) {
    const buyers = members.filter((_, index) => (index + day) % 3 === 0);
    await Promise.all([
      evaluate(on(day)),
      ...buyers.map((member) => buy(member, member.id % 2 === 0 ? 40_000 : 4_000, on(day, 1_000))),
      evaluate(on(day)),
    ]);
  }
  await evaluate(on(401));
  const replay = { name: 'test_replay', text: 'SELECT tier_replay($1, $2, $3) AS state' };
  const tiers = new Set<string | null>();
  for (const member of members) {
    const [row] = await stage.db.run<{ state: { tier: string | null } }>(replay, [
      member.id,
      JSON.stringify(termsOf(stage.program.rules, timeZone)),
      on(401),
    ]);
    expect(await tier(member)).toBe(row?.state.tier ?? null);
    tiers.add(await tier(member));
  }
  expect(tiers.size).toBeGreaterThan(1);
});

it('counts months as calendars do: month ends, leap days, clocks that change, days that begin late', async () => {
  const statement = { name: 'test_window', text: 'SELECT tier_ends($1, $2) AS ends, tier_opens(tier_day($1, $2), $2) AS opens' };
  const cases: [at: string, zone: string, months: number, hour: number][] = [];
  for (const zone of ['UTC', 'Europe/Helsinki', 'America/New_York', 'Pacific/Auckland'])
    for (const at of [
      '2028-01-31T11:00:00Z',
      '2028-02-29T12:00:00Z',
      '2027-02-28T23:30:00Z',
      '2028-03-26T00:30:00Z',
      '2028-10-29T00:30:00Z',
      '2028-12-31T22:30:00Z',
    ])
      for (const months of [1, 3, 12]) for (const hour of [0, 4]) cases.push([at, zone, months, hour]);
  for (const [at, zone, months, hour] of cases) {
    const terms = termsOf({ ...rulesOf({ windowMonths: months }), dayStartsAt: hour }, zone);
    const [row] = await stage.db.run<{ ends: Date; opens: Date }>(statement, [at, JSON.stringify(terms)]);
    const day = Temporal.Instant.from(at).toZonedDateTimeISO(zone).subtract({ hours: hour }).toPlainDate();
    const begins = (date: Temporal.PlainDate) => date.toZonedDateTime({ timeZone: zone, plainTime: { hour } }).epochMilliseconds;
    expect(row?.ends.getTime(), `${at} ${zone} ${months} ${hour}`).toBe(begins(day.add({ months }).add({ days: 1 })));
    let first = day.subtract({ months: months + 1 });
    while (Temporal.PlainDate.compare(first.add({ months }), day) < 0) first = first.add({ days: 1 });
    expect(row?.opens.getTime(), `${at} ${zone} ${months} ${hour}`).toBe(begins(first));
  }
  const ends = async (at: string) =>
    (await stage.db.run<{ ends: Date }>(statement, [at, JSON.stringify(termsOf(rulesOf(), 'UTC'))]))[0]?.ends.toISOString();
  expect(await ends('2028-02-29T12:00:00Z')).toBe('2029-03-01T00:00:00.000Z');
});
