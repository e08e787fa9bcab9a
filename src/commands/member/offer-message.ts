import type { Ask, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { voiceOf } from '../../notices/campaign.ts';
import type { OpenOffer } from '../../program/campaigns/open-offers.ts';
import { isTestMessage } from '../../program/campaigns/test-message.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { contentOf } from '../../program/templates/content.ts';
import { readerOf } from '../../program/templates/member-values.ts';
import { type Written, writeMessage } from '../../program/templates/message.ts';
import { button } from '../buttons.ts';

/** The message that was pressed: a delivery's id. Refuses: `offer.unknown`. */
export const messageAsk: Ask = {
  name: 'delivery',
  field: ({ say }) => ({ label: say('offers:message') }),
  read: (typed) => {
    if (!/^\d{1,15}$/.test(typed)) throw new Refusal('offer.unknown');
    return typed;
  },
  question: () => {
    throw new Refusal('offer.unknown');
  },
};

/** Of a message that an owner sent to themselves: that nothing comes of its buttons. Undefined for every other. */
export async function testView(ctx: Context, delivery: number, scene: Scene): Promise<View | undefined> {
  const { say, who } = scene;
  if (!(await isTestMessage(ctx, { delivery, personId: who.personId }))) return undefined;
  return { body: say('offers:test'), buttons: [[button(scene, 'help')]], show: 'privately' };
}

/** An open offer in the words of its message, as this member was to read it; undefined: its words are gone. */
export async function offerMessage(ctx: Context, offer: OpenOffer, scene: Scene): Promise<Written | undefined> {
  const { who, shop, speak } = scene;
  const { campaign, variant, params } = offer;
  const content = await contentOf(ctx.db, campaign, variant);
  if (!content) return undefined;
  const about = { memberId: who.member?.id ?? null, personId: who.personId ?? 0, campaignId: campaign, variant, now: ctx.now };
  const reader = await readerOf(ctx.db, about);
  return writeMessage(content, { reader, language: scene.language, shop, params, voice: voiceOf(speak) });
}
