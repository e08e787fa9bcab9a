import pg from 'pg';
import { render } from '../src/channels/telegram/render.ts';
import { createHub } from '../src/chat/handle.ts';
import type { View } from '../src/chat/view.ts';
import { createWords } from '../src/chat/words.ts';
import { openDatabase, poolSize } from '../src/database/client.ts';
import { createKernel } from '../src/kernel.ts';
import { ensureProgram } from '../src/program/settings/program.ts';
import { rateOf } from './case.ts';
import { startBenchServer } from './database.ts';

/** How many people write at the same time. */
const atOnce = 16;
const customers = 400;
const staffCount = 1_200;

export type BenchShop = {
  /** The database's address. */
  url: string;
  /** Bare node-pg on the same database. */
  pool: pg.Pool;
  customers: readonly { user: string; id: number; code: string }[];
  staff: readonly string[];
  /** One event through kernel, ledger and renderer; the messenger answers at once. */
  event(user: string, text: string): Promise<View>;
  /** `count` pieces of work, as many at a time as people write; pieces per second. */
  rate(count: number, work: (index: number) => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
};

/** A shop with customers and staff on a database of its own. */
export async function openBenchShop(): Promise<BenchShop> {
  const server = await startBenchServer();
  const url = await server.fresh();
  const db = await openDatabase({ url, max: poolSize });
  const pool = new pg.Pool({ connectionString: url, max: atOnce });
  const shop = { name: 'Bench', currency: 'EUR', timeZone: 'UTC', language: 'en' };
  await ensureProgram(db, 100, new Date(0));
  const silent = () => undefined;
  const log = {
    debug: silent,
    info: silent,
    warn: silent,
    error: (facts: object) => process.stderr.write(`${JSON.stringify(facts)}\n`),
  };
  const words = await createWords(shop);
  const link = (payload: string): string => `https://t.me/bench_bot?start=${payload}`;
  const hub = createHub(createKernel({ db, shop, words, log, link, now: () => new Date(), ring: silent }));
  let events = 0;
  const event: BenchShop['event'] = async (user, text) => {
    const from = { channel: 'telegram', user, chat: user };
    const view = await hub.handle({ id: `bench-${++events}`, from, name: user, language: 'en', place: 'direct', text });
    if (!view) throw new Error('no reply');
    render(view);
    return view;
  };
  const staff = Array.from({ length: staffCount }, (_, index) => `staff${index}`);
  await pool.query(
    `WITH people AS (INSERT INTO person (name, created_at) SELECT unnest($1::text[]), now() RETURNING id, name),
      places AS (INSERT INTO address (person_id, channel, user_id, chat_id, used_at) SELECT id, 'telegram', name, name, now() FROM people)
      INSERT INTO staff (person_id, role, since) SELECT id, 'staff', now() FROM people`,
    [staff],
  );
  for (let index = 0; index < customers; index += 1) await event(`customer${index}`, 'join');
  const { rows } = await pool.query<{ user: string; id: number; code: string }>(
    `SELECT a.user_id AS user, m.id, m.code FROM member m JOIN address a ON a.person_id = m.person_id WHERE a.user_id LIKE 'customer%'`,
  );
  await pool.query('ANALYZE');
  return {
    url,
    pool,
    customers: rows,
    staff,
    event,
    rate: (count, work) =>
      rateOf(count, async () => {
        let next = 0;
        const writer = async (): Promise<void> => {
          while (next < count) await work(next++);
        };
        await Promise.all(Array.from({ length: atOnce }, writer));
      }),
    close: async () => {
      await pool.end();
      await db.close();
      await server.close();
    },
  };
}
