import type { Database } from '../context.ts';
import { Refusal } from '../refusal.ts';
import type { Program, Rules } from '../rules/rules.ts';
import { programOf } from './program.ts';

/** A version as history tells it. `by`: null for the program itself (its file, its first start). `before`: the rules it followed, null for the first. */
export type Version = {
  version: number;
  startsAt: Date;
  createdAt: Date;
  withdrawn: boolean;
  by: string | null;
  rules: Rules;
  before: Rules | null;
};

/** Versions, the newest first, a page at a time (pages from 0). `older`: there are more. */
export async function versionsOf(db: Database, page: number, size: number): Promise<{ versions: Version[]; older: boolean }> {
  const rows = await db.prisma.programVersion.findMany({
    orderBy: { id: 'desc' },
    skip: page * size,
    take: size + 1,
    select: { id: true, startsAt: true, createdAt: true, withdrawnAt: true, actorId: true },
  });
  const people = await db.prisma.person.findMany({ where: { id: { in: rows.flatMap(({ actorId }) => actorId ?? []) } } });
  const versions: Version[] = [];
  for (const row of rows.slice(0, size)) {
    const [followed] = await db.prisma.programVersion.findMany({
      where: {
        OR: [{ startsAt: { lt: row.startsAt } }, { startsAt: row.startsAt, id: { lt: row.id } }],
        id: { lt: row.id },
        withdrawnAt: null,
      },
      orderBy: [{ startsAt: 'desc' }, { id: 'desc' }],
      take: 1,
      select: { id: true },
    });
    versions.push({
      version: row.id,
      startsAt: row.startsAt,
      createdAt: row.createdAt,
      withdrawn: row.withdrawnAt !== null,
      by: people.find(({ id }) => id === row.actorId)?.name ?? null,
      rules: (await programOf(db, row.id)).rules,
      before: followed ? (await programOf(db, followed.id)).rules : null,
    });
  }
  return { versions, older: rows.length > size };
}

/** The version somebody names by its number. Refuses: `program.no_such_version`. */
export async function knownVersion(db: Database, typed: string): Promise<Program> {
  const number = /^[1-9]\d{0,8}$/.test(typed.trim()) ? Number(typed.trim()) : 0;
  const found = await db.prisma.programVersion.findUnique({ where: { id: number }, select: { id: true } });
  if (!found) throw new Refusal('program.no_such_version');
  return programOf(db, number);
}
