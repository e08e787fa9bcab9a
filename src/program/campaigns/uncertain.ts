import { shownCode } from '../codes.ts';
import type { Database } from '../context.ts';

/** Somebody of whom nobody knows whether a message reached them. `at`: when it was sent. */
export type Uncertain = { name: string; code: string; channel: string; at: Date | null };

/** Everybody of whom nobody knows whether a campaign's message reached them, so many from `skip` on, and how many there are. */
export async function uncertainOf(
  { prisma }: Pick<Database, 'prisma'>,
  id: number,
  { skip, take }: { skip: number; take: number },
): Promise<{ all: number; rows: Uncertain[] }> {
  const where = { campaignId: id, state: 'unknown' };
  const [all, found] = await Promise.all([
    prisma.delivery.count({ where }),
    prisma.delivery.findMany({
      where,
      orderBy: { id: 'asc' },
      skip,
      take,
      select: { memberId: true, channel: true, sentAt: true },
    }),
  ]);
  const memberIds = found.flatMap(({ memberId }) => memberId ?? []);
  const members = await prisma.member.findMany({
    where: { id: { in: memberIds } },
    select: { id: true, code: true, person: { select: { name: true } } },
  });
  const rows = found.map(({ memberId, channel, sentAt }) => {
    const member = members.find((one) => one.id === memberId);
    return { name: member?.person?.name ?? '—', code: member ? shownCode(member.code) : '', channel, at: sentAt };
  });
  return { all, rows };
}
