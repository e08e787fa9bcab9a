import { Prisma } from '../../database/generated/client.ts';
import type { Database } from '../context.ts';
import type { SegmentMoment } from './moments.ts';
import { resolveSegment } from './resolve.ts';
import type { Segment } from './segment.ts';
import { segmentFrom, segmentWhere } from './where.ts';

/** `members` of all `of` open cards are meant. */
export type Counted = { members: number; of: number };

/** Of the members meant: who agreed to offers, and who of these has a chat that can be written to now. */
export type Reach = Counted & { agreed: number; reachable: number };

// Who has what fits a table of hashes as long as there is room for it: without, a million members are looked up one by one.
const room = Prisma.sql`SET LOCAL work_mem = '64MB'`;

const open = '(SELECT count(*) FROM member_fact WHERE open)';

// What stands in the facts alone is counted in one pass together with the rest; with another table beside it, that one would be read whole for everybody.
const beyondFacts = /\b[mwsp]\./;

async function asked<Name extends string>(
  db: Pick<Database, 'prisma'>,
  tree: Segment,
  moment: SegmentMoment,
  columns: Readonly<Record<Name, string>>,
): Promise<Record<Name | 'of', number>> {
  const { tree: whole, minorPerUnit } = await resolveSegment(db, tree);
  const { where, values } = segmentWhere(whole, { ...moment, minorPerUnit });
  const together = !beyondFacts.test(where);
  const filter = (condition: string): string =>
    `count(*) FILTER (WHERE ${[...(together ? [`(${where})`] : []), condition].join(' AND ')})`;
  const counts = Object.entries<string>(columns).map(([name, condition]) => `${filter(condition)} AS ${name}`);
  const sql = together
    ? `SELECT ${counts.join(', ')}, count(*) AS of FROM member_fact f WHERE f.open`
    : `SELECT ${counts.join(', ')}, ${open} AS of FROM ${segmentFrom} WHERE ${where}`;
  const [, rows] = await db.prisma.$transaction([
    db.prisma.$executeRaw(room),
    db.prisma.$queryRawUnsafe<Record<Name | 'of', bigint>[]>(sql, ...values),
  ]);
  const [row] = rows;
  if (!row) throw new Error('a count returned nothing');
  return Object.fromEntries(Object.entries<bigint>(row).map(([name, count]) => [name, Number(count)])) as Record<
    Name | 'of',
    number
  >;
}

/** How many members a rule means, of how many. Refuses what `resolveSegment` refuses. */
export const countSegment = (db: Pick<Database, 'prisma'>, tree: Segment, moment: SegmentMoment): Promise<Counted> =>
  asked(db, tree, moment, { members: 'true' });

/** How many members a rule means, and how many of them an offer reaches. Refuses what `resolveSegment` refuses. */
export const reachOf = (db: Pick<Database, 'prisma'>, tree: Segment, moment: SegmentMoment): Promise<Reach> =>
  asked(db, tree, moment, { members: 'true', agreed: 'f.marketing', reachable: 'f.marketing AND f.channels IS NOT NULL' });

/** More than half of the members: asked once more before something goes to so many. */
export const isLarge = ({ members, of }: Counted): boolean => members * 2 > of;
