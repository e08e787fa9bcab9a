import { randomUUID } from 'node:crypto';
import type { Actor, Context } from '../../../src/program/context.ts';
import { credit, type Purchase } from '../../../src/program/ledger/credit.ts';
import { Refusal } from '../../../src/program/refusal.ts';
import { type Limits, plainRules, type Rules } from '../../../src/program/rules/rules.ts';
import { programAt, storedRules } from '../../../src/program/settings/program.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf } from '../../support/ledger.ts';

export const timeZone = 'Europe/Helsinki';

export const limited = (staff: Limits, more: Partial<Rules> = {}): Rules => ({
  ...plainRules(100),
  welcome: 0,
  limits: { staff, owner: {} },
  ...more,
});

/** How an attempt ended: `done`, or the code of its refusal. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** A database with a counter: people who work there are given names and an address, rules come into force when they are said. */
export async function openCounter() {
  const db = await freshDatabase({ max: 16 });
  let receipts = 0;
  const rules = async (next: Rules, startsAt: Date) => {
    await db.prisma.programVersion.create({ data: { rules: storedRules(next), startsAt, createdAt: startsAt } });
  };
  const colleague = async (name: string, role: 'staff' | 'owner'): Promise<{ personId: number; actor: Actor }> => {
    const at = new Date('2026-01-01T00:00:00Z');
    const { id: personId } = await db.prisma.person.create({ data: { name, createdAt: at } });
    await db.prisma.staff.create({ data: { personId, role, since: at } });
    const user = randomUUID();
    await db.prisma.address.create({ data: { personId, channel: 'telegram', user, chat: user, usedAt: at } });
    return { personId, actor: { kind: 'person', personId } };
  };
  const context = (actor: Actor, now: Date, key: string = randomUUID()): Context => contextOf(db, now, { actor, key });
  /** Credits a purchase by the rules of the moment, as the command does. */
  const give = async (ctx: Context, member: string, amountMinor: number, more: Partial<Purchase> = {}) =>
    credit(
      ctx,
      { member, amountMinor, currency: 'EUR', receipt: `R-${++receipts}`, ...more },
      await programAt(db, ctx.now),
      timeZone,
    );
  /** What somebody is told, oldest first. */
  const told = async (personId: number, notice: string) =>
    (await db.prisma.delivery.findMany({ where: { personId, notice }, orderBy: { id: 'asc' } })).map(({ params }) => params);
  return { db, rules, colleague, context, give, told };
}
