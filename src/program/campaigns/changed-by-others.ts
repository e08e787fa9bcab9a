import type { Database } from '../context.ts';

/** Who else changed a campaign last, when (ISO), and which of its parts were changed by others since. */
export type OtherChange = { name: string; at: string; fields: string[] };

/**
 * What others than `personId` did to a campaign since its `version` was seen; null: nothing, whatever this person did themselves. Every version has its one event.
 */
export async function changedByOthers(
  { prisma }: Pick<Database, 'prisma'>,
  { id, version }: { id: number; version: number },
  personId: number | null,
): Promise<OtherChange | null> {
  const { version: now } = await prisma.campaign.findUniqueOrThrow({ where: { id }, select: { version: true } });
  const latest = await prisma.campaignEvent.findMany({
    where: { campaignId: id, kind: { in: ['changed', 'texts', 'declined', 'started', 'approved'] } },
    orderBy: { id: 'desc' },
    take: Math.max(now - version, 0),
  });
  const others = latest.filter(({ actorId }) => actorId !== personId);
  const [last] = others;
  if (!last) return null;
  const by = last.actorId === null ? null : await prisma.person.findUnique({ where: { id: last.actorId } });
  const fields = others.flatMap(({ kind, details }) => {
    if (kind === 'texts') return ['texts'];
    return kind === 'changed' ? ((details as { fields?: string[] }).fields ?? []) : [];
  });
  return { name: by?.name ?? '—', at: last.at.toISOString(), fields: [...new Set(fields)] };
}
