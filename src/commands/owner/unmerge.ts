import type { Ask, Command } from '../../chat/command.ts';
import { plainCode, shownCode } from '../../program/codes.ts';
import { type Merge, mergeById, mergesOf, partMembers } from '../../program/members/merge.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';

const labelOf = ({ merged, kept }: Merge): string =>
  `${merged.name} ${shownCode(merged.code)} → ${kept.name} ${shownCode(kept.code)}`;

const which: Ask = {
  name: 'merge',
  field: ({ say }) => ({ label: say('staff:who.label'), hint: say('identity:unmerge.hint') }),
  read: async (typed, ctx) => {
    const text = typed.trim();
    // A merge's own number comes from a button; everything else is a card's code.
    const id = /^\d{1,8}$/.test(text) ? Number(text) : (await mergesOf(ctx, plainCode(text)))[0]?.mergeId;
    if (id === undefined || !(await mergeById(ctx, id))) throw new Refusal('merge.unknown');
    return String(id);
  },
  question: (_ctx, _answers, { say }) => ({
    body: say('identity:unmerge.question'),
    footer: say('identity:unmerge.hint'),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};

const sure = confirm(async (ctx, answers, { say }) => {
  const merge = await mergeById(ctx, Number(answers.merge));
  if (!merge) throw new Refusal('merge.unknown');
  return {
    title: say('identity:unmerge.sure'),
    body: `${labelOf(merge)}\n${say('identity:unmerge.body')}`,
    facts: [
      [say('identity:unmerge.on'), say('member:why.at', { at: merge.at })],
      [say('identity:unmerge.came'), say('member:points', { count: merge.points })],
      [say('member:why.balance'), say('member:points', { count: merge.kept.balance })],
    ],
    yes: say('identity:unmerge.yes'),
    show: 'privately',
  };
});

/** Two cards that were made one part again. */
export const unmerge: Command = {
  name: 'unmerge',
  for: 'owner',
  asks: [which, sure],
  run: async (ctx, answers, scene) => {
    const { say, program, shop } = scene;
    const done = await partMembers(ctx, { mergeId: Number(answers.merge) }, program.rules, shop.timeZone);
    const points = (count: number): string => say('member:points', { count });
    return {
      title: say('identity:unmerge.done'),
      body: say('identity:unmerge.back', { count: done.back ?? 0 }),
      facts: [done.kept, done.merged].map((card) => [`${card.name} · ${shownCode(card.code)}`, points(card.balance)] as const),
      buttons: [[button(scene, 'member', done.kept.code), button(scene, 'member', done.merged.code)]],
      show: 'privately',
    };
  },
};
