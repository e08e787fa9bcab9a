import type { Answers, Ask, Command, Scene } from '../../chat/command.ts';
import { endConversation } from '../../chat/conversation.ts';
import type { View } from '../../chat/view.ts';
import { contactOf } from '../../program/attention/contact.ts';
import { isQuiet } from '../../program/attention/quiet-hours.ts';
import { clockIn } from '../../program/attention/time-zones.ts';
import type { Audience } from '../../program/campaigns/audience.ts';
import { type Campaign, slotOf } from '../../program/campaigns/campaign.ts';
import { campaignOf } from '../../program/campaigns/campaigns.ts';
import { problemsOf } from '../../program/campaigns/problems.ts';
import { startCampaign } from '../../program/campaigns/start.ts';
import { exceeds, mostGiven } from '../../program/campaigns/worth.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { textsOf } from '../../program/templates/stored-texts.ts';
import { confirm } from '../confirm.ts';
import { languageName } from '../member/language.ts';
import { gentle } from './gentle.ts';
import { scheduleText } from './hours.ts';
import { momentOf } from './moment.ts';
import { onBroadcast } from './on-broadcast.ts';
import { mostStarsOf } from './price.ts';
import { seenIn, which } from './which.ts';

/** What it may cost at most, by what is given and what the messenger takes. */
function costText(draft: Campaign, audience: Audience | null, scene: Scene): string {
  const { say, program } = scene;
  const most = mostGiven(draft.offer, draft.budget, program.rules);
  const people = audience?.reachable ?? 0;
  const perClaim = draft.offer?.kind === 'points' ? draft.offer.points : 1;
  // Without a limit, everybody may claim once.
  const claims = Math.min(
    people,
    most.coupons || Number.POSITIVE_INFINITY,
    most.points ? most.points / perClaim : Number.POSITIVE_INFINITY,
  );
  const stars = draft.paid ? [say('broadcast:sure.stars', { count: mostStarsOf(audience) })] : [];
  if (!draft.offer) return [say('broadcast:sure.gives_nothing'), ...stars].join(' ');
  const gives =
    draft.offer.kind === 'points'
      ? say('broadcast:sure.points', { count: claims * perClaim })
      : say('broadcast:sure.coupons', { count: claims });
  const worth = Number.isFinite(most.minor) ? [say('broadcast:sure.worth', { amount: most.minor })] : [];
  return [gives, ...worth, ...stars].join(' ');
}

async function languagesText(ctx: Context, draft: Campaign): Promise<string> {
  const all = await Promise.all(draft.variants.map((variant) => textsOf(ctx.db, slotOf(draft, variant))));
  return [...new Set(all.flatMap((texts) => Object.keys(texts?.texts ?? {})))].map(languageName).join(', ');
}

/** Everything that a yes means, in a few lines. Refuses the first thing that keeps it from being started. */
async function sureView(ctx: Context, answers: Answers, scene: Scene): Promise<View & { yes: string }> {
  const { say, program } = scene;
  const draft = await campaignOf(ctx.db, seenIn(answers).id);
  if (draft.state !== 'draft') throw new Refusal('campaign.started', { state: draft.state });
  const { problems, audience } = await problemsOf(ctx.db, draft, momentOf(ctx, scene));
  const [first] = problems;
  if (first) throw first;
  const { quiet, approveAbove } = contactOf(program.rules);
  const waits = draft.schedule.kind === 'now' && isQuiet(quiet, clockIn(scene.shop.timeZone, ctx.now));
  const held = Math.round(((audience?.reachable ?? 0) * draft.controlPercent) / 100);
  const asks = exceeds(mostGiven(draft.offer, draft.budget, program.rules), approveAbove);
  return {
    title: say('broadcast:sure.title', { name: draft.name }),
    body: [
      say('broadcast:sure.people', { count: (audience?.reachable ?? 0) - held, of: audience?.of ?? 0 }),
      ...(held > 0 ? [say('broadcast:sure.held', { count: held })] : []),
      say('broadcast:sure.when', { when: scheduleText(draft.schedule, scene) }),
      say(waits ? 'broadcast:sure.quiet_now' : 'broadcast:sure.quiet', quiet),
      say('broadcast:sure.languages', { languages: await languagesText(ctx, draft) }),
      costText(draft, audience, scene),
      ...(asks ? [say('broadcast:sure.approval')] : []),
    ].join('\n'),
    yes: say('broadcast:start'),
    buttons: [
      [
        { label: say('broadcast:look'), does: `/broadcast look ${draft.id}` },
        { label: say('broadcast:back'), does: `/broadcast ${draft.id}` },
      ],
    ],
    show: 'privately',
  };
}

