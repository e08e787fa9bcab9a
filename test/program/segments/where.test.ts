import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenDatabase } from '../../../src/database/client.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { countSegment, isLarge, reachOf } from '../../../src/program/segments/count.ts';
import { parseSegment } from '../../../src/program/segments/parse.ts';
import { inlined, resolveSegment } from '../../../src/program/segments/resolve.ts';
import { segmentText } from '../../../src/program/segments/text.ts';
import { segmentFrom, segmentWhere } from '../../../src/program/segments/where.ts';
import { freshDatabase } from '../../support/database.ts';
import { anySegment } from './any-segment.ts';
import { means } from './plain-filter.ts';
import { type Known, now, shopOfMany } from './shop-of-many.ts';

let db: OpenDatabase & { url: string };
let members: Known[];
const moment = { now, timeZone: 'UTC', rules: { dayStartsAt: 0 } };

beforeAll(async () => {
  db = await freshDatabase();
  members = await shopOfMany(db.url, 200);
});
afterAll(() => db.close());

async function found(text: string): Promise<number[]> {
  const { tree, minorPerUnit } = await resolveSegment(db, parseSegment(text));
  // The first parameter is the caller's own.
  const { where, values } = segmentWhere(tree, { ...moment, minorPerUnit }, 2);
  const rows = await db.prisma.$queryRawUnsafe<{ id: number }[]>(
    `SELECT f.member_id AS id FROM ${segmentFrom} WHERE f.member_id > $1::int AND ${where} ORDER BY 1`,
    0,
    ...values,
  );
  return rows.map(({ id }) => id);
}

it('means the members that a plain filter finds', async () => {
  await fc.assert(
    fc.asyncProperty(anySegment, async (tree) => {
      const expected = members.filter((member) => means(tree, member, now)).map(({ id }) => id);
      expect(await found(segmentText(tree))).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

it('counts them, how many there are, and how many of them an offer reaches', async () => {
  const meant = members.filter(({ tier, tags }) => tier === 'gold' || tags.includes('vip'));
  const agreed = meant.filter(({ marketing }) => marketing);
  const tree = parseSegment('tier:gold or tag:vip');
  const counted = { members: meant.length, of: members.length };
  expect(await countSegment(db, tree, moment)).toEqual(counted);
  const reachable = agreed.filter(({ channels }) => channels.length > 0).length;
  expect(await reachOf(db, tree, moment)).toEqual({ ...counted, agreed: agreed.length, reachable });
  expect(reachable).toBeGreaterThan(0);
  expect(isLarge({ members: 5, of: 10 })).toBe(false);
  expect(isLarge({ members: 6, of: 10 })).toBe(true);
});

it('refuses saved segments that multiply inside one another', () => {
  const many = (name: string) => Array.from({ length: 20 }, (_, n) => `(segment:${name} visits:${n})`).join(' or ');
  const saved = new Map([
    ['a', 'paper'],
    ['b', many('a')],
    ['c', many('b')],
  ]);
  expect(inlined(parseSegment('segment:b'), saved)).toMatchObject({ kind: 'or' });
  expect(() => inlined(parseSegment('segment:c'), saved)).toThrow('segment.too_wide');
});

it('never takes words for SQL', async () => {
  const text = `tag:"'; DROP TABLE member; --"`;
  expect(await found(text)).toEqual([]);
  const { tree } = await resolveSegment(db, parseSegment(text));
  expect(segmentWhere(tree, moment).where).not.toContain('DROP');
});

it('asks what the triggers have kept, which is what it was copied from', async () => {
  const { problems } = await verify(db);
  expect(problems.filter(({ table }) => table === 'member_fact')).toEqual([]);
});
