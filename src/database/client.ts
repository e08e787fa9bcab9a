import { availableParallelism } from 'node:os';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { Database, Statement } from '../program/context.ts';
import { refusalIn } from './errors.ts';
import { PrismaClient } from './generated/client.ts';

/** A database with its pool. `close` waits for what is running. */
export interface OpenDatabase extends Database {
  pool: pg.Pool;
  close(): Promise<void>;
}

type Options = {
  /** postgresql://… */
  url: string;
  /** Most connections held at a time. */
  max: number;
  /** Told when an idle connection breaks; the pool replaces it. */
  log?: (error: Error) => void;
  /** How long one statement may wait for its answer; a minute unless given. */
  answerWithinMs?: number;
};

/**
 * Connections of a program that serves people. More than the cores can work on only compete with the thread that feeds them: measured on
 * two cores, eight answer a fifth more events per second than sixteen.
 */
export const poolSize = Math.max(8, 4 * availableParallelism());

const int8 = 20;
const int8Array = 1016;

// Only for `run`: Prisma wants its bigints as text. Every amount and id fits a double, by constraint.
const numbers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === int8) return Number;
    const parse = pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown;
    if (oid === int8Array)
      return (text: string) => (parse(text) as (string | null)[]).map((item) => (item === null ? null : Number(item)));
    return parse;
  }) as typeof pg.types.getTypeParser,
};

function createPool({ url, max, log, answerWithinMs = 60_000 }: Options, role: string | null): pg.Pool {
  const address = new URL(url);
  // What the address asks for comes first: pg would let it replace an option given beside it.
  if (role !== null) address.searchParams.set('options', `${address.searchParams.get('options') ?? ''} -c role=${role}`.trim());
  const pool = new pg.Pool({
    connectionString: address.href,
    max,
    application_name: 'regulars',
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    // A server that is gone without a goodbye would be waited for until TCP gives up, which takes hours.
    query_timeout: answerWithinMs,
  });
  pool.on('error', (error) => log?.(error));
  return pool;
}

// invalid value for parameter (no such role), permission denied, and what poolers say to options that they do not know
const cannotAssume = new Set(['22023', '42501', '08P01']);

/**
 * The program works with the rights of `regulars_app`, which may not rewrite history. Where the role is missing (not yet migrated)
 * or may not be assumed (managed hosting), it connects as it is; the triggers protect all the same.
 */
async function connectPool(options: Options): Promise<pg.Pool> {
  const pool = createPool(options, 'regulars_app');
  try {
    (await pool.connect()).release();
    return pool;
  } catch (error) {
    await pool.end();
    if (!cannotAssume.has((error as { code?: string }).code ?? '')) throw error;
  }
  const plain = createPool(options, null);
  try {
    (await plain.connect()).release();
    return plain;
  } catch (error) {
    await plain.end();
    throw error;
  }
}

/**
 * Connects to the database: one pool, shared by Prisma and by `run`.
 * @throws what pg throws when it cannot be reached (see `isDatabaseDown`)
 */
export async function openDatabase(options: Options): Promise<OpenDatabase> {
  const pool = await connectPool(options);
  // Minimal: its longer messages quote the arguments of a call, which are what people wrote.
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool), errorFormat: 'minimal' });
  return {
    prisma,
    pool,
    async run<Row>({ name, text }: Statement, values: readonly unknown[]): Promise<Row[]> {
      try {
        const { rows } = await pool.query<Row & pg.QueryResultRow>({ name, text, values: [...values], types: numbers });
        return rows;
      } catch (error) {
        throw refusalIn(error) ?? error;
      }
    },
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
