import type { PrismaClient } from '../database/generated/client.ts';

/** A statement with a name of its own: prepared once per connection. */
export type Statement = { readonly name: string; readonly text: string };

/** The two doors to the same database: Prisma for everything, `run` where a person waits in a queue (money, who-is-this). */
export interface Database {
  prisma: PrismaClient;
  /**
   * Runs one prepared statement in one round trip. `bigint` columns arrive as numbers (every amount and id fits, by constraint),
   * timestamps as Dates. A refusal raised by the database (SQLSTATE RG001) is thrown as Refusal.
   */
  run<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
}

/** Who acts: a person by id, or the program itself (a job, an import). */
export type Actor = { kind: 'person'; personId: number } | { kind: 'program'; name: string };

/**
 * What makes an effect happen once. `id` is stable however often the same event arrives; `request` (absent for jobs) is what the
 * kernel needs to give the first reply again.
 */
export type Key = { id: string; channel?: string; user?: string; request?: { command: string; answers: Record<string, string> } };

/** Taken once per event and handed to every verb: time, identity and idempotency are arguments. */
export type Context = { db: Database; now: Date; actor: Actor; key: Key };

/** The acting person's id, or null for the program itself: how the database writes actors. */
export const actorId = (actor: Actor): number | null => (actor.kind === 'person' ? actor.personId : null);
