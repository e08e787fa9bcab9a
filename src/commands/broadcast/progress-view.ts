import type { Scene } from '../../chat/command.ts';
import { refusalText } from '../../chat/form.ts';
import type { Button, View } from '../../chat/view.ts';
import { contactOf } from '../../program/attention/contact.ts';
import { isQuiet } from '../../program/attention/quiet-hours.ts';
import { clockIn } from '../../program/attention/time-zones.ts';
import type { Campaign } from '../../program/campaigns/campaign.ts';
import { type Progress, progressOf } from '../../program/campaigns/progress.ts';
import type { Context } from '../../program/context.ts';
import type { Refusal } from '../../program/refusal.ts';
import { textIn } from '../rules/wording.ts';
import { budgetText } from './budget.ts';
import { scheduleText } from './hours.ts';

type Fact = readonly [label: string, value: string];

const cells = 10;

/** How much of something is done, as a picture of ten cells and in whole percents; only what is wholly done shows a full bar. */
function barOf(done: number, all: number): { bar: string; percent: number } {
  const percent = all === 0 ? 0 : Math.floor((done * 100) / all);
  const full = Math.floor((percent * cells) / 100);
  return { bar: `${'▓'.repeat(full)}${'░'.repeat(cells - full)}`, percent };
}

/** How long something takes, rounded up to minutes, from two hours on to hours. */
function lengthText(ms: number, { say }: Pick<Scene, 'say'>): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  return minutes < 120
    ? say('broadcast:minutes', { count: minutes })
    : say('broadcast:hours', { count: Math.ceil(minutes / 60) });
}

/** Where a broadcast is, in a sentence or two. */
function stateText(campaign: Campaign, progress: Progress, scene: Scene, now: Date): string {
  const { say } = scene;
  if (campaign.state === 'scheduled') {
    const soon = campaign.beginsAt === null || campaign.beginsAt <= now;
    return soon
      ? say('broadcast:state.soon')
      : say('broadcast:state.scheduled', { when: scheduleText(campaign.schedule, scene) });
  }
  if (campaign.state === 'running') {
    const { leftMs, waiting } = progress;
    if (progress.planned === 0) return say('broadcast:state.planning');
    if (waiting === 0) return say(campaign.test && !campaign.winner ? 'broadcast:state.trying' : 'broadcast:state.finishing');
    if (leftMs !== null) return say('broadcast:state.left', { time: lengthText(leftMs, scene) });
    const { quiet } = contactOf(scene.program.rules);
    return isQuiet(quiet, clockIn(scene.shop.timeZone, now))
      ? say('broadcast:state.quiet', quiet)
      : say('broadcast:state.waiting');
  }
  return say(`broadcast:state.${campaign.state}`);
}

/** What people answered, each answer with how many gave it, in the order in which they stand. */
export function answerFacts({ button }: Pick<Campaign, 'button'>, { answers }: Progress, scene: Scene): Fact[] {
  const given = Object.entries(answers).sort(([one], [other]) => Number(one) - Number(other));
  if (given.length === 0) return [];
  if (button?.kind !== 'question')
    return [[scene.say('broadcast:answers'), given.map(([answer, count]) => `${answer}: ${count}`).join(', ')]];
  return button.answers.map((answer, at) => [textIn(answer, scene), String(answers[String(at)] ?? 0)] as const);
}

const dropText = (reason: string, count: number, { say }: Pick<Scene, 'say'>): string => {
  const known = ['stopped', 'no_consent', 'muted', 'cap', 'late', 'erased', 'told', 'gone', 'nothing_to_say'].includes(reason);
  return say(`broadcast:dropped.${known ? reason : 'other'}`, { count });
};

/** The score: what was sent and what was not, and what people did with it. Of what never happened nothing is said. */
function progressFacts(campaign: Campaign, progress: Progress, scene: Scene): Fact[] {
  const { say } = scene;
  const { sent, waiting, blocked, failed, uncertain, dropped, held, claimed, used, pressed } = progress;
  const some = (key: string, count: number): Fact[] => (count > 0 ? [[say(`broadcast:count.${key}`), String(count)]] : []);
  const { offer, budget } = campaign;
  const given =
    offer && Object.keys(budget).length > 0
      ? say('broadcast:of_budget', { count: claimed, budget: budgetText(budget, scene) })
      : String(claimed);
  return [
    [say('broadcast:count.sent'), String(sent)],
    ...some('waiting', waiting),
    ...some('blocked', blocked),
    ...some('failed', failed),
    ...some('uncertain', uncertain),
    ...Object.entries(dropped).map(([reason, count]): Fact => [say('broadcast:count.dropped'), dropText(reason, count, scene)]),
    ...some('held', held),
    ...(offer ? [[say('broadcast:count.claimed'), given] as const] : []),
    ...(offer?.kind === 'reward' ? [[say('broadcast:count.used'), String(used)] as const] : []),
    ...(campaign.button?.kind === 'link' ? [[say('broadcast:count.pressed'), String(pressed)] as const] : []),
    ...answerFacts(campaign, progress, scene),
  ];
}

function steering({ id, state }: Campaign, { uncertain }: Progress, { say }: Pick<Scene, 'say'>): Button[][] {
  const stop: Button = { label: say('broadcast:stop'), does: `/broadcast stop ${id}`, style: 'danger' };
  if (state === 'paused') return [[{ label: say('broadcast:resume'), does: `/broadcast resume ${id}`, style: 'primary' }, stop]];
  if (state === 'running' || state === 'scheduled')
    return [[{ label: say('broadcast:pause'), does: `/broadcast pause ${id}` }, stop]];
  // Only now: a report in the place of a score that goes on would be painted over.
  return [
    [{ label: say('broadcast:report.button'), does: `/broadcast report ${id}` }],
    ...(uncertain > 0 ? [[{ label: say('broadcast:uncertain.button'), does: `/broadcast uncertain ${id}` }]] : []),
  ];
}

/** What goes out, or went out, as one message that keeps the score. `problem`: why what was just tried was not done. */
export async function progressView(ctx: Context, campaign: Campaign, scene: Scene, problem?: Refusal): Promise<View> {
  const { say } = scene;
  const progress = await progressOf(ctx.db, campaign.id);
  const { bar, percent } = barOf(progress.planned - progress.waiting, progress.planned);
  const begun = progress.planned > 0;
  return {
    title: say('broadcast:title.broadcast', { id: campaign.id, name: campaign.name }),
    body: [
      problem ? `${refusalText(problem, scene)}\n` : '',
      begun ? `${bar} ${percent} %` : '',
      stateText(campaign, progress, scene, ctx.now),
    ]
      .filter(Boolean)
      .join('\n'),
    facts: begun ? progressFacts(campaign, progress, scene) : [],
    buttons: steering(campaign, progress, scene),
    show: 'privately',
  };
}
