import type { Ask, Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { Context } from '../../program/context.ts';
import { parseSegment } from '../../program/segments/parse.ts';
import { pressed } from '../../program/segments/press.ts';
import {
  changeSegment,
  newSegment,
  renameSegment,
  type Saved,
  savedNamed,
  savedSegments,
  segmentName,
} from '../../program/segments/saved.ts';
import { button } from '../buttons.ts';
import { choosePeople } from './choose-people.ts';

/** Which saved segment: by a button, its number or its name. */
export const which: Ask = {
  name: 'segment',
  field: ({ say }) => ({ label: say('segments:ask.which') }),
  read: async (typed, { db }) => String((await savedNamed(db, typed)).id),
  question: async ({ db }, _answers, { say }, answer) => ({
    body: say('segments:ask.which'),
    buttons: [
      ...(await savedSegments(db)).map(({ id, name }) => [{ label: name, does: answer(String(id)) }]),
      [{ label: say('chat:cancel'), does: 'cancel' }],
    ],
  }),
};

/** A name in quotation marks or one word, so that a rule can stand behind it. */
const named: Ask = {
  name: 'name',
  field: ({ say }) => ({ label: say('segments:ask.name'), hint: say('segments:ask.name_hint') }),
  read: (typed) => segmentName(typed),
  question: (_ctx, _answers, { say }) => ({
    body: say('segments:ask.name'),
    footer: say('segments:ask.name_hint'),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};

const example = 'tier:gold last-visit>30d (language:fi or not tag:vip)';

const rule: Ask = {
  name: 'rule',
  field: ({ say }) => ({ label: say('segments:ask.rule'), hint: say('segments:ask.rule_hint', { example }) }),
  // What is wrong is said above the question, before anything is changed.
  read: async (typed, { db }, { program }, answers) => {
    const before = answers.segment === undefined ? '' : (await savedNamed(db, answers.segment)).text;
    await pressed(db, before, typed, program.rules);
    return typed.trim();
  },
  question: (_ctx, _answers, { say }) => ({
    body: say('segments:ask.rule'),
    footer: say('segments:ask.rule_hint', { example }),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};

async function shown(ctx: Context, saved: Saved & { asked?: string }, scene: Scene): Promise<View> {
  const { say } = scene;
  const { id, name, text, asked } = saved;
  const view = await choosePeople(ctx, { text, base: `segments change ${id}`, ...(asked ? { asked } : {}) }, scene);
  const more = [
    { label: say('segments:press.type'), does: `segments change ${id}` },
    button(scene, 'segments rename', String(id)),
    button(scene, 'segments remove', String(id)),
  ];
  return { ...view, title: name, buttons: [...(view.buttons ?? []), ...(asked ? [] : [more]), [button(scene, 'segments')]] };
}

/** A new saved segment: its name, then conditions pressed together, or the rule in words behind the name. */
export const segmentsNew: Command = {
  name: 'segments new',
  for: 'owner',
  asks: [named, { ...rule, optional: true }],
  run: async (ctx, answers, scene) => {
    const text = answers.rule ?? '';
    parseSegment(text);
    return shown(ctx, await newSegment(ctx, { name: answers.name ?? '', text }, scene.program.rules), scene);
  },
};

/** Shows a saved segment and changes its rule, by what is pressed under it or typed. */
export const segmentsChange: Command = {
  name: 'segments change',
  for: 'owner',
  asks: [which, rule],
  run: async (ctx, answers, scene) =>
    shown(ctx, await changeSegment(ctx, { id: Number(answers.segment), typed: answers.rule ?? '?' }, scene.program.rules), scene),
};

/** Gives a saved segment another name. */
export const segmentsRename: Command = {
  name: 'segments rename',
  for: 'owner',
  asks: [which, named],
  run: async (ctx, answers, scene) =>
    shown(ctx, await renameSegment(ctx, { name: answers.segment ?? '', to: answers.name ?? '' }), scene),
};
