import type { Ask, Command, Scene } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { findMember } from '../../program/members/find.ts';
import { Refusal } from '../../program/refusal.ts';
import { shownCouponCode } from '../../program/rewards/coupon.ts';
import { cardsOf } from '../../program/stamps/cards-of.ts';
import { giveStamps, type Stamped, undoStamps } from '../../program/stamps/give.ts';
import { typedStamps } from '../../program/stamps/typed.ts';
import { button } from '../buttons.ts';
import { said } from '../member/stamps.ts';
import { who } from './who.ts';

/** As many as a button offers for a card. */
const offered = [1, 2, 3];

const read = (typed: string, { program, language, shop }: Scene): { card: string; stamps: number } =>
  typedStamps(typed, program.rules.stamps, [language, shop.language]);

// Its buttons are the confirmation: each carries the question's stamp, so that a press counts once.
const which: Ask = {
  name: 'stamps',
  takes: /^.*/,
  field: (scene) => ({
    label: scene.say('stamps:staff.label'),
    hint: scene.say('stamps:staff.hint', { example: `${scene.program.rules.stamps[0]?.id ?? ''} 1`.trim() }),
  }),
  read: (typed, _ctx, scene) => {
    const { card, stamps } = read(typed, scene);
    return `${card} ${stamps}`;
  },
  question: async (ctx, answers, scene, answer) => {
    const { say, from, program, who: me } = scene;
    const member = await findMember(ctx, answers.who ?? '', from.channel);
    if (member.personId !== null && member.personId === me.personId) throw new Refusal('stamps.self');
    const held = await cardsOf(ctx, member.id, program.rules);
    if (held.length === 0) throw new Refusal('stamps.none');
    return {
      title: member.name,
      body: say('stamps:staff.which'),
      facts: held.map(
        ({ card, count }) => [said(scene, card.name), say('stamps:tally', { done: Math.max(count, 0), of: card.of })] as const,
      ),
      buttons: [
        ...held.map(({ card }) =>
          offered.map((stamps) => ({
            label: say('stamps:staff.plus', { name: said(scene, card.name), stamps }),
            does: answer(`${card.id} ${stamps}`),
          })),
        ),
        [{ label: say('chat:cancel'), does: 'cancel' }],
      ],
    };
  },
};

/** The card after it, and what became of a full one. */
function stampFacts({ card: id, count, of, coupons, stamps }: Stamped, scene: Scene): (readonly [string, string])[] {
  const { say, program } = scene;
  const card = program.rules.stamps.find((one) => one.id === id);
  const label = say(stamps > 0 ? 'stamps:staff.coupon' : 'stamps:staff.coupon_gone');
  return [
    [card ? said(scene, card.name) : id, say('stamps:tally', { done: Math.max(count, 0), of })],
    ...coupons.map((code) => [label, shownCouponCode(code)] as const),
  ];
}

/** Stamps without a purchase: whose card, how many. The member is told; whoever gave them can take them back for a while. */
export const stamp: Command = {
  name: 'stamp',
  for: 'staff',
  asks: [who, which],
  run: async (ctx, answers, scene) => {
    const { say, program, shop } = scene;
    const given = { member: answers.who ?? '', ...read(answers.stamps ?? '', scene) };
    const done = await giveStamps(ctx, given, program, shop.timeZone);
    return {
      title: say('stamps:staff.done', { count: done.stamps, name: done.name }),
      facts: stampFacts(done, scene),
      buttons: [[button(scene, 'stamp undo', String(done.id)), { label: say('staff:credit.next'), does: 'credit' }]],
    };
  },
};

/** Takes back stamps just given: the button under them. */
export const stampUndo: Command = {
  name: 'stamp undo',
  for: 'staff',
  hidden: true,
  asks: [
    {
      name: 'id',
      field: ({ say }) => ({ label: say('stamps:staff.label') }),
      read: (typed) => {
        if (!/^\d{1,15}$/.test(typed.trim())) throw new Refusal('stamps.unknown');
        return typed.trim();
      },
      question: (_ctx, _answers, { say }) => ({
        body: say(commandKey('stamp_undo', 'about')),
        buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
      }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const done = await undoStamps(ctx, Number(answers.id), scene.program);
    return {
      title: scene.say('stamps:staff.undone', { count: -done.stamps, name: done.name }),
      facts: stampFacts(done, scene),
      buttons: [[button(scene, 'stamp'), button(scene, 'credit')]],
    };
  },
};
