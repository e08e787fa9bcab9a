import type { Prisma } from '../../database/generated/client.ts';
import { contactOf } from '../attention/contact.ts';
import { actorId, type Context } from '../context.ts';
import { planDelivery } from '../deliveries/plan.ts';
import type { Tx } from '../once.ts';
import { Refusal } from '../refusal.ts';
import { isLarge } from '../segments/count.ts';
import { programAt } from '../settings/program.ts';
import { requireOwner } from '../staff/require-owner.ts';
import { textsIn } from '../templates/stored-texts.ts';
import { type Campaign, slotOf } from './campaign.ts';
import { campaignOf, type Moment } from './campaigns.ts';
import { holdCampaign, holdVersion, noteEvent, steer } from './hold.ts';
import { problemsOf } from './problems.ts';
import { beginsAt } from './schedule.ts';
import { exceeds, mostGiven, offerWorth } from './worth.ts';

type Judged = { moment: Moment; reachable: number };

/**
 * Holds a campaign to everything that is asked of a start, before anything is locked. What was done before under this key, or has become another than was shown, is
 * not judged: the transaction answers that. Refuses the first thing that is wrong.
 */
async function judge(
  ctx: Context,
  { id, version, large }: { id: number; version: number; large: boolean },
  timeZone: string,
): Promise<Judged> {
  const { rules } = await programAt(ctx.db, ctx.now);
  const moment = { now: ctx.now, timeZone, rules };
  const campaign = await campaignOf(ctx.db, id);
  const waits = campaign.state === 'draft' || campaign.state === 'asked';
  const done = await ctx.db.prisma.inbox.findUnique({ where: { key: ctx.key.id }, select: { key: true } });
  if (done || !waits || campaign.version !== version) return { moment, reachable: 0 };
  const { problems, audience } = await problemsOf(ctx.db, campaign, moment);
  const [first] = problems;
  if (first) throw first;
  if (audience && isLarge(audience) && !large)
    throw new Refusal('campaign.large', { members: audience.members, of: audience.of });
  return { moment, reachable: audience?.reachable ?? 0 };
}

async function versionsOf(tx: Tx, campaign: Campaign): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const variant of campaign.variants) {
    const texts = await textsIn(tx, slotOf(campaign, variant));
    if (!texts) throw new Refusal('campaign.no_text', { variant, count: campaign.variants.indexOf(variant) + 1 });
    found[variant] = texts.version;
  }
  return found;
}

/** From here on it goes by itself: what it says, what it gives and when it begins are settled. */
async function release(
  tx: Tx,
  campaign: Campaign,
  { now, timeZone, rules }: Moment,
  by: Prisma.CampaignUncheckedUpdateInput,
): Promise<void> {
  await tx.campaign.update({
    where: { id: campaign.id },
    data: {
      ...by,
      state: 'scheduled',
      startedAt: now,
      beginsAt: beginsAt(campaign.schedule, now, timeZone),
      textVersions: await versionsOf(tx, campaign),
      offerMinor: offerWorth(campaign.offer, rules),
      version: { increment: 1 },
    },
  });
}

async function askOthers(tx: Tx, campaign: Campaign, me: number, others: readonly number[], now: Date): Promise<void> {
  for (const personId of others) {
    const params = { campaign: campaign.id, person: me };
    const dedupe = `campaign-asked:${campaign.id}:${campaign.version}:${personId}`;
    await planDelivery(tx, { personId, notice: 'campaign-asked', params, dedupe, now });
  }
}

/**
 * Starts a draft as it was shown (`version`): `scheduled`, and `running` as soon as planning begins (`planCampaigns`). Where it may give more than an owner may
 * decide alone it becomes `asked` and the other owners are told (notice `campaign-asked` { campaign, person }); a shop's only owner decides alone, and the log
 * says so. Of two who press at once one starts. `large`: yes, more than half of the members. A refusal changes nothing. Refuses: `owner.only`,
 * `campaign.unknown`, `campaign.changed` { name, at }, `campaign.started` { state }, `campaign.large` { members, of }, and what `problemsOf` finds.
 */
