import { PassThrough } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/program/ledger/verify.ts';
import { cdnowCsv, cdnowTotals } from '../support/cdnow.ts';
import { freshDatabase } from '../support/database.ts';
import { bring, inPieces } from '../support/imports.ts';
import { asOwner } from '../support/ledger.ts';

type Db = Awaited<ReturnType<typeof freshDatabase>>;

const standing = async (db: Db) => {
  const { _count: purchases, _sum: sums } = await db.prisma.sale.aggregate({
    _count: true,
    _sum: { amountMinor: true, points: true },
  });
  const members = await db.prisma.member.count();
  return { purchases, members, amountMinor: Number(sums.amountMinor), points: Number(sums.points) };
};

describe('a real purchase history', () => {
  let db: Db;
  const csv = cdnowCsv();
  const { purchases, ...sums } = cdnowTotals;
  beforeAll(async () => {
    db = await freshDatabase({ max: 4 });
  });
  afterAll(() => db.close());

  it('stopped in the middle, by whatever, and run again, is imported once', async () => {
    async function* broken() {
      yield* inPieces(csv.slice(0, csv.length / 3));
      throw new Error('the disk is gone');
    }
    await expect(bring(db, broken())).rejects.toThrow('the disk is gone');
    const before = await standing(db);
    expect(before.purchases).toBeGreaterThan(1_000);
    expect(before.purchases).toBeLessThan(purchases);
    // The database drops the connection, in the middle of a batch as likely as not.
    const cuts: Promise<unknown>[] = [];
    const onProgress = ({ rows }: { rows: number }) => {
      if (rows < 4_000 || cuts.length > 0) return;
      cuts.push(
        asOwner(db.url, async (owner) => {
          const busy =
            "FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%ledger_import%' AND pid <> pg_backend_pid()";
          while ((await owner.query(`SELECT pg_terminate_backend(pid) ${busy}`)).rowCount === 0);
        }),
      );
    };
    await expect(bring(db, inPieces(csv), { onProgress })).rejects.toThrow(/terminat/);
    await Promise.all(cuts);
    expect(await bring(db, inPieces(csv, 70_001))).toMatchObject({ rows: purchases, rejected: 0, ...sums, rejections: [] });
    expect(await standing(db)).toEqual(cdnowTotals);
  }, 60_000);

  it('run again adds nothing, and finds the same', async () => {
    expect(await bring(db, csv)).toMatchObject({ rows: purchases, imported: 0, known: purchases, rejected: 0, ...sums });
    // In another order, separated otherwise, with another way of writing dates: still the same purchases.
    const [header, ...lines] = csv.trim().split('\n');
    const other = [header, ...lines.toReversed()]
      .join('\r\n')
      .replaceAll(',', ';')
      .replace(/;(\d{4})(\d\d)(\d\d);/g, ';$1-$2-$3;');
    expect(await bring(db, other)).toMatchObject({ imported: 0, known: purchases, ...sums });
    expect(await standing(db)).toEqual(cdnowTotals);
  }, 60_000);

  it('leaves a ledger that verifies, no bonus, no message and nothing of the import itself', async () => {
    expect(await verify(db)).toMatchObject({ members: sums.members, points: sums.points, problems: [] });
    expect(await db.prisma.entry.count({ where: { kind: { not: 'credit' } } })).toBe(0);
    expect(await db.prisma.delivery.count()).toBe(0);
    expect(
      await asOwner(db.url, async (owner) => (await owner.query('SELECT count(*)::int AS n FROM import_seen')).rows),
    ).toEqual([{ n: 0 }]);
  });
});

describe('a file of any length', () => {
  it('takes the same memory', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const rows = 60_000;
    async function* long() {
      yield Buffer.from('member,date,amount,shop\n');
      for (let row = 0; row < rows; row += 200) {
        const lines = Array.from(
          { length: 200 },
          (_, n) =>
            `m${row + n},${2020 + ((row + n) % 5)}-0${1 + (n % 9)}-1${n % 10},${n}.${n % 2 ? 50 : 'x'},"a shop, ${row + n}"\n`,
        );
        yield Buffer.from(lines.join(''));
      }
    }
    const nothing = { imported: 0, known: 0, amountMinor: 0, points: 0, refused: [], again: [] };
    const heapAt: number[] = [];
    const found = await bring({ run: async <Row>() => [{ result: nothing }] as Row[] }, long(), {
      rejected: new PassThrough().resume(),
      onProgress: ({ rows: done }) => {
        if (done % 10_000 !== 0) return;
        collect();
        heapAt.push(process.memoryUsage().heapUsed);
      },
    });
    expect(heapAt).toHaveLength(rows / 10_000);
    const grown = (heapAt.at(-1) ?? 0) - (heapAt[1] ?? 0);
    // Forty thousand rows more: a hundred bytes of each would be four million.
    expect(grown).toBeLessThan(1_500_000);
    expect(found).toMatchObject({ rows, rejected: rows / 2 });
  }, 60_000);
});
