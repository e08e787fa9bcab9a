import { worthMinor } from '../preview/worth.ts';
import type { Reward, Rules } from '../rules/rules.ts';
import type { Budget, Offer } from './campaign.ts';

/** What a reward is worth in minor units, at most for one in percent; null: nobody can say. Something for points is worth what they are. */
function rewardWorth(reward: Reward, rules: Rules): number | null {
  if (reward.kind === 'money' || reward.kind === 'gift_card') return reward.amountMinor;
  if (reward.kind === 'percent' && reward.upToMinor !== undefined) return reward.upToMinor;
  return reward.cost > 0 ? worthMinor(rules, reward.cost) : null;
}

/** What one claim is worth in minor units; null: nobody can say, or nothing is given. */
export function offerWorth(offer: Offer | null, rules: Rules): number | null {
  if (!offer) return null;
  if (offer.kind === 'points') return worthMinor(rules, offer.points);
  const reward = rules.rewards.find(({ id }) => id === offer.reward);
  return reward ? rewardWorth(reward, rules) : null;
}

/** The most that a campaign can give, by the budget's measures; infinite where nothing limits it, or nobody can say. */
export function mostGiven(offer: Offer | null, budget: Budget, rules: Rules): Required<Budget> {
  if (!offer) return { coupons: 0, points: 0, minor: 0 };
  const worth = offerWorth(offer, rules);
  const perClaim = { coupons: offer.kind === 'reward' ? 1 : 0, points: offer.kind === 'points' ? offer.points : 0, minor: worth };
  const times = Math.min(
    perClaim.coupons ? (budget.coupons ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY,
    perClaim.points ? Math.floor((budget.points ?? Number.POSITIVE_INFINITY) / perClaim.points) : Number.POSITIVE_INFINITY,
    worth ? Math.floor((budget.minor ?? Number.POSITIVE_INFINITY) / worth) : Number.POSITIVE_INFINITY,
  );
  return {
    coupons: perClaim.coupons ? times : 0,
    points: perClaim.points ? times * perClaim.points : 0,
    minor: worth === null ? Number.POSITIVE_INFINITY : worth === 0 ? 0 : times * worth,
  };
}

/** Whether a campaign may give more than an owner may decide alone (`contactOf(rules).approveAbove`). What has no limit exceeds every one. */
export function exceeds(most: Required<Budget>, allowed: Budget): boolean {
  return (['coupons', 'points', 'minor'] as const).some(
    (measure) => most[measure] > (allowed[measure] ?? Number.POSITIVE_INFINITY),
  );
}
