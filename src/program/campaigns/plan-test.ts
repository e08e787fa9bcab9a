import type { Context } from '../context.ts';
import { planDelivery } from '../deliveries/plan.ts';
import { once } from '../once.ts';
import { Refusal } from '../refusal.ts';
import { requireOwner } from '../staff/require-owner.ts';
import { textsIn } from '../templates/stored-texts.ts';
import { slotOf } from './campaign.ts';
import { holdCampaign } from './hold.ts';

/**
 * Sends an owner their own campaign as others will see it, once in each language (notice `campaign-test` { campaign, variant, language }); it counts for nothing and
 * gives nothing. A journey's own texts need not be written. Refuses: `owner.only`, `campaign.unknown`, `campaign.no_variant`, `campaign.no_text` { variant, count }.
 */
export async function planTest(
  ctx: Context,
  { id, variant = 'a', languages }: { id: number; variant?: string; languages: readonly string[] },
): Promise<{ planned: number }> {
  return once(ctx, async (tx) => {
    const personId = await requireOwner(tx, ctx);
    const campaign = await holdCampaign(tx, id);
    if (!campaign.variants.includes(variant)) throw new Refusal('campaign.no_variant');
    if (campaign.kind === 'broadcast' && !(await textsIn(tx, slotOf(campaign, variant)))) {
      throw new Refusal('campaign.no_text', { variant, count: campaign.variants.indexOf(variant) + 1 });
    }
    for (const language of new Set(languages)) {
      const params = { campaign: id, variant, language };
      await planDelivery(tx, {
        personId,
        notice: 'campaign-test',
        params,
        dedupe: `campaign-test:${ctx.key.id}:${language}`,
        now: ctx.now,
      });
    }
    return { planned: new Set(languages).size };
  });
}
