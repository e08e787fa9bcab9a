import type { Scene } from '../../chat/command.ts';
import type { Budget, Campaign, Offer } from '../../program/campaigns/campaign.ts';
import { changeDraft, type DraftPatch } from '../../program/campaigns/draft.ts';
import type { Context } from '../../program/context.ts';
import type { Journey } from '../../program/journeys/journey.ts';
import { limitJourney } from '../../program/journeys/limit-journey.ts';
import { Refusal } from '../../program/refusal.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import type { Reward } from '../../program/rules/rules.ts';
import { knownIn } from '../../program/segments/conditions.ts';
import { parseSegment } from '../../program/segments/parse.ts';
import { savedTexts } from '../../program/segments/resolve.ts';
import type { Choice } from '../choice.ts';
import type { Found } from './which.ts';

/** Around a setting: who asks, of which journey, and its limit of a day. */
export type Around = { ctx: Context; scene: Scene; found: Found; perDay: number | null };

/** One thing that an owner sets on a journey. What is read is kept as it is typed again; `-` takes it away. */
export type Setting = {
  name: 'limit' | 'offer' | 'budget' | 'control' | 'whom';
  shown(around: Around): string;
  choices(around: Omit<Around, 'perDay'>): Choice[] | Promise<Choice[]>;
  read(typed: string, around: Omit<Around, 'perDay'>): string;
  apply(kept: string, around: Omit<Around, 'perDay'>): Promise<Campaign>;
};

const nothing = '-';

const wholeIn = (typed: string, from: number, to: number): string => {
  const found = /^(\d{1,9})\s*%?$/.exec(typed)?.[1];
  if (found === undefined || Number(found) < from || Number(found) > to)
    throw new Refusal('journey.number', { min: from, max: to });
  return found;
};

const patched = ({ ctx, scene, found }: Omit<Around, 'perDay'>, patch: DraftPatch): Promise<Campaign> =>
  changeDraft(ctx, { id: found.campaign.id, version: found.campaign.version, patch }, scene.shop.timeZone);

const limit: Setting = {
  name: 'limit',
  shown: ({ scene, perDay }) =>
    perDay === null ? scene.say('journeys:limit.none') : scene.say('journeys:limit.day', { count: perDay }),
  choices: ({ scene }) => [
    ...['50', '200', '1000'].map((value) => ({ value, label: value })),
    { value: nothing, label: scene.say('journeys:limit.none') },
  ],
  read: (typed) => (typed === nothing ? nothing : wholeIn(typed, 1, 1_000_000)),
  apply: (kept, { ctx, found }) => limitJourney(ctx, { id: found.campaign.id, perDay: kept === nothing ? null : Number(kept) }),
};

const rewardsOf = ({ program }: Pick<Scene, 'program'>): readonly Reward[] =>
  program.rules.rewards.filter(({ kind }) => kind !== 'event').slice(0, 10);

const rewardName = (reward: Reward, { language, shop }: Scene): string => textIn(reward.name, language, shop.language);

/** What an offer is called: the reward, or so many points. */
function offerText(offer: Offer | null, scene: Scene): string {
  if (!offer) return scene.say('journeys:offer.none');
  if (offer.kind === 'points') return scene.say('member:points', { count: offer.points });
  const reward = scene.program.rules.rewards.find(({ id }) => id === offer.reward);
  return reward ? rewardName(reward, scene) : offer.reward;
}

const offer: Setting = {
  name: 'offer',
  shown: ({ scene, found }) => offerText(found.campaign.offer, scene),
  choices: ({ scene }) => [
    ...rewardsOf(scene).map((reward) => ({ value: reward.id, label: rewardName(reward, scene) })),
    { value: nothing, label: scene.say('journeys:offer.none') },
  ],
  read: (typed, { scene }) => {
    if (typed === nothing || scene.program.rules.rewards.some(({ id }) => id === typed)) return typed;
    const points = /^\+?(\d{1,7})(?:\s+\p{L}+)?$/u.exec(typed)?.[1];
    if (points === undefined || Number(points) === 0) throw new Refusal('journey.offer');
    return points;
  },
  apply: (kept, around) => {
    const { journey } = around.found;
    // Without an offer there is nothing to be limited.
    if (kept === nothing) return patched(around, { offer: null, button: journey.button, budget: {} });
    const isReward = around.scene.program.rules.rewards.some(({ id }) => id === kept);
    const given: Offer = isReward ? { kind: 'reward', reward: kept } : { kind: 'points', points: Number(kept) };
    return patched(around, {
      offer: given,
      button: { kind: 'claim' },
      ...(given.kind === around.found.campaign.offer?.kind ? {} : { budget: {} }),
    });
  },
};

const measureOf = ({ campaign }: Found): keyof Budget => (campaign.offer?.kind === 'points' ? 'points' : 'coupons');

const budget: Setting = {
  name: 'budget',
  shown: ({ scene, found }) => {
    const most = found.campaign.budget[measureOf(found)];
    return most === undefined
      ? scene.say('journeys:budget.none')
      : scene.say(`journeys:budget.${measureOf(found)}`, { count: most });
  },
  choices: ({ scene }) => [
    ...['50', '100', '500'].map((value) => ({ value, label: value })),
    { value: nothing, label: scene.say('journeys:budget.none') },
  ],
  read: (typed, { found }) => {
    if (!found.campaign.offer) throw new Refusal('journey.no_offer');
    return typed === nothing ? nothing : wholeIn(typed, 1, 1_000_000_000);
  },
  apply: (kept, around) => patched(around, { budget: kept === nothing ? {} : { [measureOf(around.found)]: Number(kept) } }),
};

const control: Setting = {
  name: 'control',
  shown: ({ scene, found }) =>
    found.campaign.controlPercent === 0
      ? scene.say('journeys:control.none')
      : scene.say('journeys:control.percent', { percent: found.campaign.controlPercent }),
  choices: ({ scene }) => [
    { value: '0', label: scene.say('journeys:control.none') },
    ...['5', '10', '20'].map((value) => ({ value, label: `${value} %` })),
  ],
  read: (typed) => wholeIn(typed, 0, 90),
  apply: (kept, around) => patched(around, { controlPercent: Number(kept) }),
};

const whom: Setting = {
  name: 'whom',
  shown: ({ scene, found }) => found.campaign.segment || scene.say('journeys:whom.all'),
  choices: async ({ ctx, scene }) => [
    { value: nothing, label: scene.say('journeys:whom.all') },
    ...[...(await savedTexts(ctx.db)).keys()]
      .filter((name) => /^\S+$/.test(name))
      .slice(0, 6)
      .map((name) => ({ value: `segment:${name}`, label: name })),
  ],
  read: (typed, { scene }) => {
    if (typed !== nothing) parseSegment(typed, knownIn(scene.program.rules));
    return typed;
  },
  apply: (kept, around) => patched(around, { segment: kept === nothing ? '' : kept }),
};

/** What can be set on a journey. Reminders of what is somebody's own offer nothing and hold nobody out. */
export const settingsOf = ({ lane }: Journey): readonly Setting[] =>
  lane === 'service' ? [limit, whom] : [offer, budget, limit, control, whom];
