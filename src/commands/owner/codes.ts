import type { Ask, Command, Scene } from '../../chat/command.ts';
import { type BatchState, batches, batchOf, cancelCodes, unusedCodes } from '../../program/gifts/batches.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { codesFile, fileButtons, givesText, lastDay } from './codes-files.ts';

/** Whoever reads along could use the codes. */
export function inPrivate({ place }: Scene): void {
  if (place === 'group') throw new Refusal('codes.private_only');
}

function stateText(batch: BatchState, scene: Scene, now: Date): string {
  const { say } = scene;
  const over = new Date(batch.expiresAt) <= now;
  return [
    say('gifts:codes.used', { used: batch.used, all: batch.count }),
    batch.cancelledAt
      ? say('gifts:codes.cancelled')
      : over
        ? say('gifts:codes.over')
        : say('gifts:codes.left', { count: batch.count - batch.used }),
    batch.cancelledAt ? '' : say('rewards:until', { at: lastDay(batch, scene) }),
  ]
    .filter(Boolean)
    .join(' · ');
}

const labelOf = (batch: BatchState, scene: Scene): string =>
  `${scene.say('gifts:codes.batch', { id: batch.id })} · ${givesText(batch.gives, scene.say, scene)}`;

const isLive = ({ cancelledAt, expiresAt, used, count }: BatchState, now: Date): boolean =>
  cancelledAt === null && used < count && new Date(expiresAt) > now;

/** The last batches of printed codes: made, used, left. */
export const codes: Command = {
  name: 'codes',
  for: 'owner',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say } = scene;
    const made = await batches(ctx);
    return {
      title: say('gifts:codes.title'),
      ...(made.length === 0 ? { body: say('gifts:codes.none') } : {}),
      facts: made.map((batch) => [labelOf(batch, scene), stateText(batch, scene, ctx.now)] as const),
      buttons: [
        [button(scene, 'codes make')],
        ...made
          .filter((batch) => isLive(batch, ctx.now))
          .map(({ id }) => [{ label: say('gifts:codes.cancel_batch', { id }), does: `codes cancel ${id}` }]),
      ],
      show: 'privately',
    };
  },
};

const batch: Ask = {
  name: 'batch',
  field: ({ say }) => ({ label: say('gifts:codes.number') }),
  read: async (typed, ctx) => {
    const id = /^#?([1-9]\d{0,8})$/.exec(typed.trim())?.[1];
    if (id === undefined) throw new Refusal('codes.no_batch');
    return String((await batchOf(ctx, Number(id))).id);
  },
  question: (_ctx, _answers, { say }) => ({
    body: say('gifts:codes.which'),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};

const word = (name: string, pattern: RegExp): Ask => ({
  name,
  field: ({ say }) => ({ label: say('gifts:codes.number') }),
  read: (typed) => {
    if (!pattern.test(typed)) throw new Refusal('codes.no_file');
    return typed;
  },
  question: (_ctx, _answers, { say }) => ({
    body: say('refusals:codes.no_file'),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
});

/** A file of a batch once more, by the button under the first one. What is used already is left out. */
export const codesFileAgain: Command = {
  name: 'codes file',
  for: 'owner',
  hidden: true,
  reads: true,
  asks: [batch, word('format', /^(pdf|csv)$/), word('seed', /^[0-9A-Z]{26}$/)],
  run: async (ctx, answers, scene) => {
    inPrivate(scene);
    const { say } = scene;
    const one = await batchOf(ctx, Number(answers.batch));
    if (!isLive(one, ctx.now)) throw new Refusal('codes.no_file');
    const left = await unusedCodes(ctx, one, answers.seed ?? '');
    const format = answers.format === 'csv' ? 'csv' : 'pdf';
    return {
      title: labelOf(one, scene),
      body: say('gifts:codes.left', { count: left.length }),
      file: await codesFile(one, left, format, scene),
      buttons: fileButtons(one, answers.seed ?? '', scene),
      show: 'privately',
    };
  },
};

const sure = confirm(async (ctx, answers, scene) => {
  const { say } = scene;
  const one = await batchOf(ctx, Number(answers.batch));
  return {
    title: say('gifts:codes.cancel_sure', { id: one.id }),
    body: say('gifts:codes.cancel_body', { count: one.count - one.used }),
    facts: [[labelOf(one, scene), stateText(one, scene, ctx.now)]],
    yes: say('gifts:codes.cancel_yes'),
  };
});

/** Makes worthless what nobody has used of a batch: a lost file, a wrong number. */
export const codesCancel: Command = {
  name: 'codes cancel',
  for: 'owner',
  hidden: true,
  asks: [batch, sure],
  run: async (ctx, answers, scene) => {
    const count = await cancelCodes(ctx, Number(answers.batch));
    return {
      title: scene.say('gifts:codes.cancel_done', { count }),
      buttons: [[button(scene, 'codes make'), button(scene, 'codes')]],
    };
  },
};
