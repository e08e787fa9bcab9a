import type { Database } from '../context.ts';

/** The rules of the program at a moment. `earnPoints` points for every `earnPerMinor` minor units; months null: points live for ever. */
export type Program = {
  version: number;
  earnPoints: number;
  earnPerMinor: number;
  carryRemainder: boolean;
  welcomePoints: number;
  expiryMonths: number | null;
};

/** What an owner can change. */
export type ProgramRules = Omit<Program, 'version'>;

/** One point per whole unit of money, the remainder carried, ten points of welcome, for ever. */
const firstRules = (minorPerUnit: number): ProgramRules => ({
  earnPoints: 1,
  earnPerMinor: minorPerUnit,
  carryRemainder: true,
  welcomePoints: 10,
  expiryMonths: null,
});

/** Gives a new deployment its first rules. Started twice at once, both see one version. */
export async function ensureProgram(db: Database, minorPerUnit: number, now: Date): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('program_version'))`;
    if ((await tx.programVersion.count()) > 0) return;
    await tx.programVersion.create({ data: { ...firstRules(minorPerUnit), startsAt: new Date(0), createdAt: now } });
  });
}

/** The rules in force at `at`. */
export async function programAt(db: Database, at: Date): Promise<Program> {
  const row = await db.prisma.programVersion.findFirstOrThrow({
    where: { startsAt: { lte: at } },
    orderBy: [{ startsAt: 'desc' }, { id: 'desc' }],
  });
  return {
    version: row.id,
    earnPoints: Number(row.earnPoints),
    earnPerMinor: Number(row.earnPerMinor),
    carryRemainder: row.carryRemainder,
    welcomePoints: Number(row.welcomePoints),
    expiryMonths: row.expiryMonths,
  };
}
