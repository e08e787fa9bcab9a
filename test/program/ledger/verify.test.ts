import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/program/context.ts';
import { expire } from '../../../src/program/ledger/expire.ts';
import { spend } from '../../../src/program/ledger/spend.ts';
import { type Progress, verify } from '../../../src/program/ledger/verify.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, credit, newMember, plainProgram, refund, undo, walletOf } from '../../support/ledger.ts';

const at = (day: number) => new Date(Date.UTC(2026, 0, day, 12));

/** A member's life with everything in it: sales, points that end, a spend, undos, a debt and its payment, an open lot. */
async function lifeOf(db: Database, member: { id: number; code: string }): Promise<void> {
  const sell = (day: number, amountMinor: number, expiryMonths: number | null = null) =>
    credit(
      contextOf(db, at(day)),
      { member: member.code, amountMinor, currency: 'EUR' },
      { ...plainProgram, expiryMonths },
      'UTC',
    );
  await sell(1, 1_050, 1);
  const second = await sell(2, 2_070);
  await spend(contextOf(db, at(3)), { memberId: member.id, points: 25, reason: { reward: 7 } });
  await undo(contextOf(db, at(4)), { saleId: second.saleId });
  await sell(5, 4_000, 1);
  await sell(6, 30);
  await expire({ db, now: at(90) });
  await sell(91, 1_999);
}

/** A member with parts of sales refunded, with a carried remainder and without. */
async function partsOf(db: Database, member: { id: number; code: string }): Promise<void> {
  const sell = (amountMinor: number, carryRemainder: boolean) =>
    credit(
      contextOf(db, at(1)),
      { member: member.code, amountMinor, currency: 'EUR' },
      { ...plainProgram, carryRemainder },
      'UTC',
    );
  const { saleId } = await sell(1_090, true);
  for (const amountMinor of [201, 99]) await refund(contextOf(db, at(2)), { saleId, amountMinor });
  const other = await sell(599, false);
  for (const amountMinor of [100, 150]) await refund(contextOf(db, at(3)), { saleId: other.saleId, amountMinor });
}

/** A corruption as the superuser would commit it, and what verify must say. */
type Corruption = [about: string, sql: string, named: { table: string; what: string }[]];

