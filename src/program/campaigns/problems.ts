import type { Database } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { checkMessage } from '../templates/check.ts';
import { textsOf } from '../templates/stored-texts.ts';
import { variablesFor } from '../templates/variables.ts';
import { type Audience, audienceOf } from './audience.ts';
import { type Campaign, slotOf } from './campaign.ts';
import type { Moment } from './campaigns.ts';
import { checkPatch } from './check-patch.ts';
import { sendsAt } from './schedule.ts';
import { offerWorth } from './worth.ts';

type Problems = (campaign: Campaign, moment: Moment) => Refusal[];

// A value was right when it was chosen; rewards end and hours pass.
const values: Problems = (campaign, moment) => {
  try {
    const { segment, button, offer, budget, schedule, endsAt, test } = campaign;
    checkPatch({ segment, button, offer, budget, schedule, endsAt, test }, moment);
    return [];
  } catch (error) {
    if (error instanceof Refusal) return [error];
    throw error;
  }
};

const offers: Problems = ({ offer, button, budget, endsAt, schedule }, { now, timeZone, rules }) => {
  const found: Refusal[] = [];
  const claims = button?.kind === 'claim';
  if (offer && !claims) found.push(new Refusal('campaign.no_claim_button'));
  if (claims && !offer) found.push(new Refusal('campaign.no_offer'));
  const worth = offerWorth(offer, rules);
  if (worth !== null && budget.minor !== undefined && budget.minor < worth)
    found.push(new Refusal('budget.too_small', { amount: worth }));
  if (offer?.kind === 'points' && budget.points !== undefined && budget.points < offer.points) {
    found.push(new Refusal('budget.too_few_points', { count: offer.points }));
  }
  // What limits nothing would be believed to.
  if (offer) {
    const idle =
      budget[offer.kind === 'points' ? 'coupons' : 'points'] !== undefined || (worth === null && budget.minor !== undefined);
    if (idle) found.push(new Refusal('budget.idle'));
  }
  const at = sendsAt(schedule, now, timeZone);
  if (endsAt && at && endsAt <= at) found.push(new Refusal('campaign.ends_first', { at: endsAt.toISOString() }));
  return found;
};

const pressedBy = { claimed: ['claim'], pressed: ['link'], answered: ['question', 'scale'] } as const;

const tests: Problems = ({ variants, test, button }) => {
  if (!test) return [];
  if (variants.length < 2) return [new Refusal('campaign.test_wordings')];
  const counted: readonly string[] = pressedBy[test.by];
  return button && counted.includes(button.kind) ? [] : [new Refusal('campaign.test_by')];
};

/** What is wrong with the words of each variant, on every messenger. `variant` and `language` say where. */
async function words(db: Database, campaign: Campaign): Promise<Refusal[]> {
  const found: Refusal[] = [];
  for (const variant of campaign.variants) {
    const stored = await textsOf(db, slotOf(campaign, variant));
    const count = campaign.variants.indexOf(variant) + 1;
    if (!stored || Object.keys(stored.texts).length === 0) {
      found.push(new Refusal('campaign.no_text', { variant, count }));
      continue;
    }
    if (!stored.texts[stored.fallback]) found.push(new Refusal('campaign.no_fallback', { variant, language: stored.fallback }));
    for (const [language, text] of Object.entries(stored.texts)) {
      const room = { allowed: variablesFor(campaign.key), picture: campaign.picture !== null, ends: campaign.endsAt !== null };
      found.push(
        ...checkMessage(text, language, room).map(({ code, params }) => new Refusal(code, { ...params, variant, language })),
      );
    }
  }
  return found;
}

async function people(
  db: Database,
  campaign: Campaign,
  moment: Moment,
): Promise<{ problems: Refusal[]; audience: Audience | null }> {
  try {
    const audience = await audienceOf(db, campaign, moment);
    if (audience.members === 0) return { problems: [new Refusal('segment.nobody')], audience };
    const silent = audience.reachable === 0;
    return { problems: silent ? [new Refusal('campaign.nobody_reachable', { count: audience.members })] : [], audience };
  } catch (error) {
    if (error instanceof Refusal) return { problems: [error], audience: null };
    throw error;
  }
}

/**
 * What keeps a draft from being started, as refusals to be shown, the first to be mended first; empty: nothing. And whom it would reach (null: its segment can't be
 * read). Besides what `checkPatch`, `parseSegment` and `checkMessage` refuse: `campaign.no_text` { variant, count }, `campaign.no_fallback` { variant, language },
 * `campaign.no_claim_button`, `campaign.no_offer`, `budget.too_small` { amount }, `budget.too_few_points` { count }, `budget.idle`, `campaign.ends_first` { at },
 * `campaign.test_wordings`, `campaign.test_by`, `segment.nobody`, `campaign.nobody_reachable` { count }.
 */
export async function problemsOf(
  db: Database,
  campaign: Campaign,
  moment: Moment,
): Promise<{ problems: Refusal[]; audience: Audience | null }> {
  const [said, meant] = [await words(db, campaign), await people(db, campaign, moment)];
  const all = [...said, ...values(campaign, moment), ...offers(campaign, moment), ...tests(campaign, moment), ...meant.problems];
  // A segment that can't be read is found twice.
  return { problems: all.filter((one, at) => all.findIndex(({ code }) => code === one.code) === at), audience: meant.audience };
}
