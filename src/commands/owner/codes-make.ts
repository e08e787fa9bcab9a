import type { Answers, Ask, Command, Scene } from '../../chat/command.ts';
import { batchLimit, codesEnd, type Gives, makeCodes, unusedCodes } from '../../program/gifts/batches.ts';
import { Refusal } from '../../program/refusal.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import type { Reward } from '../../program/rules/rules.ts';
import { button } from '../buttons.ts';
import { readDay } from '../changing/read-day.ts';
import { chosen } from '../choice.ts';
import { confirm } from '../confirm.ts';
import { inPrivate } from './codes.ts';
import { codesFile, fileButtons, givesText, lastDay } from './codes-files.ts';

const pointsLimit = 1_000_000;
const buttonsShown = 8;
const dayMs = 86_400_000;

/** What can be printed: everything but seats, of which there are only so many. */
const printable = ({ program }: Pick<Scene, 'program'>): Reward[] => program.rules.rewards.filter(({ kind }) => kind !== 'event');

function givesOf(answer: string | undefined, scene: Pick<Scene, 'program'>): Gives {
  if (/^\d+$/.test(answer ?? '')) return { points: Number(answer) };
  const reward = printable(scene).find(({ id }) => `r:${id}` === answer);
  if (!reward) throw new Refusal('codes.gives', { limit: pointsLimit });
  return { reward };
}

const count: Ask = {
  name: 'count',
  field: ({ say }) => ({ label: say('gifts:codes.count') }),
  read: (typed) => {
    const given = typed.trim();
    if (!/^\d{1,6}$/.test(given) || Number(given) < 1 || Number(given) > batchLimit)
      throw new Refusal('codes.count', { limit: batchLimit });
    return String(Number(given));
  },
  question: (_ctx, _answers, scene, answer) => {
    inPrivate(scene);
    const { say } = scene;
    return {
      body: say('gifts:codes.count_question', { limit: batchLimit }),
      buttons: [
        [24, 120, 480].map((many) => ({ label: String(many), does: answer(String(many)) })),
        [{ label: say('chat:cancel'), does: 'cancel' }],
      ],
    };
  },
};

const gives: Ask = {
  name: 'gives',
  field: ({ say }) => ({ label: say('gifts:codes.gives'), hint: say('gifts:codes.gives_hint') }),
  read: (typed, _ctx, scene) => {
    const said = typed.trim();
    const points = Number(said);
    if (/^\d{1,7}$/.test(said) && points > 0 && points <= pointsLimit) return String(points);
    const names = printable(scene).flatMap(({ id, name }) =>
      [`r:${id}`, id, ...Object.values(name)].map((label) => ({ value: `r:${id}`, label })),
    );
    const found = chosen(said, names);
    if (found === undefined) throw new Refusal('codes.gives', { limit: pointsLimit });
    return found;
  },
  question: (_ctx, _answers, scene, answer) => {
    const { say, language, shop } = scene;
    return {
      body: say('gifts:codes.gives_question'),
      footer: say('gifts:codes.gives_hint'),
      buttons: [
        ...printable(scene)
          .slice(0, buttonsShown)
          .map(({ id, name }) => [{ label: textIn(name, language, shop.language), does: answer(`r:${id}`) }]),
        [{ label: say('chat:cancel'), does: 'cancel' }],
      ],
    };
  },
};

const until: Ask = {
  name: 'until',
  field: ({ say }) => ({ label: say('gifts:codes.until'), hint: say('gifts:codes.until_hint') }),
  read: (typed, ctx, { program, shop }) => {
    const day = readDay(typed, ctx.now.getFullYear());
    if (day === undefined || codesEnd(day, program.rules, shop.timeZone) <= ctx.now) throw new Refusal('codes.until');
    return day;
  },
  question: (ctx, _answers, { say }, answer) => ({
    body: say('gifts:codes.until_question'),
    footer: say('gifts:codes.until_hint'),
    buttons: [
      ...[90, 365].map((days) => {
        const at = new Date(ctx.now.getTime() + days * dayMs);
        return [{ label: say('rewards:until', { at }), does: answer(at.toISOString().slice(0, 10)) }];
      }),
      [{ label: say('chat:cancel'), does: 'cancel' }],
    ],
  }),
};

const endOf = (answers: Answers, { program, shop }: Scene): Date => codesEnd(answers.until ?? '', program.rules, shop.timeZone);

const sure = confirm(async (_ctx, answers, scene) => {
  inPrivate(scene);
  const { say } = scene;
  const many = Number(answers.count);
  const expiresAt = endOf(answers, scene).toISOString();
  return {
    title: say('gifts:codes.sure', { count: many }),
    facts: [
      [say('gifts:codes.gives'), givesText(givesOf(answers.gives, scene), say, scene)],
      [say('rewards:coupon.until'), say('rewards:on', { at: lastDay({ expiresAt }, scene) })],
    ],
    yes: say('gifts:codes.yes', { count: many }),
  };
});

/** One-time codes to print: how many, what each gives, until when; then sheets to cut, and the same as a table. */
export const codesMake: Command = {
  name: 'codes make',
  for: 'owner',
  asks: [count, gives, until, sure],
  run: async (ctx, answers, scene) => {
    inPrivate(scene);
    const { say } = scene;
    const wanted = { count: Number(answers.count), gives: givesOf(answers.gives, scene), expiresAt: endOf(answers, scene) };
    const { seed, ...batch } = await makeCodes(ctx, wanted);
    const title = say('gifts:codes.made', { count: batch.count, id: batch.id });
    if (seed === null)
      return {
        title,
        body: say('gifts:codes.lost'),
        buttons: [[{ label: say('gifts:codes.cancel_this'), does: `codes cancel ${batch.id}` }], [button(scene, 'codes')]],
        show: 'privately',
      };
    return {
      title,
      body: say('gifts:codes.keep'),
      file: await codesFile(batch, await unusedCodes(ctx, batch, seed), 'pdf', scene),
      buttons: fileButtons(batch, seed, scene),
      show: 'privately',
    };
  },
};
