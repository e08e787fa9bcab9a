import { topics } from '../attention/topics.ts';
import { Refusal } from '../refusal.ts';
import type { Rules, Texts } from '../rules/rules.ts';
import { knownIn } from '../segments/conditions.ts';
import { parseSegment } from '../segments/parse.ts';
import type { Budget, CampaignButton, Offer, Schedule, SplitTest } from './campaign.ts';
import type { Moment } from './campaigns.ts';
import type { DraftPatch } from './draft.ts';
import { sendsAt } from './schedule.ts';

/** The most that fits a button on every messenger (Slack: 75, https://docs.slack.dev/reference/block-kit/block-elements/button-element). */
export const labelMax = 60;
export const nameMax = 60;
export const answersMax = 8;
export const variantsMax = 4;
export const windowDaysMax = 90;
const linkMax = 2_000;
const pointsMax = 1_000_000;
const budgetMax = 1_000_000_000_000;
const testHoursMax = 168;

const isWhole = (value: unknown, min: number, max: number): boolean =>
  Number.isInteger(value) && Number(value) >= min && Number(value) <= max;

/** An address that opens in a browser. Refuses: `campaign.link` { url }. */
export function checkLink(url: string): void {
  const parsed = URL.canParse(url) && url.length <= linkMax ? new URL(url) : null;
  const good =
    parsed && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.hostname.includes('.') && !/\s/.test(url);
  if (!good) throw new Refusal('campaign.link', { url: url.slice(0, 80) });
}

function checkLabels(labels: Texts): void {
  const all = Object.values(labels);
  if (all.length === 0 || all.some((label) => label.trim() === '' || [...label].length > labelMax)) {
    throw new Refusal('campaign.label', { max: labelMax });
  }
}

function checkButton(button: CampaignButton): void {
  if (button.kind === 'link') {
    checkLink(button.url);
    checkLabels(button.label);
  }
  if (button.kind === 'claim' && button.label) checkLabels(button.label);
  if (button.kind === 'question') {
    if (!isWhole(button.answers.length, 2, answersMax)) throw new Refusal('campaign.answers', { min: 2, max: answersMax });
    for (const answer of button.answers) checkLabels(answer);
  }
}

/** What a claim gives is something the program has, and can be given for nothing. */
function checkOffer(offer: Offer, rules: Rules, { now, timeZone }: Pick<Moment, 'now' | 'timeZone'>): void {
  if (offer.kind === 'points') {
    if (!isWhole(offer.points, 1, pointsMax)) throw new Refusal('campaign.points', { max: pointsMax });
    return;
  }
  const reward = rules.rewards.find(({ id }) => id === offer.reward);
  // A ticket takes a place among those who wait for one: it is not given away.
  if (!reward || reward.kind === 'event') throw new Refusal('campaign.reward', { reward: offer.reward });
  const today = now.toLocaleDateString('sv-SE', { timeZone });
  if (reward.until !== undefined && reward.until < today) throw new Refusal('campaign.reward_over', { until: reward.until });
}

function checkBudget(budget: Budget): void {
  for (const limit of [budget.coupons, budget.points, budget.minor]) {
    if (limit !== undefined && !isWhole(limit, 1, budgetMax)) throw new Refusal('budget.nothing');
  }
}

function checkSchedule(schedule: Schedule, { now, timeZone }: Pick<Moment, 'now' | 'timeZone'>): void {
  const at = sendsAt(schedule, now, timeZone);
  if (!at) throw new Refusal('campaign.time');
  if (at < now) throw new Refusal('campaign.past', { at: at.toISOString() });
}

function checkTest({ percent, hours }: SplitTest): void {
  if (!isWhole(percent, 5, 90)) throw new Refusal('campaign.test_share', { min: 5, max: 90 });
  if (!isWhole(hours, 1, testHoursMax)) throw new Refusal('campaign.test_hours', { max: testHoursMax });
}

function checkVariants(variants: readonly string[]): void {
  const letters = 'abcd'.slice(0, variants.length);
  if (!isWhole(variants.length, 1, variantsMax) || variants.join('') !== letters)
    throw new Refusal('campaign.variants', { max: variantsMax });
}

/**
 * What is wrong with the values of a change, each by itself. Refuses: `campaign.name` { max }, `campaign.topic`, what `parseSegment` refuses, `campaign.link` { url },
 * `campaign.label` { max }, `campaign.answers` { min, max }, `campaign.points` { max }, `campaign.reward` { reward }, `campaign.reward_over` { until },
 * `budget.nothing`, `campaign.time`, `campaign.past` { at }, `campaign.ends_past` { at }, `campaign.control` { max }, `campaign.variants` { max },
 * `campaign.test_share` { min, max }, `campaign.test_hours` { max }, `campaign.window` { max }, `campaign.worth` { max }.
 */
export function checkPatch(patch: DraftPatch, moment?: Moment): void {
  const { name, topic, segment, button, offer, budget, schedule, endsAt, controlPercent, variants, test, windowDays, worth } =
    patch;
  if (name !== undefined && !isWhole([...name.trim()].length, 1, nameMax)) throw new Refusal('campaign.name', { max: nameMax });
  if (topic !== undefined && !topics.includes(topic)) throw new Refusal('campaign.topic');
  if (button) checkButton(button);
  if (budget) checkBudget(budget);
  if (controlPercent !== undefined && !isWhole(controlPercent, 0, 90)) throw new Refusal('campaign.control', { max: 90 });
  if (variants) checkVariants(variants);
  if (test) checkTest(test);
  if (windowDays !== undefined && !isWhole(windowDays, 1, windowDaysMax))
    throw new Refusal('campaign.window', { max: windowDaysMax });
  if (worth !== undefined && !isWhole(worth, 0, 1_000)) throw new Refusal('campaign.worth', { max: 1_000 });
  if (!moment) return;
  if (segment !== undefined) parseSegment(segment, knownIn(moment.rules));
  if (offer) checkOffer(offer, moment.rules, moment);
  if (schedule) checkSchedule(schedule, moment);
  if (endsAt && endsAt <= moment.now) throw new Refusal('campaign.ends_past', { at: endsAt.toISOString() });
}
