import type { Ask, Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { shownCode } from '../../program/codes.ts';
import { makeLinkCode, shownLinkCode } from '../../program/members/link-code.ts';
import { type Linked, linkCodeIn, linkOffer, useLink } from '../../program/members/use-link.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { newcomer } from '../newcomer.ts';
import { cardView } from './card.ts';

/** Others would see the code. */
function inPrivate({ place }: Scene): void {
  if (place === 'group') throw new Refusal('link.private_only');
}

/** One person on a second messenger: a code here, to be written there. With a code behind it, it is that other messenger. */
export const link: Command = {
  name: 'link',
  for: 'anyone',
  // Two cards become one only after a look at both; a chat without a card has nothing to lose.
  becomes: (args, { who }) =>
    args.trim() === '' ? undefined : `${who.member ? 'link merge' : 'link take'} ${linkCodeIn(args.trim())}`,
  run: async (ctx, _answers, scene) => {
    const { say, who, from } = scene;
    inPrivate(scene);
    if (who.personId === null || (!who.member && !who.role))
      return {
        body: say('identity:link.stranger'),
        buttons: [[{ label: say('chat:join'), does: 'join' }, button(scene, 'help')]],
        show: 'privately',
      };
    const made = await makeLinkCode(ctx, { personId: who.personId, from });
    const text = `link ${shownLinkCode(made.code)}`;
    const url = scene.link(`k_${made.code}`);
    return {
      title: say('identity:link.title'),
      body: [say('identity:link.how', { text }), ...(url ? [say('identity:link.open'), url] : [])].join('\n\n'),
      facts: [[say('identity:link.until'), say('identity:link.at', { at: made.expiresAt })]],
      buttons: [[{ label: say('identity:link.copy'), copy: text }]],
      footer: say('identity:link.secret'),
      show: 'privately',
    };
  },
};

const code: Ask = {
  name: 'code',
  field: ({ say }) => ({ label: say('identity:link.code') }),
  read: (typed) => linkCodeIn(typed).slice(0, 40),
  question: (_ctx, _answers, { say }) => ({
    body: say('identity:link.question'),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};

/** The card that both chats share from now on. */
function linkedView(done: Linked, scene: Scene): View {
  const { say } = scene;
  if (done.code === null)
    return { body: say('identity:link.no_card', { name: done.name }), buttons: [[button(scene, 'help')]], show: 'privately' };
  const came = done.mergeId === null ? say('identity:link.here') : say('identity:link.merged', { count: done.points ?? 0 });
  const card = cardView(scene, { code: done.code, balance: done.balance ?? 0 });
  return { ...card, title: say('identity:link.done', { name: done.name }), body: `${came}\n${card.body ?? ''}` };
}

/** This chat, which has no card, becomes one of whoever made the code, or takes a paper card over: one message. */
export const linkTake: Command = {
  name: 'link take',
  for: 'anyone',
  hidden: true,
  asks: [code],
  run: async (ctx, answers, scene) => {
    inPrivate(scene);
    return linkedView(await useLink(ctx, answers.code ?? '', newcomer(scene), scene.program.rules, scene.shop.timeZone), scene);
  },
};

const both = confirm(async (ctx, answers, scene) => {
  inPrivate(scene);
  const { say, who, from } = scene;
  const offer = await linkOffer(ctx, answers.code ?? '', from);
  const counted = (count: number): string => say('member:points', { count });
  const mine = who.member;
  return {
    title: say('identity:link.sure'),
    body: say(offer.card ? 'identity:link.both' : 'identity:link.moves', { name: offer.name }),
    facts: [
      ...(mine ? [[say('identity:link.this', { code: shownCode(mine.code) }), counted(mine.balance)] as const] : []),
      ...(offer.card
        ? [
            [
              say('identity:link.that', { name: offer.name, code: shownCode(offer.card.code) }),
              counted(offer.card.balance),
            ] as const,
          ]
        : []),
    ],
    footer: say('identity:link.keeps'),
    yes: say('identity:link.yes'),
    show: 'privately',
  };
});

/** The same for a chat that has a card already: two cards become one, after a look at both. */
export const linkMerge: Command = { ...linkTake, name: 'link merge', asks: [code, both] };