const corruptions: Corruption[] = [
  [
    'a changed amount of points',
    'UPDATE entry SET delta = delta + 1 WHERE member_id = $1 AND version = 1',
    [
      { table: 'entry', what: 'hash' },
      { table: 'entry', what: 'balance_after' },
      { table: 'entry', what: 'lots' },
      { table: 'sale', what: 'points' },
    ],
  ],
  [
    'a changed debt',
    "UPDATE entry SET debt = debt + 1 WHERE member_id = $1 AND kind = 'undo'",
    [
      { table: 'entry', what: 'hash' },
      { table: 'entry', what: 'debt_after' },
      { table: 'refund', what: 'points_owed' },
    ],
  ],
  [
    'a changed reason',
    `UPDATE entry SET reason = '{"reward": 8}' WHERE member_id = $1 AND kind = 'spend'`,
    [{ table: 'entry', what: 'hash' }],
  ],
  [
    'a changed date',
    "UPDATE entry SET at = at - interval '1 microsecond' WHERE member_id = $1 AND kind = 'spend'",
    [{ table: 'entry', what: 'hash' }],
  ],
  [
    'a changed actor',
    "UPDATE entry SET actor_id = 1 WHERE member_id = $1 AND kind = 'spend'",
    [{ table: 'entry', what: 'hash' }],
  ],
  [
    'a changed hash',
    "UPDATE entry SET hash = sha256('x') WHERE member_id = $1 AND version = 2",
    [
      { table: 'entry', what: 'hash' },
      { table: 'entry', what: 'hash' },
    ],
  ],
  [
    'a removed entry',
    "DELETE FROM entry WHERE member_id = $1 AND kind = 'spend'",
    [
      { table: 'entry', what: 'version' },
      { table: 'entry', what: 'hash' },
      { table: 'entry', what: 'balance_after' },
      { table: 'allocation', what: 'entry' },
      { table: 'lot', what: 'remaining' },
    ],
  ],
  [
    'a removed last entry',
    'DELETE FROM entry WHERE member_id = $1 AND version = (SELECT max(version) FROM entry WHERE member_id = $1)',
    [
      { table: 'wallet', what: 'balance' },
      { table: 'wallet', what: 'version' },
      { table: 'wallet', what: 'head' },
      { table: 'lot', what: 'entry' },
      { table: 'sale', what: 'points' },
    ],
  ],
  [
    "a sale's entry under another sale",
    'UPDATE entry SET sale_id = (SELECT id FROM sale WHERE member_id <> $1 LIMIT 1) WHERE member_id = $1 AND version = 1',
    [
      { table: 'entry', what: 'member of the sale' },
      { table: 'sale', what: 'points' },
    ],
  ],
  [
    'a changed balance',
    'UPDATE wallet SET balance = balance + 1 WHERE member_id = $1',
    [
      { table: 'wallet', what: 'balance' },
      { table: 'wallet', what: 'sum of its lots' },
    ],
  ],
  ['a changed debt of the wallet', 'UPDATE wallet SET debt = debt + 1 WHERE member_id = $1', [{ table: 'wallet', what: 'debt' }]],
  ['a changed version', 'UPDATE wallet SET version = version + 1 WHERE member_id = $1', [{ table: 'wallet', what: 'version' }]],
  ['a changed head', "UPDATE wallet SET head = '' WHERE member_id = $1", [{ table: 'wallet', what: 'head' }]],
  [
    'a removed wallet',
    'DELETE FROM wallet WHERE member_id = $1',
    [
      { table: 'wallet', what: 'balance' },
      { table: 'entry', what: 'member' },
      { table: 'sale', what: 'member' },
    ],
  ],
  ['a wallet without its member', 'DELETE FROM member WHERE id = $1', [{ table: 'wallet', what: 'member' }]],
  [
    'points put back into a lot',
    'UPDATE lot SET remaining = remaining + 1 WHERE id = (SELECT max(id) FROM lot WHERE member_id = $1 AND remaining < earned)',
    [
      { table: 'lot', what: 'remaining' },
      { table: 'wallet', what: 'sum of its lots' },
    ],
  ],
  [
    'a lot that earned more',
    'UPDATE lot SET earned = earned + 1, remaining = remaining + 1 WHERE id = (SELECT max(id) FROM lot WHERE member_id = $1)',
    [
      { table: 'entry', what: 'lots' },
      { table: 'wallet', what: 'sum of its lots' },
    ],
  ],
  [
    'a lot moved to another member',
    'UPDATE lot SET member_id = (SELECT id FROM member WHERE id <> $1 LIMIT 1) WHERE id = (SELECT max(id) FROM lot WHERE member_id = $1)',
    [{ table: 'lot', what: 'member' }],
  ],
  [
    'a lot that is older',
    "UPDATE lot SET earned_at = earned_at - interval '1 day' WHERE id = (SELECT max(id) FROM lot WHERE member_id = $1)",
    [{ table: 'lot', what: 'earned_at' }],
  ],
  [
    'a removed lot',
    'DELETE FROM lot WHERE id = (SELECT min(id) FROM lot WHERE member_id = $1)',
    [
      { table: 'entry', what: 'lots' },
      { table: 'allocation', what: 'lot of the same member' },
    ],
  ],
  [
    'a changed allocation',
    "UPDATE allocation SET amount = amount + 1 WHERE entry_id = (SELECT id FROM entry WHERE member_id = $1 AND kind = 'spend') AND lot_id = (SELECT min(id) FROM lot WHERE member_id = $1)",
    [
      { table: 'entry', what: 'allocations' },
      { table: 'lot', what: 'remaining' },
    ],
  ],
  [
    'a removed allocation',
    "DELETE FROM allocation WHERE entry_id = (SELECT id FROM entry WHERE member_id = $1 AND kind = 'expire' LIMIT 1)",
    [
      { table: 'entry', what: 'allocations' },
      { table: 'lot', what: 'remaining' },
    ],
  ],
  [
    'a dearer sale',
    'UPDATE sale SET amount_minor = amount_minor + 100 WHERE id = (SELECT min(id) FROM sale WHERE member_id = $1)',
    [
      { table: 'sale', what: 'worth by its rule' },
      { table: 'sale', what: 'request_hash' },
    ],
  ],
  [
    'a sale that was worth more',
    "UPDATE sale SET snapshot = jsonb_set(snapshot, '{value}', to_jsonb((snapshot ->> 'value')::int + 5)) WHERE id = (SELECT min(id) FROM sale WHERE member_id = $1)",
    [{ table: 'sale', what: 'worth by its rule' }],
  ],
  [
    'another receipt',
    "UPDATE sale SET receipt = 'R' WHERE id = (SELECT min(id) FROM sale WHERE member_id = $1)",
    [{ table: 'sale', what: 'request_hash' }],
  ],
  [
    'a sale credited by somebody else',
    'UPDATE sale SET actor_id = 1 WHERE id = (SELECT min(id) FROM sale WHERE member_id = $1)',
    [{ table: 'sale', what: 'request_hash' }],
  ],
  [
    'more points of a sale',
    'UPDATE sale SET points = points + 1 WHERE id = (SELECT min(id) FROM sale WHERE member_id = $1)',
    [
      { table: 'sale', what: 'points' },
      { table: 'sale', what: 'points by its worth' },
      { table: 'sale', what: 'carriedOut' },
    ],
  ],
  [
    'another balance after a sale',
    'UPDATE sale SET balance_after = 0 WHERE id = (SELECT min(id) FROM sale WHERE member_id = $1)',
    [{ table: 'sale', what: 'balance_after' }],
  ],
  [
    'a snapshot that is not one',
    `UPDATE sale SET snapshot = '{"per": "x", "points": 0}' WHERE id = (SELECT min(id) FROM sale WHERE member_id = $1)`,
    [
      { table: 'sale', what: 'points by its worth' },
      { table: 'sale', what: 'carriedOut' },
    ],
  ],
  [
    'a broken chain of remainders',
    `UPDATE sale SET snapshot = jsonb_set(jsonb_set(snapshot, '{carriedIn}', '5'), '{carriedOut}', to_jsonb((snapshot ->> 'carriedOut')::int + 5)) WHERE id = (SELECT min(id) FROM sale WHERE member_id = $2)`,
    [{ table: 'sale', what: 'carriedIn' }],
  ],
  ['a changed carry', 'UPDATE carry SET numerator = numerator - 1 WHERE member_id = $2', [{ table: 'carry', what: 'numerator' }]],
  [
    'a changed carry after an undo',
    'UPDATE carry SET numerator = numerator - 1 WHERE member_id = $1',
    [{ table: 'carry', what: 'numerator' }],
  ],
  [
    'a point added to the carry after an undo',
    'UPDATE carry SET numerator = numerator - 100 WHERE member_id = $1',
    [{ table: 'carry', what: 'numerator' }],
  ],
  [
    'a carry in other units',
    'UPDATE carry SET denominator = 101 WHERE member_id = $2',
    [{ table: 'carry', what: 'denominator' }],
  ],
  [
    'a removed carry',
    'DELETE FROM carry WHERE member_id = $2',
    [
      { table: 'carry', what: 'denominator' },
      { table: 'carry', what: 'numerator' },
    ],
  ],
  ['a carry of nothing', "INSERT INTO carry VALUES ($2, 'other', 5, 100)", [{ table: 'carry', what: 'denominator' }]],
  [
    'a refund made up',
    'UPDATE sale SET undone_at = now(), refunded_minor = amount_minor WHERE id = (SELECT min(id) FROM sale WHERE member_id = $1)',
    [
      { table: 'sale', what: 'undone_at' },
      { table: 'sale', what: 'refunded_minor' },
    ],
  ],
  [
    'more refunded of a sale than its refunds say',
    'UPDATE sale SET refunded_minor = refunded_minor + 1 WHERE id = (SELECT min(id) FROM sale WHERE member_id = $3)',
    [{ table: 'sale', what: 'refunded_minor' }],
  ],
  [
    'a refund of more money',
    'UPDATE refund SET amount_minor = amount_minor + 1 WHERE id = (SELECT min(r.id) FROM refund r JOIN sale s ON s.id = r.sale_id WHERE s.member_id = $3)',
    [
      { table: 'sale', what: 'refunded_minor' },
      { table: 'refund', what: 'amount of its entry' },
      { table: 'refund', what: 'request_hash' },
    ],
  ],
  [
    'a refund that was worth more',
    'UPDATE refund SET value_back = value_back + 1 WHERE id = (SELECT min(r.id) FROM refund r JOIN sale s ON s.id = r.sale_id WHERE s.member_id = $3)',
    [{ table: 'carry', what: 'numerator' }],
  ],
  [
    'a refund of a part that is gone',
    'DELETE FROM refund WHERE id = (SELECT min(r.id) FROM refund r JOIN sale s ON s.id = r.sale_id WHERE s.member_id = $3)',
    [
      { table: 'sale', what: 'refunded_minor' },
      { table: 'sale', what: 'points taken back' },
      { table: 'carry', what: 'numerator' },
    ],
  ],
  [
    'other points that went back with a part',
    'UPDATE refund SET points_back = points_back - 1 WHERE id = (SELECT min(r.id) FROM refund r JOIN sale s ON s.id = r.sale_id WHERE s.member_id = $3)',
    [
      { table: 'refund', what: 'points of the sale' },
      { table: 'carry', what: 'numerator' },
    ],
  ],
  [
    'other points that went back without a remainder',
    'UPDATE refund SET points_back = points_back + 1 WHERE id = (SELECT max(r.id) FROM refund r JOIN sale s ON s.id = r.sale_id WHERE s.member_id = $3)',
    [{ table: 'refund', what: 'points_back' }],
  ],
  [
    'another balance after a refund',
    'UPDATE refund SET balance_after = balance_after + 1 WHERE id = (SELECT max(r.id) FROM refund r JOIN sale s ON s.id = r.sale_id WHERE s.member_id = $3)',
    [{ table: 'refund', what: 'balance_after' }],
  ],
  [
    'a removed refund',
    'DELETE FROM refund r USING sale s WHERE s.id = r.sale_id AND s.member_id = $1',
    [{ table: 'sale', what: 'undone_at' }],
  ],
  [
    'a cheaper refund',
    'UPDATE refund r SET points_taken = points_taken - 3 FROM sale s WHERE s.id = r.sale_id AND s.member_id = $1',
    [
      { table: 'refund', what: 'points_taken' },
      { table: 'refund', what: 'points of the sale' },
    ],
  ],
  [
    'a refund by somebody else',
    'UPDATE refund r SET actor_id = 1 FROM sale s WHERE s.id = r.sale_id AND s.member_id = $1',
    [{ table: 'refund', what: 'request_hash' }],
  ],
  [
    'a refund of no sale',
    'UPDATE refund r SET sale_id = 0 FROM sale s WHERE s.id = r.sale_id AND s.member_id = $1',
    [{ table: 'refund', what: 'sale' }],
  ],
  [
    'a visit that never was',
    'UPDATE member_fact SET visits = visits + 1 WHERE member_id = $1',
    [{ table: 'member_fact', what: 'visits' }],
  ],
  [
    'a tag that nobody gave',
    "UPDATE member_fact SET tags = '{vip}' WHERE member_id = $1",
    [{ table: 'member_fact', what: 'tags' }],
  ],
];

