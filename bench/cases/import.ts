import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import pg from 'pg';
import { openDatabase } from '../../src/database/client.ts';
import { prismaFolder } from '../../src/database/migrations.ts';
import { newCode } from '../../src/program/codes.ts';
import { importPurchases } from '../../src/program/import/import-purchases.ts';
import { type Program, plainRules } from '../../src/program/rules/rules.ts';
import { type Case, interleave, rateOf } from '../case.ts';
import { startBenchServer } from '../database.ts';

type Purchase = { member: string; at: Date; amountMinor: number };

const now = new Date('2026-01-01T00:00:00Z');
const program: Program = { version: 1, rules: { ...plainRules(100), welcome: 0 } };

/** The real history that the tests import, see test/fixtures/README.md. */
const history = (): Purchase[] =>
  readFileSync(join(prismaFolder(), '..', 'test', 'fixtures', 'cdnow-sample.txt'), 'latin1')
    .trim()
    .split(/\r?\n/)
    .map((line) => {
      const [, member = '', date = '', , dollars = ''] = line.trim().split(/\s+/);
      const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
      return { member, at: new Date(`${day}T12:00:00Z`), amountMinor: Math.round(Number(dollars) * 100) };
    });

const csvOf = (purchases: readonly Purchase[]): string =>
  `member,date,amount\n${purchases.map(({ member, at, amountMinor }) => `${member},${at.toISOString().slice(0, 10)},${(amountMinor / 100).toFixed(2)}\n`).join('')}`;

const bareSale = (amountMinor: number, at: Date): string =>
  JSON.stringify({
    amountMinor,
    currency: 'EUR',
    at,
    version: 1,
    rule: 'base',
    value: String(amountMinor),
    per: '100',
    carry: true,
    only: 'earn',
  });

/**
 * The function itself, called by a bare client, purchase by purchase, for members that are there already. Committed as rarely as the import
 * commits: with a commit for each call, the disk would be measured.
 */
async function bareCalls(url: string, purchases: readonly Purchase[]): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const ids = new Map<string, number>();
    for (const { member, at } of purchases) {
      if (ids.has(member)) continue;
      const { rows } = await client.query<{ id: number }>('SELECT member_imported($1, $2, $3) AS id', [member, newCode(), at]);
      ids.set(member, rows[0]?.id ?? 0);
    }
    const text = 'SELECT ledger_credit($1, NULL, $2, NULL, $3, $4)';
    return await rateOf(purchases.length, async () => {
      await client.query('BEGIN');
      for (const [index, { member, at, amountMinor }] of purchases.entries()) {
        await client.query({ name: 'bare', text, values: [`bare:${index}`, now, ids.get(member), bareSale(amountMinor, at)] });
        if (index % 500 === 499) await client.query('COMMIT; BEGIN');
      }
      await client.query('COMMIT');
    });
  } finally {
    await client.end();
  }
}

async function imported(url: string, csv: string, count: number): Promise<number> {
  const db = await openDatabase({ url, max: 4 });
  try {
    const options = { currency: 'EUR', timeZone: 'UTC', program, rejected: new PassThrough().resume() };
    return await rateOf(count, async () => {
      const result = await importPurchases({ db, now }, Readable.from([Buffer.from(csv)]), options);
      if (result.imported !== count) throw new Error(`${result.imported} of ${count} purchases were imported`);
    });
  } finally {
    await db.close();
  }
}

export const importCase: Case = {
  name: 'import',
  about: 'purchases per second of a real history, against bare calls of ledger_credit, 500 to a transaction',
  goal: 0.8,
  async run() {
    const server = await startBenchServer();
    try {
      const purchases = history();
      const csv = csvOf(purchases);
      return await interleave({
        baseline: async () => bareCalls(await server.fresh(), purchases),
        ours: async () => imported(await server.fresh(), csv, purchases.length),
      });
    } finally {
      await server.close();
    }
  },
};
