import type { Ask, Command, Scene } from '../../chat/command.ts';
import { shownCode } from '../../program/codes.ts';
import type { Context } from '../../program/context.ts';
import { type FoundMember, findMember } from '../../program/members/find.ts';
import { mergeMembers } from '../../program/members/merge.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { who } from '../staff/who.ts';

const other: Ask = {
  ...who,
  name: 'other',
  field: ({ say }) => ({ label: say('identity:merge.other') }),
  question: (_ctx, _answers, { say }) => ({
    body: say('identity:merge.question'),
    footer: say('staff:who.hint'),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};

async function pair(
  ctx: Context,
  answers: Readonly<Record<string, string>>,
  { from }: Scene,
): Promise<[FoundMember, FoundMember]> {
  const one = await findMember(ctx, answers.who ?? '', from.channel);
  const another = await findMember(ctx, answers.other ?? '', from.channel);
  if (one.id === another.id) throw new Refusal('merge.same');
  return [one, another];
}

const sure = confirm(async (ctx, answers, scene) => {
  const { say } = scene;
  const cards = await pair(ctx, answers, scene);
  return {
    title: say('identity:merge.sure'),
    body: say('identity:merge.body'),
    facts: cards.map(
      (card) => [`${card.name} · ${shownCode(card.code)}`, say('member:points', { count: card.balance })] as const,
    ),
    footer: say('identity:link.keeps'),
    yes: say('identity:merge.yes'),
    show: 'privately',
  };
});

/** Two cards of one person become one card. */
export const merge: Command = {
  name: 'merge',
  for: 'owner',
  asks: [who, other, sure],
  run: async (ctx, answers, scene) => {
    const { say, program, shop } = scene;
    const one = await findMember(ctx, answers.who ?? '', scene.from.channel);
    const another = await findMember(ctx, answers.other ?? '', scene.from.channel);
    const done = await mergeMembers(ctx, { one: one.id, other: another.id }, program.rules, shop.timeZone);
    return {
      title: say('identity:merge.done', { name: done.kept.name }),
      body: say('identity:link.merged', { count: done.points }),
      facts: [
        [say('staff:who.label'), shownCode(done.kept.code)],
        [say('member:why.balance'), say('member:points', { count: done.kept.balance })],
      ],
      buttons: [
        [button(scene, 'member', done.kept.code), { label: say('identity:unmerge.button'), does: `unmerge ${done.mergeId}` }],
      ],
      show: 'privately',
    };
  },
};
