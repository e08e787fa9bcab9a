import type { Actor } from '../../src/program/context.ts';
import { Refusal } from '../../src/program/refusal.ts';
import { ensureProgram } from '../../src/program/settings/program.ts';
import { freshDatabase } from './database.ts';
import { contextOf, newPerson } from './ledger.ts';

/** Does something so many times. */
export const times = <Result>(count: number, work: (index: number) => Result): Result[] =>
  Array.from({ length: count }, (_, at) => work(at));

/** How often what came of things that were asked at the same time: done, or the code of the refusal. */
export async function outcomes(asked: Promise<unknown>[]): Promise<Record<string, number>> {
  const codes = (await Promise.allSettled(asked)).map((one) =>
    one.status === 'fulfilled' ? 'done' : one.reason instanceof Refusal ? one.reason.code : String(one.reason),
  );
  return Object.fromEntries([...new Set(codes)].sort().map((code) => [code, codes.filter((other) => other === code).length]));
}

/** A program on a database of its own with connections for races, its owner and a member of staff, on a day. Close `db` at the end. */
export async function openDesk(now: Date) {
  const db = await freshDatabase({ max: 16 });
  await ensureProgram(db, 100, new Date('2026-01-01T00:00:00Z'));
  const { actor: owner } = await newPerson(db, 'owner');
  const { actor: ben } = await newPerson(db, 'staff');
  const ctx = (more: { actor?: Actor; key?: string } = {}, at = now) => contextOf(db, at, more);
  const later = (days: number) => new Date(now.getTime() + days * 86_400_000);
  const told = async (personId: number) =>
    (await db.prisma.delivery.findMany({ where: { personId }, orderBy: { id: 'asc' } })).map(({ notice }) => notice);
  return { db, owner, ben, ctx, later, told };
}
