import type { Scene } from '../../chat/command.ts';
import { localTime } from '../../program/calendar.ts';
import type { Context } from '../../program/context.ts';
import { definitionOf, type Key, keys, knownIn } from '../../program/segments/conditions.ts';
import { parseSegment } from '../../program/segments/parse.ts';
import { savedSegments } from '../../program/segments/saved.ts';
import { usualTags } from '../../program/segments/tags.ts';
import { segmentSaid } from './segment-said.ts';

/** A button that changes a rule: what it is called, and what it says to `pressed`. */
export type Press = { label: string; op: string };

const counts: Partial<Record<Key, readonly string[]>> = {
  visits: ['>=2', '>=5', '>=10', ':1', ':0'],
  points: ['>=50', '>=100', '>=500', ':0'],
  spent: ['>=50', '>=100', '>=250', '>=500'],
  average: ['>=5', '>=10', '>=25', '>=50'],
  score: ['>=9', '>=7', '<=6'],
  'last-visit': ['<7d', '<30d', '>30d', '>60d', '>90d', '>6m'],
  'first-visit': ['<7d', '<30d', '>6m', '>1y'],
  joined: ['<7d', '<30d', '>6m', '>1y'],
};

async function campaigns({ db }: Pick<Context, 'db'>, key: string): Promise<Press[]> {
  const rows = await db.prisma.campaign.findMany({
    where: { kind: 'broadcast', startedAt: { not: null } },
    orderBy: { id: 'desc' },
    take: 20,
    select: { id: true, name: true, offer: true },
  });
  const meant = rows.filter(({ offer }) => key === 'received' || offer !== null).slice(0, 8);
  return meant.map(({ id, name }) => ({ label: name, op: `+${key}:${id}` }));
}

/** What can be pressed for one condition: the names there are, or the amounts that are asked for most. Empty: there is nothing to choose from. */
export async function pressesFor(ctx: Pick<Context, 'db' | 'now'>, key: Key, scene: Scene): Promise<Press[]> {
  const { shop, program } = scene;
  const said = (text: string): Press => ({ label: segmentSaid(parseSegment(text), scene), op: `+${text}` });
  if (key === 'segment') return (await savedSegments(ctx.db)).map(({ id, name }) => ({ label: name, op: `#${id}` }));
  if (key === 'received' || key === 'claimed') return campaigns(ctx, key);
  if (key === 'birthday') {
    const { day } = localTime(ctx.now, shop.timeZone, program.rules.dayStartsAt);
    return [':today', '<7d', '<30d', `:${day.slice(5, 7)}`].map((when) => said(`${key}${when}`));
  }
  const amounts = counts[key];
  if (amounts) return amounts.map((amount) => said(`${key}${amount}`));
  const words = key === 'tag' ? await usualTags(ctx.db, 10) : (knownIn(program.rules)[key] ?? []);
  return words.flatMap((word) =>
    key === 'bought' ? [said(`${key}:${word}`), said(`not ${key}:${word}`)] : [said(`${key}:${word}`)],
  );
}

/** The conditions that are offered, without those that this program has nothing to choose from for. */
export function conditionsOffered({ program }: Pick<Scene, 'program'>): Key[] {
  const known = knownIn(program.rules);
  const few = (key: Key): boolean =>
    definitionOf(key)?.kind === 'name' && (known[key]?.filter((word) => word !== 'none').length ?? 0) === 0;
  return keys.filter((key) => !few(key));
}
