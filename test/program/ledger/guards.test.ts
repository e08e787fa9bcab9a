import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spend } from '../../../src/program/ledger/spend.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, credit, newMember, plainProgram, undo, walletOf } from '../../support/ledger.ts';

const now = new Date('2026-03-01T12:00:00Z');
const permissionDenied = { code: '42501' };
const appendOnly = { code: 'RG002' };

const books = ['entry', 'allocation', 'refund', 'sale', 'lot', 'wallet'];

describe('what the database refuses, whoever asks', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  let owner: pg.Client;
  let memberId: number;
  beforeAll(async () => {
    db = await freshDatabase();
    const member = await newMember(db);
    memberId = member.id;
    const { saleId } = await credit(
      contextOf(db, now),
      { member: member.code, amountMinor: 5_000, currency: 'EUR' },
      plainProgram,
      'UTC',
    );
    await credit(contextOf(db, now), { member: member.code, amountMinor: 5_000, currency: 'EUR' }, plainProgram, 'UTC');
    await spend(contextOf(db, now), { memberId, points: 5, reason: {} });
    await undo(contextOf(db, now), { saleId });
    await db.prisma.$executeRaw`WITH p AS (INSERT INTO person (name, created_at) VALUES ('x', now()) RETURNING id)
      INSERT INTO consent (person_id, kind, granted, wording, at) SELECT id, 'marketing', true, 'x', now() FROM p`;
    owner = new pg.Client({ connectionString: db.url });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await db.close();
  });

  it('works with the rights of the application', async () => {
    const { rows } = await db.pool.query('SELECT current_user AS who');
    expect(rows).toEqual([{ who: 'regulars_app' }]);
  });

  it.each(books)('%s: the application may only read', async (table) => {
    for (const sql of [
      `UPDATE ${table} SET member_id = member_id`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
      `INSERT INTO ${table} SELECT * FROM ${table}`,
    ]) {
      const column = ['allocation', 'refund'].includes(table)
        ? { allocation: 'amount', refund: 'points_taken' }[table as 'refund']
        : 'member_id';
      await expect(db.pool.query(sql.replaceAll('member_id', column ?? '')), sql).rejects.toMatchObject(permissionDenied);
    }
    const { rows } = await db.pool.query(`SELECT count(*)::int AS n FROM ${table}`);
    expect(rows[0].n).toBeGreaterThan(0);
  });

  it.each(['entry', 'allocation', 'refund', 'consent', 'program_version'])(
    '%s: nobody changes or removes a row',
    async (table) => {
      const { rows } = await owner.query(`SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1`, [
        table,
      ]);
      for (const { name } of rows)
        await expect(owner.query(`UPDATE ${table} SET ${name} = ${name}`), name).rejects.toMatchObject(appendOnly);
      await expect(owner.query(`DELETE FROM ${table}`)).rejects.toMatchObject(appendOnly);
      await expect(owner.query(`TRUNCATE ${table} CASCADE`)).rejects.toMatchObject(appendOnly);
    },
  );

  it.each(['sale', 'lot', 'wallet'])('%s: nobody removes a row', async (table) => {
    await expect(owner.query(`DELETE FROM ${table}`)).rejects.toMatchObject(appendOnly);
    await expect(owner.query(`TRUNCATE ${table} CASCADE`)).rejects.toMatchObject(appendOnly);
  });

  it.each([
    ['sale', ['undone_at', 'refunded_minor', 'outcome']],
    ['lot', ['remaining']],
  ])('%s: only %j changes', async (table, free) => {
    const { rows } = await owner.query(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 AND column_name <> 'id' AND column_name <> ALL ($2)`,
      [table, free],
    );
    expect(rows.length).toBeGreaterThan(4);
    for (const { name } of rows)
      await expect(owner.query(`UPDATE ${table} SET ${name} = ${name}`), name).rejects.toMatchObject(appendOnly);
  });

  it('an undone sale stays undone', async () => {
    await expect(owner.query('UPDATE sale SET undone_at = NULL WHERE undone_at IS NOT NULL')).rejects.toMatchObject(appendOnly);
  });

  it('what was refunded stays refunded', async () => {
    await expect(
      owner.query('UPDATE sale SET refunded_minor = refunded_minor - 1 WHERE refunded_minor > 0'),
    ).rejects.toMatchObject(appendOnly);
  });

  it.each([
    ['a balance below zero', 'UPDATE wallet SET balance = -1'],
    ['a debt below zero', 'UPDATE wallet SET debt = -1'],
    ['more in a lot than was earned', 'UPDATE lot SET remaining = earned + 1'],
    ['less in a lot than nothing', 'UPDATE lot SET remaining = -1'],
    ['more refunded than was paid', 'UPDATE sale SET refunded_minor = amount_minor + 1'],
    ['all refunded and not undone', 'UPDATE sale SET refunded_minor = amount_minor WHERE undone_at IS NULL'],
    ['undone and not refunded', 'UPDATE sale SET undone_at = now() WHERE undone_at IS NULL'],
    ['a carried remainder of a whole point', 'UPDATE carry SET numerator = denominator'],
    ['a code that is not one', "UPDATE member SET code = 'ILOU-1234'"],
  ])('%s', async (_, sql) => {
    await expect(owner.query(sql)).rejects.toMatchObject({ code: '23514' });
  });

  it("the functions' inner parts to the application", async () => {
    for (const call of [
      `SELECT ledger_append(${memberId}, 'grant', 5, 0, 'k', '', NULL, NULL, now(), '{}')`,
      `SELECT points_give(${memberId}, 'grant', 5, 'k', '', NULL, NULL, now(), NULL, '{}')`,
      `SELECT lots_take(${memberId}, 1, 5)`,
      `SELECT wallet_expire(${memberId}, now())`,
      `SELECT import_member('x', NULL, 'AAAAAAAAA', now())`,
      `SELECT wallet_lock(${memberId}, now())`,
    ]) {
      await expect(db.pool.query(call), call).rejects.toMatchObject(permissionDenied);
    }
  });

  it('a temporary table in place of a real one', async () => {
    const before = await walletOf(db, memberId);
    const client = await db.pool.connect();
    try {
      await client.query(
        'CREATE TEMP TABLE wallet AS SELECT member_id, 1000000::bigint AS balance, debt, version, head FROM public.wallet',
      );
      await client.query('GRANT ALL ON pg_temp.wallet TO PUBLIC');
      const spending = client.query("SELECT ledger_spend('temp', NULL, now(), NULL, $1, 5000, '{}')", [memberId]);
      await expect(spending).rejects.toMatchObject({ code: 'RG001', message: 'ledger.not_enough' });
    } finally {
      await client.query('DROP TABLE pg_temp.wallet');
      client.release();
    }
    expect(await walletOf(db, memberId)).toEqual(before);
  });
});
