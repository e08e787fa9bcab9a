import { isDeepStrictEqual } from 'node:util';
import type { Answers, Ask, Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { Context, Database } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { checkRules } from '../../program/rules/check.ts';
import type { Rules } from '../../program/rules/rules.ts';
import { publishRules } from '../../program/settings/change.ts';
import { programOf, scheduledPrograms } from '../../program/settings/program.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import type { Reader } from '../rules/wording.ts';
import { differenceText, previewText } from './preview-text.ts';
import { readStart, startChoices, startOf, startsAt } from './start-date.ts';

/** Who changes the rules, when, and where older rules can be read. */
export type Changer = Reader & { now: Date; db: Database };

/** Other rules, made from the ones given by what was answered. Throws Refusal where these rules don't have what is to be changed. */
export type Change = (rules: Rules, answers: Answers, changer: Changer) => Rules | Promise<Rules>;

const shownProblems = 8;

/** Rules with a change made and checked. Refuses: `program.not_possible` with every problem, `program.same`, and what the change refuses. */
async function changed(change: Change, rules: Rules, answers: Answers, scene: Scene, { now, db }: Context): Promise<Rules> {
  const { say, shop } = scene;
  const after = await change(rules, answers, { say, shop, language: scene.language, now, db });
  const problems = checkRules(after, shop).map(({ code, params }) => say(code, params));
  // The sentences are made here: what is wrong with a program is worded beside what its file says.
  if (problems.length > 0)
    throw new Refusal('program.not_possible', { problems: [...new Set(problems)].slice(0, shownProblems).join('\n') });
  if (isDeepStrictEqual(after, rules)) throw new Refusal('program.same');
  return after;
}

/** The last question about the change itself also refuses what would not be a program: above the question, with every problem. */
const checking = (ask: Ask, change: Change): Ask => ({
  ...ask,
  read: async (typed, ctx, scene, answers) => {
    const value = await ask.read(typed, ctx, scene, answers);
    await changed(change, scene.program.rules, { ...answers, [ask.name]: value }, scene, ctx);
    return value;
  },
});

const differences = (before: Rules, after: Rules, scene: Scene, now: Date): string => {
  const lines = differenceText(before, after, scene, now);
  return lines.length > 0 ? cut(lines) : scene.say('program:small_print');
};

// A ready-made program changes nearly every sentence: what is shown must leave room for the preview.
const mostUnits = 2_000;

function cut(lines: readonly string[]): string {
  const kept: string[] = [];
  for (const line of lines) {
    if (kept.join('\n').length + line.length > mostUnits) return [...kept, '…'].join('\n');
    kept.push(line);
  }
  return kept.join('\n');
}

/** From when: shows what would change and what it would have done on real sales. */
const when = (change: Change): Ask => ({
  name: 'when',
  read: readStart,
  question: async (ctx, answers, scene, answer) => {
    const { rules } = scene.program;
    const after = await changed(change, rules, answers, scene, ctx);
    const preview = await previewText(ctx, rules, after, scene);
    return {
      title: scene.say('program:preview.title'),
      body: [differences(rules, after, scene, ctx.now), preview.join('\n'), scene.say('program:start.question')].join('\n\n'),
      footer: scene.say('program:start.hint'),
      buttons: [
        startChoices(scene, ctx.now).map(({ value, label }) => ({ label, does: answer(value) })),
        [{ label: scene.say('chat:cancel'), does: 'cancel' }],
      ],
      show: 'privately',
    };
  },
});

/** Changes already planned for later than this one: they were made without it. */
async function laterNote(ctx: Context, at: Date, { say }: Scene): Promise<string[]> {
  const later = (await scheduledPrograms(ctx.db, ctx.now)).filter((one) => one.startsAt > at);
  return later[0] ? [say('program:sure.later', { at: later[0].startsAt })] : [];
}

const sure = (change: Change): Ask =>
  confirm(async (ctx, answers, scene) => {
    const start = await startOf(answers.when ?? '', ctx.db);
    const after = await changed(change, start.base.rules, answers, scene, ctx);
    const at = startsAt(start, scene, ctx.now);
    const from = start.day === 'now' ? scene.say('program:sure.now') : scene.say('program:sure.from', { at });
    return {
      title: scene.say('program:sure.title'),
      body: [from, differences(start.base.rules, after, scene, ctx.now), ...(await laterNote(ctx, at, scene))].join('\n\n'),
      footer: scene.say('program:sure.footer'),
      yes: scene.say(start.day === 'now' ? 'program:sure.yes' : 'program:sure.plan'),
      show: 'privately',
    };
  });

async function publish(change: Change, ctx: Context, answers: Answers, scene: Scene): Promise<View> {
  const { say } = scene;
  const start = await startOf(answers.when ?? '', ctx.db);
  const after = await changed(change, start.base.rules, answers, scene, ctx);
  const at = startsAt(start, scene, ctx.now);
  const { version } = await publishRules(ctx, { rules: after, startsAt: at, replaces: start.version });
  const { rules } = await programOf(ctx.db, version);
  const levels = rules.tiers !== undefined && !isDeepStrictEqual(rules.tiers, start.base.rules.tiers);
  return {
    title: start.day === 'now' ? say('program:done.now') : say('program:done.later', { at }),
    body: [differences(start.base.rules, rules, scene, ctx.now), ...(levels ? [say('program:done.levels')] : [])].join('\n\n'),
    buttons: [
      ...(levels ? [[button(scene, 'program levels', String(version))]] : []),
      [button(scene, 'program'), button(scene, 'program change')],
    ],
    show: 'privately',
  };
}

/**
 * A command that changes the program: its own questions, then what it would have done, from when, and whether it is right. Nothing is changed
 * on problems, nor when somebody else's change came between.
 */
export function changing({ name, asks, change }: { name: string; asks: readonly Ask[]; change: Change }): Command {
  const own = asks.map((ask, at) => (at === asks.length - 1 ? checking(ask, change) : ask));
  return {
    name,
    for: 'owner',
    hidden: true,
    asks: [...own, when(change), sure(change)],
    run: (ctx, answers, scene) => publish(change, ctx, answers, scene),
  };
}
