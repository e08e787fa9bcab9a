import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../src/database/client.ts';
import { prismaFolder, readMigrations } from '../../src/database/migrations.ts';
import { verify } from '../../src/program/ledger/verify.ts';
import { freshUrl } from '../support/database.ts';
import { asOwner, contextOf, newMember, refund, walletOf } from '../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');
const month = new Date('2026-04-02T00:00:00Z');
const later = new Date('2026-05-01T00:00:00Z');
/** The last migration before there were refunds of parts. */
const lastBefore = '20261121000400_import';

let url: string;
let db: OpenDatabase;
const migrateWhere = (wanted: (name: string) => boolean) =>
  asOwner(url, async (client) => {
    for (const { name, script } of readMigrations(`${prismaFolder()}/migrations`)) if (wanted(name)) await client.query(script);
  });
beforeAll(async () => {
  url = await freshUrl({ empty: true });
  await migrateWhere((name) => name <= lastBefore);
  db = await openDatabase({ url, max: 2 });
});
afterAll(() => db.close());

let keys = 0;
/** A credit as it was then, by the function that was there then. One point per 1.00. */
const sell = (memberId: number, amountMinor: number, { ends = null as Date | null, carries = true } = {}): Promise<number> =>
  asOwner(url, async (client) => {
    const { rows } = await client.query(
      `SELECT (ledger_credit($1, NULL, $2, NULL, $3, $4, 'EUR', NULL, NULL, NULL, $2, 1, 1, 100, $5, $6, false) ->> 'saleId')::int AS id`,
      [`credit-${++keys}`, now, memberId, amountMinor, carries, ends],
    );
    return rows[0].id as number;
  });
const undo = (saleId: number, at = now) =>
  asOwner(url, (client) =>
    client.query("SELECT ledger_undo($1, NULL, $2, NULL, $3, interval '10 minutes')", [`undo-${++keys}`, at, saleId]),
  );

it('takes over a ledger with sales undone in every way, and what was not undone can be refunded', async () => {
  const { id: carried } = await newMember(db);
  const first = await sell(carried, 60);
  await sell(carried, 60);
  await undo(first);
  const open = await sell(carried, 1_250);
  await undo(await sell(carried, 0));
  await undo(await sell(carried, 599, { carries: false }));

  const { id: spender } = await newMember(db);
  const half = await sell(spender, 5_000, { ends: month });
  await asOwner(url, (client) => client.query("SELECT ledger_spend('spend', NULL, $1, NULL, $2, 20, '{}')", [now, spender]));
  await undo(half, later);

  const { id: late } = await newMember(db);
  const ended = await sell(late, 120, { ends: month });
  await sell(late, 90);
  await undo(ended, later);

  await asOwner(url, (client) =>
    client.query(
      'INSERT INTO program_version (starts_at, earn_points, earn_per_minor, carry_remainder, welcome_points, created_at) VALUES ($1, 1, 100, true, 0, $1)',
      [new Date(0)],
    ),
  );
  await migrateWhere((name) => name > lastBefore);
  expect(await verify(db)).toMatchObject({ problems: [], problemCount: 0 });
  const rows = await db.prisma.refund.findMany({ orderBy: { id: 'asc' } });
  expect(rows.map(({ amountMinor, pointsBack }) => [amountMinor, pointsBack])).toEqual([
    [60n, 0n],
    [0n, 0n],
    [599n, 5n],
    [5_000n, 50n],
    // All of it had expired: whether a point was kept for the other sale can't be told.
    [120n, null],
  ]);
  await expect(refund(contextOf(db, later), { saleId: half })).rejects.toMatchObject({ code: 'ledger.already_undone' });
  await refund(contextOf(db, later), { saleId: open, amountMinor: 500 });
  await refund(contextOf(db, later), { saleId: open });
  expect(await walletOf(db, carried)).toMatchObject({ balance: 1, debt: 0, carry: { numerator: -40, denominator: 100 } });
  expect(await verify(db)).toMatchObject({ problems: [], problemCount: 0 });
});
