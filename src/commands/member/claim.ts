import type { Ask, Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { Context } from '../../program/context.ts';
import { type Claimed, claim as claimCode, claimCodeIn, claimOffer } from '../../program/gifts/claim.ts';
import { join } from '../../program/members/join.ts';
import { findCoupon } from '../../program/rewards/find-coupon.ts';
import { button } from '../buttons.ts';
import { newcomer } from '../newcomer.ts';
import { couponView } from './coupon-view.ts';

const code: Ask = {
  name: 'code',
  field: ({ say }) => ({ label: say('gifts:claim.code') }),
  takes: /^[\s\S]+/,
  read: (typed) => claimCodeIn(typed),
  question: (_ctx, _answers, { say }) => ({
    body: say('gifts:claim.question'),
    buttons: [[{ label: say('chat:cancel'), does: 'cancel' }]],
  }),
};

/** Their card; who has none gets one, by an act of its own that happens once as well. Only for a code that is good. */
async function cardOf(ctx: Context, typed: string, scene: Scene): Promise<{ ctx: Context; memberId: number; joined: boolean }> {
  const { who, program, shop, from } = scene;
  if (who.member) return { ctx, memberId: who.member.id, joined: false };
  await claimOffer(ctx, typed, from);
  const { request: _, ...key } = ctx.key;
  const done = await join({ ...ctx, key: { ...key, id: `${key.id}:join` } }, newcomer(scene), program, shop.timeZone);
  return { ctx: { ...ctx, actor: { kind: 'person', personId: done.personId } }, memberId: done.memberId, joined: true };
}

function pointsView({ points, balance }: Extract<Claimed, { points: number }>, { say }: Scene): View {
  return {
    title: say('gifts:claim.points', { count: points }),
    body: say('member:balance.points', { count: balance }),
    show: 'privately',
  };
}

/** A printed code, or a gift card that somebody gave away, becomes this person's; a newcomer gets a card first. */
export const claim: Command = {
  name: 'claim',
  for: 'anyone',
  asks: [code],
  run: async (given, answers, scene) => {
    const { say, shop, program, from } = scene;
    const typed = answers.code ?? '';
    const { ctx, memberId, joined } = await cardOf(given, typed, scene);
    const done = await claimCode(ctx, { code: typed, memberId, who: from }, program.rules, shop.timeZone);
    const view = 'points' in done ? pointsView(done, scene) : couponView(await findCoupon(ctx, done.coupon), scene, ctx.now);
    const welcome = joined ? say('member:joined.title', { name: scene.name }) : '';
    return {
      ...view,
      ...(welcome ? { body: [welcome, view.body].filter(Boolean).join('\n') } : {}),
      buttons: [...('points' in done ? [] : (view.buttons ?? [])), [button(scene, 'card'), button(scene, 'rewards')]],
    };
  },
};
