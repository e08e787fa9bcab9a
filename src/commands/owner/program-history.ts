import type { Ask, Command } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { Refusal } from '../../program/refusal.ts';
import { knownVersion, versionsOf } from '../../program/settings/versions.ts';
import { button } from '../buttons.ts';
import { changing } from '../changing/changing.ts';
import { differenceText } from '../changing/preview-text.ts';

const pageSize = 5;
const shownLines = 3;

/** Who changed the rules, when, and what. */
export const programHistory: Command = {
  name: 'program history',
  for: 'owner',
  hidden: true,
  reads: true,
  asks: [
    {
      name: 'page',
      optional: true,
      field: ({ say }) => ({ label: say('member:history.page') }),
      read: (typed) => {
        if (!/^[1-9]\d{0,3}$/.test(typed.trim())) throw new Refusal('page.unclear');
        return typed.trim();
      },
      question: (_ctx, _answers, { say }) => ({ body: say('member:history.page') }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const { say } = scene;
    const page = Number(answers.page ?? 1);
    const { versions, older } = await versionsOf(ctx.db, page - 1, pageSize);
    const texts = versions.map(({ version, startsAt, createdAt, withdrawn, by, rules, before }) => {
      // The first rules hold for every sale there ever was: what a person wants to know is when they were written.
      const head = say('program:history.head', {
        version,
        at: before ? startsAt : createdAt,
        by: by ?? say('program:plan.by_file'),
      });
      const lines = before ? differenceText(before, rules, scene, ctx.now) : [say('program:history.first')];
      const more = lines.length > shownLines ? ['…'] : [];
      const what = lines.length === 0 ? [say('program:small_print')] : [...lines.slice(0, shownLines), ...more];
      return [head, ...(withdrawn ? [say('program:history.withdrawn')] : []), ...what].join('\n').slice(0, 600);
    });
    const current = scene.program.version;
    const turn = [
      ...(page > 1 ? [{ label: say('member:history.newer'), does: `/program history ${page - 1}` }] : []),
      ...(older ? [{ label: say('member:history.older'), does: `/program history ${page + 1}` }] : []),
    ];
    return {
      title: say(commandKey('program history', 'title')),
      body: texts.join('\n\n') || say('program:history.first'),
      buttons: [
        ...versions
          .filter(({ version, startsAt, withdrawn }) => version !== current && !withdrawn && startsAt <= ctx.now)
          .map(({ version }) => [{ label: say('program:history.back', { version }), does: `/program back ${version}` }]),
        ...(turn.length > 0 ? [turn] : []),
        [button(scene, 'program')],
      ],
      show: 'privately',
    };
  },
};

const oldVersion: Ask = {
  name: 'version',
  field: ({ say }) => ({ label: say('program:ask.version') }),
  read: async (typed, ctx) => String((await knownVersion(ctx.db, typed)).version),
  question: (_ctx, _answers, { say }) => ({
    body: say('program:ask.version'),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};

/** Puts the rules of an old version in force anew, as a new version: nothing that was sold or given meanwhile changes. */
export const programBack: Command = changing({
  name: 'program back',
  asks: [oldVersion],
  change: async (_rules, answers, { db }) => (await knownVersion(db, answers.version ?? '')).rules,
});
