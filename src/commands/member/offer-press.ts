import type { Ask, Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { CampaignButton } from '../../program/campaigns/campaign.ts';
import { type Claimed, claimOffer } from '../../program/campaigns/claim-offer.ts';
import { noteResponse } from '../../program/campaigns/note-response.ts';
import { Refusal } from '../../program/refusal.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import { button } from '../buttons.ts';
import { couponView } from './coupon-view.ts';
import { messageAsk, testView } from './offer-message.ts';

const pressedBy = ({ who }: Scene): number => {
  if (!who.member) throw new Error('offers are for members');
  return who.member.id;
};

/** Without a message there is only the list of what is open. */
const listInstead = (args: string): string | undefined => (args.trim() === '' ? 'offers' : undefined);

function pointsView({ points, balance }: Claimed & { points: number }, scene: Scene): View {
  const { say } = scene;
  return {
    title: say('offers:taken', { count: points }),
    body: say('member:balance.points', { count: balance }),
    buttons: [[button(scene, 'card'), button(scene, 'rewards')]],
    show: 'privately',
  };
}

/** Takes what a message offers: the coupon with its code at once, or points. Pressed again: the same. */
export const offerTake: Command = {
  name: 'offer take',
  for: 'member',
  hidden: true,
  becomes: listInstead,
  asks: [messageAsk],
  run: async (ctx, answers, scene) => {
    const delivery = Number(answers.delivery);
    const test = await testView(ctx, delivery, scene);
    if (test) return test;
    const claimed = await claimOffer(ctx, { delivery, memberId: pressedBy(scene) }, scene.shop.timeZone);
    return claimed.points === null ? couponView(claimed.coupon, scene, ctx.now) : pointsView(claimed, scene);
  },
};

/** Opens the link of a message; that it was asked for is counted once. */
export const offerOpen: Command = {
  name: 'offer open',
  for: 'member',
  hidden: true,
  becomes: listInstead,
  asks: [messageAsk],
  run: async (ctx, answers, scene) => {
    const { say, language, shop } = scene;
    const delivery = Number(answers.delivery);
    const test = await testView(ctx, delivery, scene);
    if (test) return test;
    const noted = await noteResponse(ctx, { delivery, memberId: pressedBy(scene), kind: 'pressed' });
    if (noted.button.kind !== 'link') throw new Refusal('offer.unknown');
    return {
      body: say('offers:here'),
      buttons: [
        [{ label: textIn(noted.button.label, language, shop.language), url: noted.button.url }],
        [button(scene, 'offers')],
      ],
      show: 'privately',
    };
  },
};

const choice: Ask = {
  name: 'answer',
  field: ({ say }) => ({ label: say('offers:answer') }),
  read: (typed) => {
    if (!/^\d{1,3}$/.test(typed)) throw new Refusal('offer.no_answer');
    return typed;
  },
  question: () => {
    throw new Refusal('offer.no_answer');
  },
};

/** An answer as its button says it. */
function answerSaid(asked: CampaignButton, answer: number, { language, shop }: Scene): string {
  const said = asked.kind === 'question' ? asked.answers[answer] : undefined;
  return said ? textIn(said, language, shop.language) : String(answer);
}

/** Answers the question of a message. The first answer counts: it was given before anybody could see what others say. */
export const offerAnswer: Command = {
  name: 'offer answer',
  for: 'member',
  hidden: true,
  becomes: listInstead,
  asks: [messageAsk, choice],
  run: async (ctx, answers, scene) => {
    const delivery = Number(answers.delivery);
    const test = await testView(ctx, delivery, scene);
    if (test) return test;
    const input = { delivery, memberId: pressedBy(scene), kind: 'answered', answer: Number(answers.answer) } as const;
    const { button: asked, answer, first } = await noteResponse(ctx, input);
    const said = { answer: answerSaid(asked, answer ?? input.answer, scene) };
    return {
      body: first ? scene.say('offers:thanks', said) : scene.say('offers:answered', said),
      buttons: [[button(scene, 'card'), button(scene, 'offers')]],
      show: 'privately',
    };
  },
};
