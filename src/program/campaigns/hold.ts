import type { Prisma } from '../../database/generated/client.ts';
import { actorId, type Context } from '../context.ts';
import { once, type Tx } from '../once.ts';
import { Refusal } from '../refusal.ts';
import type { Campaign } from './campaign.ts';
import { campaignFrom, campaignOf } from './campaigns.ts';

/** What an event is called in the log of a campaign. */
export type EventKind =
  | 'made'
  | 'changed'
  | 'texts'
  | 'asked'
  | 'declined'
  | 'started'
  | 'approved'
  | 'began'
  | 'paused'
  | 'resumed'
  | 'stopped'
  | 'thrown_away'
  | 'winner'
  | 'done'
  | 'closed';

/**
 * The campaign's row, locked until the end of the transaction, so that two who steer it do so one after the other. Claims, which only point at the row, are
 * not held up. Refuses: `campaign.unknown`.
 */
export async function holdCampaign(tx: Tx, id: number): Promise<Campaign> {
  const locked = await tx.$queryRaw<unknown[]>`SELECT 1 FROM campaign WHERE id = ${id} FOR NO KEY UPDATE`;
  if (locked.length === 0) throw new Refusal('campaign.unknown');
  return campaignFrom(await tx.campaign.findUniqueOrThrow({ where: { id } }));
}

/** Says that what somebody saw is not what is there any more. Refuses: `campaign.changed` { name, at } (who changed it last). */
export async function holdVersion(tx: Tx, campaign: Campaign, version: number): Promise<void> {
  if (campaign.version === version) return;
  const last = await tx.campaignEvent.findFirst({ where: { campaignId: campaign.id }, orderBy: { id: 'desc' } });
  const by = last?.actorId ? await tx.person.findUnique({ where: { id: last.actorId } }) : null;
  throw new Refusal('campaign.changed', { name: by?.name ?? '—', at: (last?.at ?? campaign.createdAt).toISOString() });
}

/** Writes what happened to a campaign, in the transaction that makes it happen. */
export async function noteEvent(
  tx: Pick<Tx, 'campaignEvent'>,
  ctx: Pick<Context, 'actor' | 'now' | 'key'>,
  { campaignId, kind, details = {} }: { campaignId: number; kind: EventKind; details?: Prisma.InputJsonObject },
): Promise<void> {
  const { actor, now, key } = ctx;
  await tx.campaignEvent.create({ data: { campaignId, kind, at: now, actorId: actorId(actor), key: key.id, details } });
}

/** Does something to a campaign once per key, and reads it as it is then. */
export async function steer(ctx: Context, work: (tx: Tx) => Promise<number>): Promise<Campaign> {
  const { id } = await once(ctx, async (tx) => ({ id: await work(tx) }));
  return campaignOf(ctx.db, id);
}
