import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credit } from '../../../src/program/ledger/credit.ts';
import { refund } from '../../../src/program/ledger/refund.ts';
import { plainRules, type Rules, type Tiers } from '../../../src/program/rules/rules.ts';
import { storedRules } from '../../../src/program/settings/program.ts';
import { evaluateTiers } from '../../../src/program/tiers/evaluate-tiers.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, newMember } from '../../support/ledger.ts';
import { seeded } from '../../support/seeded.ts';
import { type History, modelTier } from './tier-model.ts';

const level = (id: string, from: number) => ({ id, name: id, from });
const three = [level('bronze', 5_000), level('silver', 12_000), level('gold', 30_000)];
const tiersOf = (more: Partial<Tiers>): Tiers => ({
  by: 'money',
  windowMonths: 3,
  graceDays: 7,
  warnDays: 10,
  levels: three,
  ...more,
});
const rulesOf = (tiers: Tiers | undefined, dayStartsAt = 0): Rules => ({
  ...plainRules(100),
  welcome: 0,
  dayStartsAt,
  ...(tiers ? { tiers } : {}),
});
const day = (date: string): Date => new Date(`${date}T10:00:00Z`);

const dayMs = 86_400_000;
const begin = day('2027-11-20').getTime();

type Plan = { name: string; timeZone: string; versions: History['versions']; seed: number };

const plans: Plan[] = [
  {
    name: 'a week of grace',
    timeZone: 'Europe/Helsinki',
    seed: 1,
    versions: [{ startsAt: new Date(0), rules: rulesOf(tiersOf({})) }],
  },
  {
    name: 'no grace, a month of 28 to 31 days, days that begin at four',
    timeZone: 'America/New_York',
    seed: 2,
    versions: [{ startsAt: new Date(0), rules: rulesOf(tiersOf({ graceDays: 0, windowMonths: 1, warnDays: 0 }), 4) }],
  },
  {
    name: 'rules that change: at the next evaluation, at once, and without tiers for a while',
    timeZone: 'Europe/Sofia',
    seed: 3,
    versions: [
      { startsAt: new Date(0), rules: rulesOf(tiersOf({ graceDays: 3 })) },
      { startsAt: day('2028-02-01'), rules: rulesOf(tiersOf({ levels: [level('bronze', 8_000), level('gold', 20_000)] })) },
      {
        startsAt: day('2028-04-10'),
        rules: rulesOf(tiersOf({ windowMonths: 2, levels: [level('bronze', 2_000), level('silver', 25_000)] })),
        relevelAt: day('2028-04-10'),
      },
      { startsAt: day('2028-06-01'), rules: rulesOf(undefined) },
      { startsAt: day('2028-07-01'), rules: rulesOf(tiersOf({})) },
    ],
  },
];

// Purchases, refunds of parts and wholes, and evaluations at any time or none, in the order of the clock. After each the member stands where
// they would if what was refunded had never been bought: the model has only ever heard of the rest.
describe.each(plans)('$name', ({ timeZone, versions, seed }) => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  beforeAll(async () => {
    db = await freshDatabase();
    for (const { startsAt, rules, relevelAt } of versions) {
      const { id } = await db.prisma.programVersion.create({
        data: { rules: storedRules(rules), startsAt, createdAt: startsAt },
      });
      if (relevelAt) await db.prisma.tierRelevel.create({ data: { versionId: id, at: relevelAt } });
    }
  });
  afterAll(() => db.close());

  it('gives every member the tier of a history without the refunded parts, whenever it is evaluated', async () => {
    const random = seeded(seed);
    const whole = (below: number): number => random.whole(0, below - 1);
    const members = await Promise.all(
      Array.from({ length: 6 }, async () => ({ ...(await newMember(db)), sales: [] as { id: number; at: Date; net: number }[] })),
    );
    const rulesAt = (at: Date): Rules => (versions.filter(({ startsAt }) => startsAt <= at).at(-1) as { rules: Rules }).rules;
    const standingOf = async (id: number) => (await db.prisma.standing.findUnique({ where: { memberId: id } }))?.auto ?? null;
    let evaluations = 0;
    let refunds = 0;
    for (let at = begin; at < begin + 240 * dayMs; at += whole(2 * dayMs)) {
      const now = new Date(at);
      const member = random.pick(members);
      const bought = member.sales.filter(({ net }) => net > 0);
      const sale = bought.length > 0 ? random.pick(bought) : undefined;
      const what = random.whole(1, 100);
      if (what <= 25) {
        evaluations += 1;
        await evaluateTiers({ db, now, timeZone });
        for (const one of members)
          expect(await standingOf(one.id), now.toISOString()).toBe(modelTier({ sales: one.sales, versions }, timeZone, now));
        continue;
      }
      if (what <= 45 && sale) {
        const amountMinor = random.chance(0.5) ? sale.net : 1 + whole(sale.net);
        await refund(contextOf(db, now), { saleId: sale.id, amountMinor, timeZone });
        sale.net -= amountMinor;
        refunds += 1;
      } else {
        const amountMinor = 500 * (1 + whole(24));
        const { saleId } = await credit(
          contextOf(db, now),
          { member: member.code, amountMinor, currency: 'EUR' },
          { version: 1, rules: rulesAt(now) },
          timeZone,
        );
        member.sales.push({ id: saleId, at: now, net: amountMinor });
      }
      // Without tiers a purchase asks nobody; the next evaluation sees to it.
      if (rulesAt(now).tiers)
        expect(await standingOf(member.id), now.toISOString()).toBe(modelTier({ sales: member.sales, versions }, timeZone, now));
    }
    expect(evaluations).toBeGreaterThan(20);
    expect(refunds).toBeGreaterThan(10);
    const changes = await db.prisma.tierChange.findMany({ orderBy: { id: 'asc' } });
    expect(new Set(changes.map(({ cause }) => cause))).toContain('refund');
    expect(new Set(changes.map(({ cause }) => cause))).toContain('evaluation');
    // The log explains it all: each change begins where the one before it ended, and the last one ends where the member stands.
    for (const { id } of members) {
      const own = changes.filter(({ memberId }) => memberId === id);
      for (const [index, change] of own.entries()) expect(change.fromTier).toBe(own[index - 1]?.toTier ?? null);
      expect(await standingOf(id)).toBe(own.at(-1)?.toTier ?? null);
    }
  }, 60_000);
});
