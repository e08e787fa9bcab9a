import type { Scene } from '../../chat/command.ts';
import { refusalText } from '../../chat/form.ts';
import type { Button, View } from '../../chat/view.ts';
import { slotOf } from '../../program/campaigns/campaign.ts';
import type { Context } from '../../program/context.ts';
import { launchOf } from '../../program/journeys/launch.ts';
import { perDayOf } from '../../program/journeys/limit-journey.ts';
import { journeyFigures, overviewDays } from '../../program/journeys/overview.ts';
import type { Refusal } from '../../program/refusal.ts';
import { textsOf } from '../../program/templates/stored-texts.ts';
import { languageName } from '../member/language.ts';
import { settingsOf } from './settings.ts';
import { type Found, journeyName } from './which.ts';

type Fact = readonly [label: string, value: string];

/** In whose words a journey speaks. */
async function wordsText(ctx: Context, { campaign }: Found, { say }: Scene): Promise<string> {
  const texts = await textsOf(ctx.db, slotOf(campaign));
  const written = Object.keys(texts?.texts ?? {});
  if (written.length === 0) return say('journeys:words.program');
  return say('journeys:words.own', { languages: written.map(languageName).join(', ') });
}

async function facts(ctx: Context, found: Found, scene: Scene): Promise<Fact[]> {
  const { say } = scene;
  const { journey, campaign } = found;
  const figures = (await journeyFigures(ctx)).get(journey.key);
  const launch = journey.key.startsWith('launch') ? await launchOf(ctx.db) : undefined;
  const perDay = await perDayOf(ctx.db, campaign.id);
  const own = settingsOf(journey).map((one): Fact => [say(`journeys:set.${one.name}`), one.shown({ ctx, scene, found, perDay })]);
  return [
    [say('journeys:state'), say(campaign.state === 'running' ? 'journeys:on' : 'journeys:off')],
    ...(launch === undefined
      ? []
      : [
          [
            say('journeys:launch.day'),
            launch ? say('journeys:day', { at: `${launch.day}T12:00:00` }) : say('journeys:launch.none'),
          ] as const,
        ]),
    [say('journeys:text'), await wordsText(ctx, found, scene)],
    ...own,
    [
      say('journeys:last', { count: overviewDays }),
      say('journeys:sent', { count: figures?.sent ?? 0, came: figures?.came ?? 0 }),
    ],
  ];
}

function buttons({ journey, campaign }: Found, { say }: Scene): Button[][] {
  const to = (label: string, rest: string): Button => ({ label: say(label), does: `/journeys ${rest} ${journey.key}` });
  const isOn = campaign.state === 'running';
  return [
    [
      {
        ...to(isOn ? 'journeys:button.off' : 'journeys:button.on', 'switch'),
        does: `/journeys switch ${journey.key} ${isOn ? 'off' : 'on'}`,
      },
      to('journeys:button.text', 'words'),
    ],
    [to('journeys:button.look', 'look'), to('journeys:button.test', 'test')],
    settingsOf(journey).map(({ name }) => ({
      label: say(`journeys:set.${name}`),
      does: `/journeys set ${journey.key} ${name}`,
    })),
    [to('journeys:button.effect', 'effect'), { label: say('journeys:button.coming'), does: `/report upcoming ${journey.key}` }],
    [
      ...(journey.key.startsWith('launch') ? [{ label: say('journeys:button.launch'), does: '/journeys launch' }] : []),
      { label: say('journeys:button.all'), does: '/journeys' },
    ],
  ];
}

/** One journey: what it does, how it is set, how it does; and everything that can be done with it. `problem`: what was refused just now. */
export async function journeyScreen(ctx: Context, found: Found, scene: Scene, problem?: Refusal): Promise<View> {
  const { journey } = found;
  const about = scene.say(`journeys:about.${journey.key.replaceAll('-', '_')}`);
  return {
    title: journeyName(journey.key, scene),
    body: [...(problem ? [refusalText(problem, scene)] : []), about].join('\n\n'),
    facts: await facts(ctx, found, scene),
    buttons: buttons(found, scene),
    show: 'privately',
  };
}
