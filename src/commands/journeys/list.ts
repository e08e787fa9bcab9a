import type { Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import type { Context } from '../../program/context.ts';
import { journeys as all } from '../../program/journeys/index.ts';
import { journeyFigures, overviewDays } from '../../program/journeys/overview.ts';
import { button } from '../buttons.ts';
import { journeyScreen } from './screen.ts';
import { foundIn, inRows, journeyName, which } from './which.ts';

/** All of them, by a button each; a line only where there is something to be told: switched off, or sent lately. */
async function listView(ctx: Context, scene: Scene): Promise<View> {
  const { say } = scene;
  const figures = await journeyFigures(ctx);
  const line = (key: string): string => {
    const { on = false, sent = 0, came = 0 } = figures.get(key) ?? {};
    return [say(on ? 'journeys:on' : 'journeys:off'), ...(sent > 0 ? [say('journeys:sent', { count: sent, came })] : [])].join(
      ' · ',
    );
  };
  const told = all.filter(({ key }) => {
    const { on = false, sent = 0 } = figures.get(key) ?? {};
    return !on || sent > 0;
  });
  return {
    title: say(commandKey('journeys', 'title')),
    body: [
      say('journeys:list', { count: overviewDays }),
      ...(told.length === 0 ? [say('journeys:all_on')] : told.length < all.length ? [say('journeys:rest')] : []),
    ].join('\n'),
    facts: told.map(({ key }) => [journeyName(key, scene), line(key)] as const),
    buttons: [
      ...inRows(
        all.map(({ key }) => ({ label: journeyName(key, scene), does: `/journeys ${key}` })),
        2,
      ),
      [button(scene, 'report upcoming'), button(scene, 'journeys launch')],
    ],
    show: 'privately',
  };
}

/** What the program says by itself: all of it in a line each, or one journey with everything that can be done with it. */
export const journeys: Command = {
  name: 'journeys',
  for: 'owner',
  reads: true,
  asks: [{ ...which, optional: true }],
  run: async (ctx, answers, scene) =>
    answers.which === undefined ? listView(ctx, scene) : journeyScreen(ctx, await foundIn(ctx, answers), scene),
};
