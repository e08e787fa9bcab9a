import type { Ask, Command } from '../../chat/command.ts';
import { type Launch, launchOf } from '../../program/journeys/launch.ts';
import { setLaunch } from '../../program/journeys/set-launch.ts';
import { Refusal } from '../../program/refusal.ts';
import { readDay } from '../changing/read-day.ts';
import { journeyName } from './which.ts';

const nothing = '-';
const parts = ['launch-before', 'launch-open', 'launch-after-1', 'launch-after-14'];

/** Noon of a day, for showing it. */
const noon = ({ day }: Launch): string => `${day}T12:00:00Z`;

const day: Ask = {
  name: 'day',
  read: (typed, { now }) => {
    if (typed.trim() === nothing) return nothing;
    const read = readDay(typed, now.getUTCFullYear());
    if (read === undefined) throw new Refusal('journey.launch_day');
    return read;
  },
  field: ({ say }) => ({ label: say('journeys:launch.day'), hint: say('journeys:launch.hint') }),
  question: async (ctx, _answers, scene, answer) => {
    const { say } = scene;
    const launch = await launchOf(ctx.db);
    return {
      title: say('journeys:launch.title'),
      body: [say('journeys:launch.about'), say('journeys:launch.hint')].join('\n\n'),
      facts: [[say('journeys:launch.day'), launch ? say('journeys:day', { at: noon(launch) }) : say('journeys:launch.none')]],
      buttons: [
        ...(launch ? [[{ label: say('journeys:launch.remove'), does: answer(nothing) }]] : []),
        ...parts.map((key) => [{ label: journeyName(key, scene), does: `/journeys ${key}` }]),
        [{ label: say('chat:cancel'), does: 'cancel' }],
      ],
      show: 'privately',
    };
  },
};

/** Sets the day of the opening: those who wait are told before, on the day and in the weeks after. */
export const journeysLaunch: Command = {
  name: 'journeys launch',
  for: 'owner',
  asks: [day],
  run: async (ctx, answers, scene) => {
    const { say, shop } = scene;
    const launch = await setLaunch(ctx, { day: answers.day === nothing ? null : (answers.day ?? null), timeZone: shop.timeZone });
    return {
      title: say('journeys:launch.title'),
      body: launch ? say('journeys:launch.done', { at: noon(launch) }) : say('journeys:launch.removed'),
      buttons: [
        parts.slice(0, 2).map((key) => ({ label: journeyName(key, scene), does: `/journeys ${key}` })),
        [
          { label: say('journeys:button.coming'), does: '/report upcoming' },
          { label: say('journeys:button.all'), does: '/journeys' },
        ],
      ],
      show: 'privately',
    };
  },
};