export async function startCampaign(
  ctx: Context,
  { id, version, large = false }: { id: number; version: number; large?: boolean },
  timeZone: string,
): Promise<Campaign> {
  const { moment, reachable } = await judge(ctx, { id, version, large }, timeZone);
  return steer(ctx, async (tx) => {
    const me = await requireOwner(tx, ctx);
    const campaign = await holdCampaign(tx, id);
    if (campaign.state !== 'draft') throw new Refusal('campaign.started', { state: campaign.state });
    await holdVersion(tx, campaign, version);
    const owners = await tx.staff.findMany({ where: { role: 'owner', personId: { not: me } }, orderBy: { personId: 'asc' } });
    const others = owners.map(({ personId }) => personId);
    const above = exceeds(mostGiven(campaign.offer, campaign.budget, moment.rules), contactOf(moment.rules).approveAbove);
    const asks = above && others.length > 0;
    if (asks) {
      await tx.campaign.update({ where: { id }, data: { state: 'asked', startedBy: me } });
      await askOthers(tx, campaign, me, others, ctx.now);
    } else {
      await release(tx, campaign, moment, { startedBy: me, approvedBy: null });
    }
    const details = { reachable, large, ...(above && !asks ? { alone: true } : {}) };
    await noteEvent(tx, ctx, { campaignId: id, kind: asks ? 'asked' : 'started', details });
    return id;
  });
}

/** A campaign that waits for a second owner, for one who may answer. Refuses: `owner.only`, `campaign.not_asked`, `campaign.approve_own`, `campaign.changed`. */
async function holdAsked(
  tx: Tx,
  ctx: Context,
  { id, version }: { id: number; version: number },
): Promise<{ campaign: Campaign; me: number }> {
  const me = await requireOwner(tx, ctx);
  const campaign = await holdCampaign(tx, id);
  if (campaign.state !== 'asked') throw new Refusal('campaign.not_asked', { state: campaign.state });
  await holdVersion(tx, campaign, version);
  if (campaign.startedBy === me) throw new Refusal('campaign.approve_own');
  return { campaign, me };
}

async function tellAsker(
  tx: Tx,
  ctx: Context,
  { id, startedBy, version }: Campaign,
  decision: 'approved' | 'declined',
): Promise<void> {
  if (startedBy === null) return;
  const params = { campaign: id, decision, person: actorId(ctx.actor) };
  await planDelivery(tx, {
    personId: startedBy,
    notice: 'campaign-decided',
    params,
    dedupe: `campaign-decided:${id}:${version}`,
    now: ctx.now,
  });
}

/**
 * A second owner agrees to what another wants to start, and it is started; who asked is told (notice `campaign-decided` { campaign, decision, person }). Refuses: `owner.only`,
 * `campaign.unknown`, `campaign.not_asked` { state }, `campaign.approve_own`, `campaign.changed` { name, at }, and what `problemsOf` finds by now.
 */
export async function approveCampaign(ctx: Context, input: { id: number; version: number }, timeZone: string): Promise<Campaign> {
  const { id } = input;
  const { moment, reachable } = await judge(ctx, { ...input, large: true }, timeZone);
  return steer(ctx, async (tx) => {
    const { campaign, me } = await holdAsked(tx, ctx, input);
    await release(tx, campaign, moment, { approvedBy: me });
    await tellAsker(tx, ctx, campaign, 'approved');
    await noteEvent(tx, ctx, { campaignId: id, kind: 'approved', details: { reachable } });
    return id;
  });
}

/** A second owner says no: it is a draft again, and who asked is told. Refuses as `approveCampaign`, but for what is wrong with the draft. */
export async function declineCampaign(ctx: Context, input: { id: number; version: number }): Promise<Campaign> {
  return steer(ctx, async (tx) => {
    const { campaign } = await holdAsked(tx, ctx, input);
    await tx.campaign.update({ where: { id: input.id }, data: { state: 'draft', version: { increment: 1 } } });
    await tellAsker(tx, ctx, campaign, 'declined');
    await noteEvent(tx, ctx, { campaignId: input.id, kind: 'declined' });
    return input.id;
  });
}
