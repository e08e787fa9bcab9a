import type { Campaign as Row } from '../../database/generated/client.ts';
import type { Database } from '../context.ts';
import { Refusal } from '../refusal.ts';
import type { Rules } from '../rules/rules.ts';
import type { Campaign, CampaignState } from './campaign.ts';

/** When and by which rules a campaign is judged: the program's time, the shop's zone, the rules in force. */
export type Moment = { now: Date; timeZone: string; rules: Rules };

/** A campaign as the program speaks of it. */
export function campaignFrom(row: Row): Campaign {
  const { givenCoupons, givenPoints, givenMinor, result, offerMinor, ...same } = row;
  return {
    ...(same as unknown as Omit<Campaign, 'given'>),
    given: { coupons: Number(givenCoupons), points: Number(givenPoints), minor: Number(givenMinor) },
  };
}

/** One campaign. Refuses: `campaign.unknown`. */
export async function campaignOf({ prisma }: Pick<Database, 'prisma'>, id: number): Promise<Campaign> {
  const row = Number.isSafeInteger(id) && id <= 2_147_483_647 ? await prisma.campaign.findUnique({ where: { id } }) : null;
  if (!row) throw new Refusal('campaign.unknown');
  return campaignFrom(row);
}

/** A journey by its key, or null: it has not been made yet. */
export async function journeyOf({ prisma }: Pick<Database, 'prisma'>, key: string): Promise<Campaign | null> {
  const row = await prisma.campaign.findUnique({ where: { key } });
  return row && campaignFrom(row);
}

/** Campaigns of a kind, the newest first. Drafts that were thrown away are not among them. */
export async function campaignsOf(
  { prisma }: Pick<Database, 'prisma'>,
  { kind = 'broadcast', states, limit = 20 }: { kind?: Campaign['kind']; states?: readonly CampaignState[]; limit?: number } = {},
): Promise<Campaign[]> {
  const rows = await prisma.campaign.findMany({
    where: { kind, ...(states ? { state: { in: [...states] } } : {}), NOT: { state: 'stopped', startedAt: null } },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(campaignFrom);
}
