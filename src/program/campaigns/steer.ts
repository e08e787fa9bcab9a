import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { programAt } from '../settings/program.ts';
import { requireOwner } from '../staff/require-owner.ts';
import type { Campaign } from './campaign.ts';
import { holdCampaign, noteEvent, steer } from './hold.ts';
import { offerWorth } from './worth.ts';

/**
 * Nothing more is planned or sent until it is resumed; what is on its way at this instant arrives. A journey is switched off. Refuses: `owner.only`,
 * `campaign.unknown`, `campaign.not_running` { state }.
 */
export async function pauseCampaign(ctx: Context, { id }: { id: number }): Promise<Campaign> {
  return steer(ctx, async (tx) => {
    await requireOwner(tx, ctx);
    const { state } = await holdCampaign(tx, id);
    if (state !== 'running' && state !== 'scheduled') throw new Refusal('campaign.not_running', { state });
    await tx.campaign.update({ where: { id }, data: { state: 'paused' } });
    await noteEvent(tx, ctx, { campaignId: id, kind: 'paused' });
    return id;
  });
}

/**
 * Goes on where it was; a journey is switched on. What should have begun in the meantime begins at once. Refuses: `owner.only`, `campaign.unknown`,
 * `campaign.not_paused` { state }.
 */
export async function resumeCampaign(ctx: Context, { id }: { id: number }): Promise<Campaign> {
  const { rules } = await programAt(ctx.db, ctx.now);
  return steer(ctx, async (tx) => {
    await requireOwner(tx, ctx);
    const { state, kind, offer, upperMember } = await holdCampaign(tx, id);
    if (state !== 'paused') throw new Refusal('campaign.not_paused', { state });
    const begun = kind === 'journey' || upperMember !== null;
    const worth = kind === 'journey' ? { offerMinor: offerWorth(offer, rules) } : {};
    await tx.campaign.update({ where: { id }, data: { state: begun ? 'running' : 'scheduled', ...worth } });
    await noteEvent(tx, ctx, { campaignId: id, kind: 'resumed' });
    return id;
  });
}

/**
 * Ends a broadcast for good: nothing more is sent, nothing can be claimed; what was claimed stays theirs. A draft is thrown away. Refuses: `owner.only`,
 * `campaign.unknown`, `campaign.over` { state } (it has ended already, or is a journey, which is paused).
 */
export async function stopCampaign(ctx: Context, { id }: { id: number }): Promise<Campaign> {
  return steer(ctx, async (tx) => {
    await requireOwner(tx, ctx);
    const { state, kind, startedAt } = await holdCampaign(tx, id);
    if (kind === 'journey' || state === 'stopped' || state === 'done') throw new Refusal('campaign.over', { state });
    await tx.campaign.update({ where: { id }, data: { state: 'stopped', endedAt: ctx.now } });
    await noteEvent(tx, ctx, { campaignId: id, kind: startedAt === null ? 'thrown_away' : 'stopped' });
    return id;
  });
}
