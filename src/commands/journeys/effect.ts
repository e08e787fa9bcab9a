import type { Command, Scene } from '../../chat/command.ts';
import { attentionLog } from '../../program/attention/log.ts';
import type { Arm, Report } from '../../program/campaigns/report.ts';
import { reportOf } from '../../program/campaigns/report.ts';
import { foundIn, journeyName, which } from './which.ts';

const share = ({ people, buyers }: Arm): number => (people === 0 ? 0 : Math.round((buyers * 100) / people));

/** How many of those who were told, or held out, bought something: "31 % (14 of 45)". */
const armText = (arm: Arm, { say }: Pick<Scene, 'say'>): string =>
  say('journeys:effect.arm', { percent: share(arm), buyers: arm.buyers, count: arm.people });

/** One sentence that promises no more than the numbers hold. */
function verdictText({ verdict, brought }: Report, { say }: Pick<Scene, 'say'>): string {
  if ((verdict === 'more' || verdict === 'less') && brought)
    return say(`journeys:effect.${verdict}`, { amount: Math.abs(brought.value) });
  return say(verdict === 'no_control' ? 'journeys:effect.no_control' : 'journeys:effect.too_small');
}

/** What a journey has brought so far: against those who were held out, as far as that can be said. */
export const journeysEffect: Command = {
  name: 'journeys effect',
  for: 'owner',
  hidden: true,
  reads: true,
  asks: [which],
  run: async (ctx, answers, scene) => {
    const { say } = scene;
    const { journey, campaign } = await foundIn(ctx, answers);
    const [report, reasons] = await Promise.all([reportOf(ctx.db, campaign.id, ctx.now), attentionLog(ctx.db, campaign.id)]);
    const { told, control, costMinor } = report;
    const silent = reasons.map(({ reason, count }) => `${say(`journeys:reason.${reason}`)}: ${count}`).join('\n');
    return {
      title: journeyName(journey.key, scene),
      body: told.people === 0 ? say('journeys:effect.nobody') : verdictText(report, scene),
      facts: [
        [say('journeys:effect.told'), armText(told, scene)] as const,
        ...(control ? [[say('journeys:effect.control'), armText(control, scene)] as const] : []),
        ...(campaign.offer && costMinor !== null
          ? [[say('journeys:effect.cost'), say('staff:money', { amount: costMinor })] as const]
          : []),
        ...(silent ? [[say('journeys:effect.silent'), silent] as const] : []),
      ],
      footer: say('journeys:effect.how', { count: campaign.windowDays }),
      buttons: [
        [
          { label: say('journeys:set.control'), does: `/journeys set ${journey.key} control` },
          { label: say('journeys:button.back'), does: `/journeys ${journey.key}` },
        ],
      ],
      show: 'privately',
    };
  },
};