const numbers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === 20 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

describe('verify', () => {
  let db: Awaited<ReturnType<typeof freshDatabase>>;
  let owner: pg.Client;
  let busy: number;
  let plain: number;
  let parted: number;
  beforeAll(async () => {
    db = await freshDatabase();
    const members = [await newMember(db), await newMember(db), await newMember(db)];
    const [first, second] = members;
    for (const member of members.slice(0, 2)) await lifeOf(db, member);
    busy = first?.id ?? 0;
    const third = members[2];
    plain = third?.id ?? 0;
    for (const amountMinor of [150, 70, 10])
      await credit(contextOf(db, at(1)), { member: third?.code ?? '', amountMinor, currency: 'EUR' }, plainProgram, 'UTC');
    const fourth = await newMember(db);
    parted = fourth.id;
    await partsOf(db, fourth);
    expect(await walletOf(db, second?.id ?? 0)).toEqual(await walletOf(db, busy));
    owner = new pg.Client({ connectionString: db.url });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await db.close();
  });

  it('finds nothing in a clean ledger, and counts it', async () => {
    const [{ entries, points }] = (
      await owner.query('SELECT (SELECT count(*)::int FROM entry) AS entries, (SELECT sum(balance)::int FROM wallet) AS points')
    ).rows;
    expect(await verify(db)).toEqual({ entries, members: 4, points, problems: [], problemCount: 0 });
    expect(entries).toBeGreaterThan(15);
    const kinds = await owner.query('SELECT array_agg(DISTINCT kind ORDER BY kind) AS kinds FROM entry');
    expect(kinds.rows[0].kinds).toEqual(['credit', 'debt', 'expire', 'spend', 'undo']);
  });

  describe('names', () => {
    // Past triggers, checks and foreign keys, as somebody with the disk would; undone with the transaction.
    const inTransaction: Pick<Database, 'run'> = {
      async run<Row>({ text }: { text: string }, values: readonly unknown[]) {
        return (await owner.query({ text, values: [...values], types: numbers })).rows as Row[];
      },
    };
    const corrupt = async (sql: string) => {
      const values = [busy, plain, parted];
      const named = values.map((value, index) => ({ value, name: `$${index + 1}` })).filter(({ name }) => sql.includes(name));
      const result = await owner.query(named.reduce((text, { name, value }) => text.replaceAll(name, String(value)), sql));
      expect(result.rowCount).toBe(1);
    };
    beforeEach(async () => {
      await owner.query('BEGIN');
      await owner.query('SET LOCAL session_replication_role = replica');
      return () => owner.query('ROLLBACK');
    });

    it.each(corruptions)('%s', async (_, sql, named) => {
      await corrupt(sql);
      const { problems, problemCount } = await verify(inTransaction);
      expect(problems).toHaveLength(problemCount);
      const found = problems.map(({ table, what }) => `${table} ${what}`);
      expect(found).toEqual(expect.arrayContaining(named.map(({ table, what }) => `${table} ${what}`)));
      expect(found.length).toBeLessThanOrEqual(20);
      for (const problem of problems) expect(problem.expected).not.toBe(problem.found);
    });

    it('the row, its member, what it should be and what it is', async () => {
      await corrupt('UPDATE wallet SET balance = balance + 5 WHERE member_id = $2');
      expect((await verify(inTransaction)).problems).toEqual([
        { table: 'wallet', id: String(plain), member: plain, what: 'balance', expected: '2', found: '7' },
        { table: 'wallet', id: String(plain), member: plain, what: 'sum of its lots', expected: '7', found: '2' },
        // What segments ask is a copy of it.
        { table: 'member_fact', id: String(plain), member: plain, what: 'points', expected: '7', found: '2' },
      ]);
    });

    it('the first hundred problems, and counts the others', async () => {
      await owner.query("INSERT INTO member (code, joined_at) SELECT lpad(n::text, 9, '0'), now() FROM generate_series(1, 60) n");
      const { problems, problemCount } = await verify(inTransaction);
      expect(problems).toHaveLength(100);
      // Five of the wallet that is missing, and the row that segments ask.
      expect(problemCount).toBe(60 * 6);
    });

    it('rows of a member who was never there', async () => {
      await corrupt('UPDATE sale SET member_id = 777777 WHERE id = (SELECT min(id) FROM sale WHERE member_id = $1)');
      const { problems } = await verify(inTransaction);
      expect(problems).toContainEqual(expect.objectContaining({ table: 'sale', member: 777777, what: 'member' }));
    });
  });

  it('takes work in proportion to the entries, and says how far it is', async () => {
    const work = async () => {
      let statements = 0;
      const progress: Progress[] = [];
      const counted: Pick<Database, 'run'> = {
        run(statement, values) {
          statements += 1;
          return db.run(statement, values);
        },
      };
      const { entries } = await verify(counted, { batchEntries: 20, onProgress: (step) => progress.push(step) });
      expect(progress.at(-1)).toEqual({ done: entries, total: entries });
      expect(progress.map(({ done }) => done)).toEqual(progress.map(({ done }) => done).toSorted((a, b) => a - b));
      return { entries, statements };
    };
    for (let count = 0; count < 9; count += 1) await lifeOf(db, await newMember(db));
    const once = await work();
    for (let count = 0; count < 12; count += 1) await lifeOf(db, await newMember(db));
    const twice = await work();
    expect(twice.entries / once.entries).toBeGreaterThan(1.9);
    expect(once.statements).toBeGreaterThan(4);
    expect(twice.statements).toBeLessThanOrEqual(3 * once.statements);
  });
});
