import { dayAfter, readHour, scheduleOf, scheduleText } from './hours.ts';
import type { Part } from './part.ts';

/** When it goes: at once, at an hour, or at that hour of each member's own day. */
export const timePart: Part = {
  name: 'time',
  text: ({ scene }) => scene.say('broadcast:ask.time'),
  choices: ({ ctx, scene }) => {
    const tomorrow = dayAfter(1, ctx.now, scene);
    return ['now', `at ${tomorrow}T10:00`, `at ${tomorrow}T17:00`, `local ${tomorrow}T10:00`].map((value) => ({
      value,
      label: scheduleText(scheduleOf(value, ctx.now, scene), scene),
    }));
  },
  read: (typed, { ctx, scene }) => readHour(typed, ctx.now, scene),
  change: (kept, { ctx, scene }) => ({ schedule: scheduleOf(kept, ctx.now, scene) }),
};
