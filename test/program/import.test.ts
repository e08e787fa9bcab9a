import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newCode, shownCode } from '../../src/program/codes.ts';
import { verify } from '../../src/program/ledger/verify.ts';
import { freshDatabase } from '../support/database.ts';
import { bring, importedAt } from '../support/imports.ts';
import { asOwner, contextOf, newMember, plainProgram, undo } from '../support/ledger.ts';

vi.mock(import('../../src/program/codes.ts'), async (original) => {
  const real = await original();
  return { ...real, newCode: vi.fn(real.newCode) };
});

type Db = Awaited<ReturnType<typeof freshDatabase>>;

describe('import', () => {
  let db: Db;
  beforeAll(async () => {
    db = await freshDatabase({ max: 4 });
  });
  afterAll(() => db.close());

  const salesOf = async (ref: string) =>
    (await db.prisma.sale.findMany({ where: { member: { externalRef: ref } }, orderBy: { id: 'asc' } })).map(
      ({ at, amountMinor, receipt, shop, items, points }) => ({
        at: at.toISOString(),
        amountMinor,
        receipt,
        shop,
        items,
        points,
      }),
    );

  it('takes columns in any order, quoted, with a byte-order mark, and passes over what it does not know', async () => {
    const csv =
      '\u{feff}Shop; Amount ;colour;DATE;items;Member;receipt\r\n"Main ""St"" 5; back";12,50;red;2026-03-01;3; A-1 ;R 1\r\n\r\n;3,00;;20260302;;A-1;\r\n';
    expect(await bring(db, csv)).toMatchObject({ rows: 2, imported: 2, members: 1, amountMinor: 1_550, points: 15 });
    const [first, second] = await salesOf('A-1');
    expect(first).toEqual({
      at: '2026-03-01T10:00:00.000Z',
      amountMinor: 1_250n,
      receipt: 'R 1',
      shop: 'Main "St" 5; back',
      items: 3,
      points: 12n,
    });
    expect(second).toMatchObject({ at: '2026-03-02T10:00:00.000Z', amountMinor: 300n, shop: null, items: null, points: 3n });
    expect(await bring(db, 'member\tdate\tamount\nA-1\t2026-03-03\t1,50')).toMatchObject({ imported: 1, points: 2 });
  });

  it('reads dates without a time as noon where the shop is, and times with and without an offset', async () => {
    const dates = [
      '2025-01-31',
      '20250201',
      '2025-07-01T18:05',
      '2025-07-02 18:05:30',
      '2025-07-03T18:05:30.250Z',
      '2025-07-04T18:05:00-05:00',
      '2026-03-31',
    ];
    expect(await bring(db, `member,date,amount\n${dates.map((date) => `dates,${date},1.00`).join('\n')}\n`)).toMatchObject({
      imported: 7,
    });
    expect((await salesOf('dates')).map(({ at }) => at)).toEqual([
      '2025-01-31T10:00:00.000Z',
      '2025-02-01T10:00:00.000Z',
      '2025-07-01T15:05:00.000Z',
      '2025-07-02T15:05:30.000Z',
      '2025-07-03T18:05:30.250Z',
      '2025-07-04T23:05:00.000Z',
      '2026-03-31T09:00:00.000Z',
    ]);
    expect(await db.prisma.member.findFirst({ where: { externalRef: 'dates' } })).toMatchObject({
      joinedAt: new Date('2025-01-31T10:00:00Z'),
      personId: null,
    });
  });

  it('dates the end of points from the purchase', async () => {
    await bring(db, 'member,date,amount\nends,2026-01-31,5.00\n', { plain: { ...plainProgram, expiryMonths: 1 } });
    expect(await db.prisma.lot.findFirst({ where: { member: { externalRef: 'ends' } } })).toMatchObject({
      expiresAt: new Date('2026-02-28T22:00:00Z'),
      earned: 5n,
    });
  });

  it('rejects what it cannot take, says why and where, and imports the rest', async () => {
    const rows: [row: string, reason: RegExp | null][] = [
      ['bad,2026-03-01,1.00,,', null],
      ['bad,2026-03-01,-5,,', /below zero/],
      ['bad,2026-03-01,abc,,', /amount is not clear: write 12\.50/],
      ['bad,2026-03-01,12.345,,', /more decimals/],
      ['bad,2026-03-01,10000000.01,,', /over the limit/],
      ['bad,2026-03-01,,,', /amount is missing/],
      ['bad,2026-02-30,1.00,,', /not a date/],
      ['bad,01.03.2026,1.00,,', /not a date/],
      ['bad,,1.00,,', /date is missing/],
      ['bad,2026-04-01,1.00,,', /in the future/],
      ['bad,2026-03-31T13:00:01+03:00,1.00,,', /in the future/],
      ['bad,0197-01-01,1.00,,', /before 1900/],
      [' ,2026-03-01,1.00,,', /member is missing/],
      [`${'x'.repeat(65)},2026-03-01,1.00,,`, /member is longer than 64/],
      ['bad,2026-03-01,1.00,,x', /items is not a whole number/],
      ['bad,2026-03-01,1,50,,', /6 fields where the header has 5/],
      ['bad,2026-03-01,1.00', /3 fields where the header has 5/],
      ['"bad,2026-03-01,1.00,,', /quotation mark is not closed/],
      ['b"a"d,2026-03-01,1.00,,', /quotation mark stands where none may be/],
      ['bad\u0000,2026-03-01,1.00,,', /can't be shown/],
      [`bad,2026-03-01,1.00,${'y'.repeat(100_001)},`, /too long/],
      ['=1+1,2026-03-01,x,,', /amount is not clear/],
      ['bad,2026-03-01,0,,', null],
      ['bad,2026-03-01,2.00,,2', null],
    ];
    const csv = `member,date,amount,shop,items\n${rows.map(([row]) => row).join('\n')}\nlatin-`;
    const found = await bring(db, Readable.from([Buffer.from(csv), Buffer.from([0xe9]), Buffer.from(',2026-03-01,1.00,,\n')]));
    expect(found).toMatchObject({
      rows: rows.length + 1,
      imported: 3,
      known: 0,
      rejected: rows.length - 2,
      members: 1,
      amountMinor: 300,
    });
    const [header, ...rejections] = found.rejections;
    expect(header).toEqual(['line', 'reason', 'member', 'date', 'amount', 'shop', 'items']);
    const expected = [...rows, ['latin', /not UTF-8/] as const].flatMap(([, reason], index) =>
      reason ? [{ line: index + 2, reason }] : [],
    );
    expect(rejections.map(([line]) => Number(line))).toEqual(expected.map(({ line }) => line));
    for (const [index, { reason }] of expected.entries()) expect(rejections[index]?.[1]).toMatch(reason);
    expect(rejections.find(([line]) => line === '23')?.[2]).toBe("'=1+1");
    expect(await db.prisma.member.count({ where: { externalRef: { startsWith: 'x' } } })).toBe(0);
  });

  it('mended, the file of rejected rows can be imported', async () => {
    const first = await bring(db, 'member,date,amount\nmend,2026-03-01,oops\n');
    const mended = first.rejections.map((row) => row.join(',').replace('oops', '7.00')).join('\n');
    expect(await bring(db, mended)).toMatchObject({ imported: 1, points: 7 });
  });

  it.each([
    ['', /empty/],
    ['\n\n', /empty/],
    ['member,date\nx,y\n', /Missing: amount/],
    ['a;b;c\n', /Missing: member, date, amount/],
    ['member,date,amount,Member\n', /twice.*member/],
  ])('refuses a file without its columns: %j', async (csv, reason) => {
    await expect(bring(db, csv)).rejects.toThrow(reason);
  });

  it('finds a member by code, however it is written, and takes a code that is nobody’s for a name', async () => {
    const { id, code } = await newMember(db);
    const nobody = newCode();
    const csv = `member,date,amount\n${shownCode(code)},2026-03-01,4.00\n${code.toLowerCase()},2026-03-02,4.00\n${nobody},2026-03-01,4.00\n`;
    expect(await bring(db, csv)).toMatchObject({ imported: 3, members: 2 });
    expect(await db.prisma.sale.count({ where: { memberId: id } })).toBe(2);
    expect(await db.prisma.member.count({ where: { externalRef: nobody } })).toBe(1);
    expect(await bring(db, csv.replace(shownCode(code), code))).toMatchObject({ imported: 0, known: 3 });
  });

  it('counts equal rows, and adds only what a longer file has more', async () => {
    const row = 'twins,2026-03-01,0.60\n';
    expect(await bring(db, `member,date,amount\n${row.repeat(2)}`)).toMatchObject({ imported: 2, points: 1 });
    expect(await bring(db, `member,date,amount\n${row.repeat(3)}twins,2026-03-02,0.20\n`)).toMatchObject({
      imported: 2,
      known: 2,
      points: 2,
    });
    expect(await salesOf('twins')).toHaveLength(4);
  });

  it('counts a receipt once; with other content it is rejected', async () => {
    const csv = (rows: string) => `member,date,amount,receipt\n${rows}`;
    const first = await bring(
      db,
      csv('till,2026-03-01,5.00,K-1\ntill,2026-03-01,5.00,K-1\ntill,2026-03-01,6.00,K-1\nother,2026-03-01,5.00,K-1\n'),
    );
    expect(first).toMatchObject({ imported: 1, known: 1, rejected: 2, members: 1 });
    expect(first.rejections.slice(1).map(([line, reason]) => [line, reason])).toEqual([
      ['4', 'receipt K-1 is already there with other content (2026-03-01, 500 minor units of EUR)'],
      ['5', 'receipt K-1 is already there with other content (2026-03-01, 500 minor units of EUR)'],
    ]);
    expect(await db.prisma.member.count({ where: { externalRef: 'other' } })).toBe(0);
  });

  it('a receipt of a file never takes a number that the program gives', async () => {
    // Numbers go on after refused purchases too.
    const last = await asOwner(db.url, (owner) => owner.query<{ id: string }>('SELECT last_value AS id FROM sale_id_seq'));
    const number = Number(last.rows[0]?.id) + 2;
    await bring(
      db,
      `member,date,amount,receipt\nnumbered,2026-03-01,5.00,#${number}\nnumbered,2026-03-02,5.00,\nnumbered,2026-03-03,5.00,#\n`,
    );
    expect((await salesOf('numbered')).map(({ receipt }) => receipt)).toEqual([String(number), `#${number}`, `#${number + 1}`]);
  });

  it('does not bring back what was undone', async () => {
    const csv = 'member,date,amount,receipt\nback,2026-03-01,5.00,U-1\nback,2026-03-02,5.00,\n';
    await bring(db, csv);
    for (const { id } of await db.prisma.sale.findMany({ where: { member: { externalRef: 'back' } } }))
      await undo(contextOf(db, importedAt), { saleId: Number(id) });
    expect(await bring(db, csv)).toMatchObject({ imported: 0, known: 2 });
    expect(await db.prisma.wallet.findFirst({ where: { member: { externalRef: 'back' } } })).toMatchObject({ balance: 0n });
  });

  it('rejects a purchase that would give too many points', async () => {
    const plain = { ...plainProgram, earnPoints: 1_000, earnPerMinor: 1 };
    const found = await bring(db, 'member,date,amount\nmuch,2026-03-01,10000.01\nmuch,2026-03-01,10000.00\n', { plain });
    expect(found).toMatchObject({ imported: 1, rejected: 1, points: 1_000_000_000 });
    expect(found.rejections[1]?.[1]).toMatch(/1000001000 points/);
  });

  it('draws another code when one is taken', async () => {
    const { code } = await newMember(db);
    vi.mocked(newCode)
      .mockImplementationOnce(() => code)
      .mockImplementationOnce(() => code);
    const found = await bring(
      db,
      'member,date,amount\nfresh-1,2026-03-01,1.00\nfresh-2,2026-03-01,1.00\nfresh-1,2026-03-01,1.00\n',
    );
    expect(found).toMatchObject({ imported: 3, rejected: 0, members: 2 });
    expect(await salesOf('fresh-1')).toHaveLength(2);
    expect(await salesOf('fresh-2')).toHaveLength(1);
  });

  it('run twice at once, imports once', async () => {
    const csv = `member,date,amount\n${Array.from({ length: 1_500 }, (_, n) => `both-${n % 40},2026-03-${String((n % 28) + 1).padStart(2, '0')},${n % 7}.00\n`).join('')}`;
    const [one, two] = await Promise.all([bring(db, csv), bring(db, csv)]);
    expect(one.imported + two.imported).toBe(1_500);
    expect(one.known + two.known).toBe(1_500);
    expect(await db.prisma.sale.count({ where: { member: { externalRef: { startsWith: 'both-' } } } })).toBe(1_500);
  });

  it('leaves a ledger that verifies', async () => {
    expect(await verify(db)).toMatchObject({ problems: [] });
  });
});