/** Nearly everybody: once more, with the number. */
async function largeView(ctx: Context, answers: Answers, scene: Scene, { params }: Refusal): Promise<View> {
  const { say } = scene;
  const count = Number(params['members']);
  await endConversation(ctx, scene);
  return {
    title: say('broadcast:large.title'),
    body: say('broadcast:large.body', { count, of: params['of'] }),
    buttons: [
      [
        {
          label: say('broadcast:large.yes', { count }),
          does: `/broadcast everybody ${answers.which} ${count}`,
          style: 'primary',
        },
      ],
      [{ label: say('broadcast:back'), does: `/broadcast ${seenIn(answers).id}` }],
    ],
    show: 'privately',
  };
}

async function start(ctx: Context, answers: Answers, scene: Scene, large: boolean): Promise<View> {
  let tooMany: Refusal | undefined;
  const view = await onBroadcast(ctx, answers, scene, async (shown) => {
    try {
      return await startCampaign(ctx, { ...shown, large }, scene.shop.timeZone);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'campaign.large') throw error;
      tooMany = error;
      return campaignOf(ctx.db, shown.id);
    }
  });
  if (tooMany) return largeView(ctx, answers, scene, tooMany);
  return (await startedView(ctx, answers, scene)) ?? view;
}

/** Once it is on its way a message of its own keeps the score. */
async function startedView(ctx: Context, answers: Answers, scene: Scene): Promise<View | undefined> {
  const { say } = scene;
  const campaign = await campaignOf(ctx.db, seenIn(answers).id);
  if (campaign.startedBy !== scene.who.personId || campaign.state !== 'scheduled') return undefined;
  const soon = campaign.beginsAt === null || campaign.beginsAt <= ctx.now;
  return {
    title: say('broadcast:title.broadcast', { id: campaign.id, name: campaign.name }),
    body: soon ? say('broadcast:started') : say('broadcast:planned', { when: scheduleText(campaign.schedule, scene) }),
    buttons: [[{ label: say('broadcast:open_it'), does: `/broadcast ${campaign.id}` }]],
    show: 'privately',
  };
}

/** Starts it, after one screen that says it all. */
export const broadcastStart: Command = {
  name: 'broadcast start',
  for: 'owner',
  hidden: true,
  asks: [which('draft'), gentle(confirm(sureView))],
  run: (ctx, answers, scene) => start(ctx, answers, scene, false),
};

/** Says how many they are: the same number must be there when it is started. */
const count: Ask = {
  name: 'count',
  field: () => undefined,
  read: async (typed, ctx, scene, answers) => {
    const draft = await campaignOf(ctx.db, seenIn(answers).id);
    const { audience } = await problemsOf(ctx.db, draft, momentOf(ctx, scene));
    if (audience && String(audience.members) !== typed.trim()) {
      throw new Refusal('broadcast.count_changed', { members: audience.members, of: audience.of });
    }
    return typed.trim();
  },
  question: async (ctx, answers, scene, answer) => {
    const draft = await campaignOf(ctx.db, seenIn(answers).id);
    const { audience } = await problemsOf(ctx.db, draft, momentOf(ctx, scene));
    const members = audience?.members ?? 0;
    return {
      title: scene.say('broadcast:large.title'),
      body: scene.say('broadcast:large.body', { count: members, of: audience?.of ?? 0 }),
      buttons: [
        [{ label: scene.say('broadcast:large.yes', { count: members }), does: answer(String(members)), style: 'primary' }],
        [{ label: scene.say('broadcast:back'), does: `/broadcast ${draft.id}` }],
      ],
      show: 'privately',
    };
  },
};

/** Starts what goes to more than half of the members. */
export const broadcastEverybody: Command = {
  name: 'broadcast everybody',
  for: 'owner',
  hidden: true,
  asks: [which('draft'), gentle(count)],
  run: (ctx, answers, scene) => start(ctx, answers, scene, true),
};
