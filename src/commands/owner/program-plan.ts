import type { Ask, Command, Scene } from '../../chat/command.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { withdrawVersion } from '../../program/settings/change.ts';
import { programAt, programOf, scheduledPrograms } from '../../program/settings/program.ts';
import { button } from '../buttons.ts';
import { differenceText } from '../changing/preview-text.ts';
import { confirm } from '../confirm.ts';

const plan: Ask = {
  name: 'version',
  field: () => undefined,
  read: (typed) => {
    if (!/^[1-9]\d{0,8}$/.test(typed.trim())) throw new Refusal('program.no_such_plan');
    return typed.trim();
  },
  question: async (ctx, _answers, { say }, answer) => ({
    body: say('program:ask.plan'),
    buttons: [
      ...(await scheduledPrograms(ctx.db, ctx.now)).map(({ version, startsAt }) => [
        { label: say('program:plan.from', { at: startsAt }), does: answer(String(version)) },
      ]),
      [{ label: say('chat:cancel'), does: 'cancel' }],
    ],
  }),
};

/** A planned change: from when, whose, and which sentences go and come with it. */
async function planned(ctx: Context, version: string | undefined, scene: Scene) {
  const found = (await scheduledPrograms(ctx.db, ctx.now)).find((one) => String(one.version) === version);
  if (!found) throw new Refusal('program.no_such_plan');
  const { rules } = await programOf(ctx.db, found.version);
  const before = await programAt(ctx.db, new Date(found.startsAt.getTime() - 1));
  const lines = differenceText(before.rules, rules, scene, ctx.now);
  const body = lines.length === 0 ? scene.say('program:small_print') : lines.join('\n').slice(0, 3_000);
  return {
    title: scene.say('program:plan.from', { at: found.startsAt }),
    body,
    by: found.by ?? scene.say('program:plan.by_file'),
  };
}

/** What a planned change will change. */
export const programPlan: Command = {
  name: 'program plan',
  for: 'owner',
  hidden: true,
  reads: true,
  asks: [plan],
  run: async (ctx, answers, scene) => {
    const { by, ...view } = await planned(ctx, answers.version, scene);
    return {
      ...view,
      footer: by,
      buttons: [
        [
          { ...button(scene, 'program unplan'), does: `/program unplan ${answers.version}`, style: 'danger' },
          button(scene, 'program'),
        ],
      ],
      show: 'privately',
    };
  },
};

/** Takes a planned change back before it begins. */
export const programUnplan: Command = {
  name: 'program unplan',
  for: 'owner',
  hidden: true,
  asks: [
    plan,
    confirm(async (ctx, answers, scene) => {
      const { title, body } = await planned(ctx, answers.version, scene);
      return { title, body, yes: scene.say('program:plan.take_back'), show: 'privately' };
    }),
  ],
  run: async (ctx, answers, scene) => {
    await withdrawVersion(ctx, Number(answers.version));
    return { body: scene.say('program:plan.taken_back'), buttons: [[button(scene, 'program')]], show: 'privately' };
  },
};
