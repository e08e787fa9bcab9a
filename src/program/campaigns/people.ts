import type { Database } from '../context.ts';
import { knownIn } from '../segments/conditions.ts';
import { parseSegment } from '../segments/parse.ts';
import { resolveSegment } from '../segments/resolve.ts';
import { segmentText } from '../segments/text.ts';
import { segmentFrom, segmentWhere } from '../segments/where.ts';
import type { Campaign } from './campaign.ts';
import type { Moment } from './campaigns.ts';

/** Who is meant, as SQL: the rows of `from` (`m` the member, `p` the person or null) for which `where` holds, its values from `$firstParam` on. */
export type People = { from: string; where: string; values: unknown[]; text: string };

/**
 * Whom a segment means. `text`: the same rule with saved segments in the place of their names. Refuses what `parseSegment` and `resolveSegment` refuse.
 */
export async function peopleOf(
  db: Pick<Database, 'prisma'>,
  { segment, meant = null }: Pick<Campaign, 'segment'> & Partial<Pick<Campaign, 'meant'>>,
  moment: Moment,
  firstParam: number,
): Promise<People> {
  const { tree, minorPerUnit } = await resolveSegment(
    db,
    parseSegment(meant ?? segment, knownIn(moment.rules), { settled: meant !== null }),
  );
  return { from: segmentFrom, ...segmentWhere(tree, { ...moment, minorPerUnit }, firstParam), text: segmentText(tree) };
}

/**
 * Who may be told: they agreed to be and did not mute this kind, are still with us, and there is a way to reach them. The topic is a value of the
 * statement, `topic` its place in it.
 */
export const consents = (topic: string): string => `p.erased_at IS NULL AND p.marketing AND NOT ${topic} = ANY (p.muted)`;

/** The address somebody used last, of those that still work. */
export const latestAddress = `LATERAL (SELECT a.id, a.channel FROM address a WHERE a.person_id = p.id AND a.dead_at IS NULL
  ORDER BY a.used_at DESC, a.id DESC LIMIT 1)`;
