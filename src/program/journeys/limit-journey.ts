import type { Campaign } from '../campaigns/campaign.ts';
import { holdCampaign, noteEvent, steer } from '../campaigns/hold.ts';
import type { Context, Database } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { requireOwner } from '../staff/require-owner.ts';

/** More than this in a day is no limit. */
const perDayMost = 1_000_000;

/**
 * Limits how many messages of a journey go on one day; null: no limit. Those above it are left out, not put off: tomorrow they would be about yesterday.
 * Reminders of what ends are put off. Refuses: `owner.only`, `campaign.unknown`, `journey.limit` { max }.
 */
export async function limitJourney(ctx: Context, { id, perDay }: { id: number; perDay: number | null }): Promise<Campaign> {
  if (perDay !== null && !(Number.isSafeInteger(perDay) && perDay >= 1 && perDay <= perDayMost))
    throw new Refusal('journey.limit', { max: perDayMost });
  return steer(ctx, async (tx) => {
    await requireOwner(tx, ctx);
    const journey = await holdCampaign(tx, id);
    if (journey.kind !== 'journey') throw new Refusal('campaign.unknown');
    await tx.campaign.update({ where: { id }, data: { perDay, version: { increment: 1 } } });
    await noteEvent(tx, ctx, { campaignId: id, kind: 'changed', details: { perDay } });
    return id;
  });
}

/** How many messages of a journey go on one day at most; null: no limit. */
export async function perDayOf({ prisma }: Pick<Database, 'prisma'>, id: number): Promise<number | null> {
  return (await prisma.campaign.findUnique({ where: { id }, select: { perDay: true } }))?.perDay ?? null;
}
