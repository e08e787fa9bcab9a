import { Prisma } from '../../database/generated/client.ts';
import { actorId, type Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { parseSegment } from '../segments/parse.ts';
import { resolveSegment } from '../segments/resolve.ts';
import { programAt } from '../settings/program.ts';
import { requireOwner } from '../staff/require-owner.ts';
import { saveTexts } from '../templates/stored-texts.ts';
import type { MessageTexts } from '../templates/texts.ts';
import { type Campaign, slotOf } from './campaign.ts';
import { checkPatch } from './check-patch.ts';
import { holdCampaign, holdVersion, noteEvent, steer } from './hold.ts';
import { offerWorth } from './worth.ts';

/** What can be changed of a draft; of a journey at any time. What is absent stays. */
export type DraftPatch = Partial<
  Pick<
    Campaign,
    | 'name'
    | 'topic'
    | 'segment'
    | 'picture'
    | 'button'
    | 'offer'
    | 'endsAt'
    | 'schedule'
    | 'budget'
    | 'controlPercent'
    | 'variants'
    | 'test'
    | 'windowDays'
    | 'resend'
    | 'paid'
    | 'worth'
  >
>;

/** How much an owner's offer is worth beside others that want the same place in somebody's week, unless the owner says otherwise. */
const broadcastWorth = 50;

/** Makes a draft with a name and nothing else. Refuses: `owner.only`, `campaign.name` { max }. */
export async function createDraft(
  ctx: Context,
  { name, topic = 'offers' }: { name: string; topic?: Campaign['topic'] },
): Promise<Campaign> {
  checkPatch({ name });
  return steer(ctx, async (tx) => {
    await requireOwner(tx, ctx);
    const { id } = await tx.campaign.create({
      data: {
        kind: 'broadcast',
        name: name.trim(),
        state: 'draft',
        topic,
        worth: broadcastWorth,
        createdAt: ctx.now,
        createdBy: actorId(ctx.actor),
      },
    });
    await noteEvent(tx, ctx, { campaignId: id, kind: 'made' });
    return id;
  });
}

/** Refuses `campaign.started` { state } when there is nothing left to change: messages are on their way, or it is over. */
function holdEditable({ kind, state }: Pick<Campaign, 'kind' | 'state'>): void {
  if (kind === 'broadcast' && state !== 'draft' && state !== 'asked') throw new Refusal('campaign.started', { state });
}

const json = (value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull =>
  value === null ? Prisma.DbNull : (value as Prisma.InputJsonValue);

/** A journey's limit can't be below what it has given. Refuses: `budget.below_given` { count }. */
function holdGiven({ given }: Pick<Campaign, 'given'>, { budget }: DraftPatch): void {
  for (const measure of ['coupons', 'points'] as const) {
    if ((budget?.[measure] ?? given[measure]) < given[measure])
      throw new Refusal('budget.below_given', { count: given[measure] });
  }
}

/** A patch as Prisma writes it. */
function written({ button, offer, schedule, budget, variants, test, ...plain }: DraftPatch): Prisma.CampaignUncheckedUpdateInput {
  return {
    ...plain,
    ...(button === undefined ? {} : { button: json(button) }),
    ...(offer === undefined ? {} : { offer: json(offer) }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(budget === undefined ? {} : { budget }),
    ...(variants === undefined ? {} : { variants: [...variants] }),
    ...(test === undefined ? {} : { test: json(test) }),
  };
}

/**
 * Changes a draft, or a journey. `version` is the one that was shown. What waits for a second owner's yes is a draft again: it is not what they were asked
 * about any more. Refuses: `owner.only`, `campaign.unknown`, `campaign.changed` { name, at }, `campaign.started` { state }, and what is wrong with a value
 * (`checkPatch`, `budget.below_given`); the draft stays as it was.
 */
export async function changeDraft(
  ctx: Context,
  { id, version, patch }: { id: number; version: number; patch: DraftPatch },
  timeZone: string,
): Promise<Campaign> {
  const { rules } = await programAt(ctx.db, ctx.now);
  return steer(ctx, async (tx) => {
    await requireOwner(tx, ctx);
    const campaign = await holdCampaign(tx, id);
    await holdVersion(tx, campaign, version);
    holdEditable(campaign);
    checkPatch(patch, { now: ctx.now, timeZone, rules });
    holdGiven(campaign, patch);
    const after = { ...campaign, ...patch };
    if (patch.picture && !(await tx.media.findUnique({ where: { hash: patch.picture }, select: { hash: true } }))) {
      throw new Refusal('campaign.picture_gone');
    }
    const journey = campaign.kind === 'journey';
    // A draft says what is missing before it starts; a journey runs already, and would mean nobody.
    if (journey && patch.segment) await resolveSegment({ prisma: tx }, parseSegment(patch.segment));
    // What is sent to who never agreed to it is about their own card, and the program's to say.
    if (patch.topic === 'reminders' && !journey) throw new Refusal('campaign.topic');
    await tx.campaign.update({
      where: { id },
      data: {
        ...written(patch),
        ...(journey ? { offerMinor: offerWorth(after.offer, rules) } : { state: 'draft' }),
        version: { increment: 1 },
      },
    });
    await noteEvent(tx, ctx, { campaignId: id, kind: 'changed', details: { fields: Object.keys(patch) } });
    return id;
  });
}

/**
 * Gives a variant of a draft, or a journey, its words: a new version of them, the ones before stay. The words themselves are the caller's to check
 * (`checkMessage`). Refuses: `owner.only`, `campaign.unknown`, `campaign.changed`, `campaign.started`, `campaign.no_variant`.
 */
export async function changeTexts(
  ctx: Context,
  { id, version, variant = 'a', texts }: { id: number; version: number; variant?: string; texts: MessageTexts },
): Promise<Campaign> {
  return steer(ctx, async (tx) => {
    const me = await requireOwner(tx, ctx);
    const campaign = await holdCampaign(tx, id);
    await holdVersion(tx, campaign, version);
    holdEditable(campaign);
    if (!campaign.variants.includes(variant)) throw new Refusal('campaign.no_variant');
    await saveTexts(tx, slotOf(campaign, variant), texts, me, ctx.now);
    await tx.campaign.update({
      where: { id },
      data: { version: { increment: 1 }, ...(campaign.kind === 'broadcast' ? { state: 'draft' } : {}) },
    });
    await noteEvent(tx, ctx, { campaignId: id, kind: 'texts', details: { variant, languages: Object.keys(texts.texts) } });
    return id;
  });
}
