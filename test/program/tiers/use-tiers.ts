import { afterAll, beforeAll, beforeEach } from 'vitest';
import { ensureJourneys } from '../../../src/program/journeys/ensure-journeys.ts';
import { credit } from '../../../src/program/ledger/credit.ts';
import { plainRules, type Rules, type Tiers } from '../../../src/program/rules/rules.ts';
import { storedRules } from '../../../src/program/settings/program.ts';
import { evaluateTiers } from '../../../src/program/tiers/evaluate-tiers.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, newMember, newPerson } from '../../support/ledger.ts';

export const timeZone = 'Europe/Helsinki';
export const dayMs = 86_400_000;

const year: Tiers = {
  by: 'money',
  windowMonths: 12,
  graceDays: 10,
  warnDays: 14,
  levels: [
    { id: 'silver', name: 'Silver', from: 10_000, earlyAccessDays: 2 },
    { id: 'gold', name: 'Gold', from: 50_000, bonusPercent: 1_000, discountPercent: 500, earlyAccessDays: 7 },
  ],
};

/** A year's window, silver from 100.00 and gold from 500.00, unless it is said otherwise. */
export const rulesOf = (tiers: Partial<Tiers> = {}): Rules => ({ ...plainRules(100), welcome: 0, tiers: { ...year, ...tiers } });

/**
 * A shop with levels on a database of the file's own. Each test has a year of its own, long after the one before: what came before has left every
 * window. `program` is the version in force; publishing another one puts it there.
 */
export function useTiers() {
  let open: Awaited<ReturnType<typeof freshDatabase>>;
  let start = Date.UTC(2030, 0, 10, 9);
  const on = (days: number, ms = 0): Date => new Date(start + days * dayMs + ms);
  const stage = {
    get db() {
      return open;
    },
    program: { version: 0, rules: rulesOf() },
    on,
    async publish(rules: Rules, startsAt: Date): Promise<number> {
      const data = { rules: storedRules(rules), startsAt, createdAt: startsAt };
      const { id } = await open.prisma.programVersion.create({ data });
      stage.program = { version: id, rules };
      return id;
    },
    buy: (member: { code: string }, amountMinor: number, now: Date) =>
      credit(contextOf(open, now), { member: member.code, amountMinor, currency: 'EUR' }, stage.program, timeZone),
    evaluate: (now: Date) => evaluateTiers({ db: open, now, timeZone }),
    tier: async ({ id }: { id: number }) => (await open.prisma.standing.findUnique({ where: { memberId: id } }))?.tier ?? null,
    changesOf: ({ id }: { id: number }) => open.prisma.tierChange.findMany({ where: { memberId: id }, orderBy: { id: 'asc' } }),
    /** A member with a chat, so that they can be told. */
    async reachable() {
      const member = await newMember(open, on(-3));
      const { personId } = await newPerson(open, null);
      const place = { channel: 'tea', user: `u${personId}`, chat: `c${personId}` };
      await open.prisma.address.create({ data: { ...place, personId, usedAt: on(-3) } });
      await open.prisma.member.update({ where: { id: member.id }, data: { personId } });
      const told = () =>
        open.prisma.delivery.findMany({
          where: { personId, notice: { in: ['tier-changed', 'campaign'] } },
          orderBy: { id: 'asc' },
        });
      return { ...member, personId, told };
    },
  };
  beforeAll(async () => {
    open = await freshDatabase();
    await ensureJourneys(open, new Date(0));
  });
  beforeEach(async () => {
    start = Date.UTC(new Date(start).getUTCFullYear() + 5, 0, 10, 9);
    await stage.publish(rulesOf(), on(-5));
  });
  afterAll(() => open.close());
  return stage;
}
