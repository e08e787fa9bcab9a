import type { Scene } from '../../chat/command.ts';
import { refusalText } from '../../chat/form.ts';
import type { Button, View } from '../../chat/view.ts';
import type { Audience } from '../../program/campaigns/audience.ts';
import { type Campaign, slotOf } from '../../program/campaigns/campaign.ts';
import { problemsOf } from '../../program/campaigns/problems.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { parseSegment } from '../../program/segments/parse.ts';
import { textsOf } from '../../program/templates/stored-texts.ts';
import { segmentSaid } from '../segments/segment-said.ts';
import { budgetText } from './budget.ts';
import { buttonText } from './button.ts';
import { scheduleText } from './hours.ts';
import { momentOf } from './moment.ts';
import { partButton } from './part.ts';
import { onTelegram } from './price.ts';
import { splitText } from './split.ts';
import { textsLine } from './texts-line.ts';
import { seen } from './which.ts';

type Fact = readonly [label: string, value: string];

/** The rule in the owner's language; as it is written when it can't be read any more (the problem stands above it). */
function ruleSaid(segment: string, scene: Scene): string {
  try {
    return segmentSaid(parseSegment(segment), scene);
  } catch (error) {
    if (error instanceof Refusal) return segment;
    throw error;
  }
}

/** Whom it is for and how many of them can be told. */
function peopleText({ segment }: Pick<Campaign, 'segment'>, audience: Audience | null, scene: Scene): string {
  const { say } = scene;
  const meant = segment === '' ? say('broadcast:people.all') : ruleSaid(segment, scene);
  if (!audience) return meant;
  const { members, of, reachable } = audience;
  return [
    meant,
    say('broadcast:people.count', { count: members, of }),
    say('broadcast:people.reachable', { count: reachable }),
  ].join('\n');
}

async function textFacts(ctx: Context, draft: Campaign, audience: Audience | null, scene: Scene): Promise<Fact[]> {
  const several = draft.variants.length > 1;
  const all = await Promise.all(draft.variants.map((variant) => textsOf(ctx.db, slotOf(draft, variant))));
  return all.map((texts, at) => [
    several
      ? scene.say('broadcast:text.variant', { letter: (draft.variants[at] ?? '').toUpperCase() })
      : scene.say('broadcast:part.text'),
    textsLine(texts, audience, scene),
  ]);
}

/** Everything that is set, part by part; what is as it is for every new draft is left out. */
export async function draftFacts(ctx: Context, draft: Campaign, audience: Audience | null, scene: Scene): Promise<Fact[]> {
  const { say } = scene;
  const { endsAt, variants, test, offer, budget, controlPercent, resend, paid, picture } = draft;
  return [
    ...(await textFacts(ctx, draft, audience, scene)),
    ...(variants.length > 1 ? [[say('broadcast:part.split'), splitText(test, scene)] as const] : []),
    ...(picture ? [[say('broadcast:part.picture'), say('broadcast:picture_there')] as const] : []),
    [say('broadcast:part.button'), buttonText(draft, scene)],
    [say('broadcast:part.people'), peopleText(draft, audience, scene)],
    [say('broadcast:part.time'), scheduleText(draft.schedule, scene)],
    ...(endsAt ? [[say('broadcast:part.ends'), say('broadcast:on_day', { at: endsAt })] as const] : []),
    ...(offer ? [[say('broadcast:part.budget'), budgetText(budget, scene)] as const] : []),
    ...(controlPercent > 0 ? [[say('broadcast:part.control'), `${controlPercent} %`] as const] : []),
    ...(resend ? [[say('broadcast:part.unknown'), say('broadcast:unknown.resend')] as const] : []),
    ...(paid ? [[say('broadcast:part.paid'), say('broadcast:paid.yes')] as const] : []),
  ];
}

/** A draft with everything that is set and what is still open. `problem`: why what was just tried was not done. */
export async function draftView(ctx: Context, draft: Campaign, scene: Scene, problem?: Refusal): Promise<View> {
  const { say } = scene;
  const { problems, audience } = await problemsOf(ctx.db, draft, momentOf(ctx, scene));
  const open = problems.map((one) => `• ${refusalText(one, scene)}`);
  const row = (...names: string[]): Button[] => names.map((name) => partButton(draft, name, say(`broadcast:part.${name}`)));
  const screen = (name: string): Button => ({ label: say(`broadcast:part.${name}`), does: `/broadcast ${name} ${seen(draft)}` });
  return {
    title: say(draft.state === 'asked' ? 'broadcast:title.asked' : 'broadcast:title.draft', { id: draft.id, name: draft.name }),
    body: [
      problem ? refusalText(problem, scene) : '',
      open.length > 0
        ? [say('broadcast:open'), ...open].join('\n')
        : say(draft.state === 'asked' ? 'broadcast:waits' : 'broadcast:ready'),
    ]
      .filter(Boolean)
      .join('\n\n'),
    facts: await draftFacts(ctx, draft, audience, scene),
    buttons: [
      [{ ...screen('words'), label: say('broadcast:part.text') }, ...row('picture', 'button')],
      [screen('people'), ...row('time', 'ends')],
      [...row('budget', 'control'), { ...screen('details'), label: say('broadcast:part.more') }],
      [
        { label: say('broadcast:look'), does: `/broadcast look ${draft.id}` },
        { label: say('broadcast:test'), does: `/broadcast test ${draft.id}` },
      ],
      [
        ...(open.length === 0 && draft.state === 'draft'
          ? [{ label: say('broadcast:start'), does: `/broadcast start ${seen(draft)}`, style: 'primary' } as const]
          : []),
        { label: say('broadcast:drop'), does: `/broadcast stop ${draft.id}`, style: 'danger' },
      ],
    ],
    show: 'privately',
  };
}

/** What is seldom changed. */
export async function detailsView(ctx: Context, draft: Campaign, scene: Scene): Promise<View> {
  const { say } = scene;
  const { audience } = await problemsOf(ctx.db, draft, momentOf(ctx, scene));
  const values: Record<string, string> = {
    name: draft.name,
    kind: say(`broadcast:topic.${draft.topic}`),
    window: say('broadcast:days', { count: draft.windowDays }),
    unknown: say(`broadcast:unknown.${draft.resend ? 'resend' : 'skip'}`),
    wordings: say('broadcast:wordings', { count: draft.variants.length }),
    ...(draft.variants.length > 1 ? { split: splitText(draft.test, scene) } : {}),
    ...(onTelegram(audience) > 0 || draft.paid ? { paid: say(`broadcast:paid.${draft.paid ? 'yes' : 'no'}`) } : {}),
  };
  return {
    title: say('broadcast:part.more'),
    facts: Object.entries(values).map(([name, value]) => [say(`broadcast:part.${name}`), value] as const),
    buttons: [
      ...Object.keys(values).map((name) => [partButton(draft, name, say(`broadcast:part.${name}`))]),
      [{ label: say('broadcast:back'), does: `/broadcast ${draft.id}` }],
    ],
    show: 'privately',
  };
}
