import { Refusal } from '../refusal.ts';
import { parseSegment } from '../segments/parse.ts';
import { resolveSegment } from '../segments/resolve.ts';
import { segmentFrom, segmentWhere } from '../segments/where.ts';
import type { JourneyMoment } from './journey.ts';

/** Whom an owner means by a journey's segment: their ids, as SQL with values from `$firstParam` on. Null: nobody (its words were taken back). */
export async function meantBy(
  segment: string,
  { db, now, timeZone, rules }: JourneyMoment,
  firstParam: number,
): Promise<{ members: string; values: unknown[] } | null> {
  try {
    const { tree, minorPerUnit } = await resolveSegment(db, parseSegment(segment));
    const { where, values } = segmentWhere(tree, { now, timeZone, rules, minorPerUnit }, firstParam);
    return { members: `SELECT f.member_id FROM ${segmentFrom} WHERE ${where}`, values };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
