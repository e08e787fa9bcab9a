import type { Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { Campaign } from '../../program/campaigns/campaign.ts';
import { campaignOf } from '../../program/campaigns/campaigns.ts';
import { mostStars } from '../../program/campaigns/paid-price.ts';
import { fewPeople, type Report, reportOf } from '../../program/campaigns/report.ts';
import { reportCsv } from '../../program/campaigns/report-csv.ts';
import { leaveScore } from '../../program/campaigns/watch-progress.ts';
import { actorId } from '../../program/context.ts';
import { answerFacts } from './progress-view.ts';
import { seenIn, which } from './which.ts';

type Fact = readonly [label: string, value: string];

const shareIn = (part: number, of: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(of === 0 ? 0 : part / of);

const ofPeople = (count: number, of: number, { language }: Pick<Scene, 'language'>): string =>
  `${count} · ${shareIn(count, of, language)}`;

/** What the numbers allow to be said, and no more. */
function verdictText(report: Report, { say }: Pick<Scene, 'say'>): string {
  const { verdict, brought, closed, until } = report;
  const sentence =
    (verdict === 'more' || verdict === 'less') && brought
      ? say(`broadcast:report.${verdict}`, {
          amount: Math.abs(brought.value),
          low: Math.min(Math.abs(brought.low), Math.abs(brought.high)),
          high: Math.max(Math.abs(brought.low), Math.abs(brought.high)),
        })
      : say(`broadcast:report.${verdict === 'no_control' ? 'no_control' : 'too_small'}`, { few: fewPeople });
  return closed || until === null ? sentence : [sentence, say('broadcast:report.open_until', { at: until })].join(' ');
}

/** How the wordings did beside each other. */
function wordingFacts({ variants }: Report, { winner, button }: Campaign, scene: Scene): Fact[] {
  const { say } = scene;
  if (variants.length < 2) return [];
  return variants.map((one) => {
    const followed = button?.kind === 'claim' ? one.claimed : button?.kind === 'link' ? one.pressed : one.answered;
    const won = winner === one.variant ? [say('broadcast:report.won')] : [];
    const label = say('broadcast:text.variant', { letter: one.variant.toUpperCase() });
    return [label, [say('broadcast:report.followed', { count: followed, of: one.reached }), ...won].join(' · ')] as const;
  });
}

function moneyFacts(report: Report, scene: Scene): Fact[] {
  const { say, language } = scene;
  const { told, control, costMinor, pointsGiven, paidMessages } = report;
  const arm = ({ buyers, people, turnoverMinor }: Report['told']): string =>
    [
      say('broadcast:report.bought', { count: buyers, share: shareIn(buyers, people, language) }),
      say('staff:money', { amount: turnoverMinor }),
    ].join(' · ');
  return [
    [say('broadcast:report.told'), arm(told)],
    ...(control ? [[say('broadcast:report.control'), arm(control)] as const] : []),
    ...(pointsGiven > 0 ? [[say('broadcast:report.points'), say('member:points', { count: pointsGiven })] as const] : []),
    [
      say('broadcast:report.cost'),
      costMinor === null ? say('broadcast:report.cost_unknown') : say('staff:money', { amount: costMinor }),
    ],
    ...(paidMessages > 0
      ? [[say('broadcast:part.paid'), say('broadcast:sure.stars', { count: mostStars(paidMessages) })] as const]
      : []),
  ];
}

function reportView(campaign: Campaign, report: Report, scene: Scene): View {
  const { say } = scene;
  const { progress } = report;
  const reached = progress.sent + progress.uncertain;
  const { offer, button } = campaign;
  return {
    title: say('broadcast:report.title', { id: campaign.id, name: campaign.name }),
    body: verdictText(report, scene),
    facts: [
      [say('broadcast:report.reached'), ofPeople(reached, progress.planned, scene)],
      ...(offer ? [[say('broadcast:count.claimed'), ofPeople(progress.claimed, reached, scene)] as const] : []),
      ...(offer?.kind === 'reward'
        ? [[say('broadcast:count.used'), ofPeople(progress.used, progress.claimed, scene)] as const]
        : []),
      ...(button?.kind === 'link' ? [[say('broadcast:count.pressed'), ofPeople(progress.pressed, reached, scene)] as const] : []),
      ...answerFacts(campaign, progress, scene),
      ...moneyFacts(report, scene),
      ...wordingFacts(report, campaign, scene),
    ],
    buttons: [
      [{ label: say('broadcast:report.file'), does: `/broadcast report ${campaign.id} csv` }],
      [{ label: say('broadcast:back'), does: `/broadcast ${campaign.id}` }],
    ],
    show: 'privately',
  };
}

/** What came of a broadcast: reach, claims, uses, sales beside those of the control group, what it cost and what it brought. */
export const broadcastReport: Command = {
  name: 'broadcast report',
  for: 'owner',
  reads: true,
  asks: [
    which('running', 'paused', 'stopped', 'done'),
    {
      name: 'as',
      optional: true,
      field: () => undefined,
      read: (typed) => (typed.toLowerCase() === 'csv' ? 'csv' : 'view'),
      question: (_ctx, _answers, { say }) => ({ body: say('broadcast:which') }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const campaign = await campaignOf(ctx.db, seenIn(answers).id);
    if (campaign.state === 'done' || campaign.state === 'stopped')
      await leaveScore(ctx.db, { id: campaign.id, personId: actorId(ctx.actor) });
    const report = await reportOf(ctx.db, campaign.id, ctx.now);
    const view = reportView(campaign, report, scene);
    if (answers.as !== 'csv') return view;
    const { title = '', buttons = [] } = view;
    return {
      title,
      file: { name: `broadcast-${campaign.id}.csv`, bytes: reportCsv(report) },
      buttons: buttons.slice(1),
      show: 'privately',
    };
  },
};
