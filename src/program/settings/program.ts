import type { Prisma } from '../../database/generated/client.ts';
import type { Database } from '../context.ts';
import { type Program, plainRules, type Rules } from '../rules/rules.ts';

/** Rules as the database keeps them. Whatever is written there went through the checks of the program's file or of a change in chat. */
export const storedRules = (rules: Rules): Prisma.InputJsonObject => rules as unknown as Prisma.InputJsonObject;
const readRules = (stored: unknown): Rules => stored as Rules;

/** Gives a new deployment its first rules. Started twice at once, both see one version. */
export async function ensureProgram(db: Database, minorPerUnit: number, now: Date): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('program_version'))`;
    if ((await tx.programVersion.count()) > 0) return;
    await tx.programVersion.create({
      data: { rules: storedRules(plainRules(minorPerUnit)), startsAt: new Date(0), createdAt: now },
    });
  });
}

// A version never changes, so what was read once need not be read again. One map per database: tests have many.
const read = new WeakMap<Database, Map<number, Program>>();
const kept = 100;

/** The rules of a version, read once per process. */
export async function programOf(db: Database, version: number): Promise<Program> {
  let known = read.get(db);
  if (!known) {
    known = new Map();
    read.set(db, known);
  }
  const before = known.get(version);
  if (before) return before;
  const row = await db.prisma.programVersion.findUniqueOrThrow({ where: { id: version } });
  const program = { version, rules: readRules(row.rules) };
  if (known.size >= kept) known.clear();
  known.set(version, program);
  return program;
}

/** The rules in force at `at`. */
export async function programAt(db: Database, at: Date): Promise<Program> {
  const { id } = await db.prisma.programVersion.findFirstOrThrow({
    where: { startsAt: { lte: at }, withdrawnAt: null },
    orderBy: [{ startsAt: 'desc' }, { id: 'desc' }],
    select: { id: true },
  });
  return programOf(db, id);
}

/** A version that has not begun yet. */
export type Scheduled = { version: number; startsAt: Date; by: string | null };

/** Versions that begin after `now`, the next first. */
export async function scheduledPrograms(db: Database, now: Date): Promise<Scheduled[]> {
  const rows = await db.prisma.programVersion.findMany({
    where: { startsAt: { gt: now }, withdrawnAt: null },
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
  });
  const people = await db.prisma.person.findMany({ where: { id: { in: rows.flatMap(({ actorId }) => actorId ?? []) } } });
  return rows.map(({ id, startsAt, actorId }) => ({
    version: id,
    startsAt,
    by: people.find((person) => person.id === actorId)?.name ?? null,
  }));
}
