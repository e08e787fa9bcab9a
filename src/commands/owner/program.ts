import type { Ask, Command, Scene } from '../../chat/command.ts';
import type { Button, View } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import type { Rules } from '../../program/rules/rules.ts';
import { scheduledPrograms } from '../../program/settings/program.ts';
import { button } from '../buttons.ts';
import { type Audience, pagesOf, partsText } from '../rules/rules-text.ts';

const page: Ask = {
  name: 'page',
  optional: true,
  field: ({ say }) => ({ label: say('member:history.page') }),
  read: (typed) => {
    if (!/^[1-9]\d{0,3}$/.test(typed.trim())) throw new Refusal('page.unclear');
    return typed.trim();
  },
  question: (_ctx, _answers, { say }) => ({ body: say('member:history.page') }),
};

/** The rules in force as pages, with buttons to turn them. */
function rulesPage(
  command: string,
  asked: string | undefined,
  ctx: Context,
  scene: Scene,
  audience: Audience,
): { view: View; turn: Button[] } {
  const pages = pagesOf(partsText(scene.program.rules, scene, ctx.now, audience));
  const number = Math.min(Math.max(Number(asked ?? 1), 1), pages.length);
  const turn = (to: number): Button[] =>
    to >= 1 && to <= pages.length
      ? [{ label: scene.say('program:page', { page: to, of: pages.length }), does: `/${command} ${to}` }]
      : [];
  return {
    view: { title: scene.say(commandKey(command, 'title')), body: pages[number - 1] ?? '', show: 'privately' },
    turn: [...turn(number - 1), ...turn(number + 1)],
  };
}

/** Nothing to gain but points yet: a ready-made program is the shortest way on. */
const bare = ({ rewards, stamps, tiers }: Rules): boolean => rewards.length === 0 && stamps.length === 0 && !tiers;

/** The rules in force, in plain sentences with a worked example, and what is planned. */
export const program: Command = {
  name: 'program',
  for: 'owner',
  reads: true,
  asks: [page],
  run: async (ctx, answers, scene) => {
    const { view, turn } = rulesPage('program', answers.page, ctx, scene, 'owner');
    const plans = await scheduledPrograms(ctx.db, ctx.now);
    return {
      ...view,
      facts: plans.map(
        ({ startsAt, by }) =>
          [scene.say('program:plan.from', { at: startsAt }), by ?? scene.say('program:plan.by_file')] as const,
      ),
      buttons: [
        ...(turn.length > 0 ? [turn] : []),
        [button(scene, 'program change'), button(scene, 'program history')],
        ...(bare(scene.program.rules) ? [[button(scene, 'program preset')]] : []),
        ...plans
          .slice(0, 10)
          .map(({ version, startsAt }) => [
            { label: scene.say('program:plan.see', { at: startsAt }), does: `/program plan ${version}` },
          ]),
      ],
    };
  },
};

/** The same for everybody else: what is there for members, without the limits of the people who work here. */
export const rules: Command = {
  name: 'rules',
  for: 'anyone',
  reads: true,
  asks: [page],
  run: async (ctx, answers, scene) => {
    const { view, turn } = rulesPage('rules', answers.page, ctx, scene, 'anyone');
    const next = scene.who.member ? button(scene, 'balance') : button(scene, 'join');
    return { ...view, buttons: [...(turn.length > 0 ? [turn] : []), [next]] };
  },
};
