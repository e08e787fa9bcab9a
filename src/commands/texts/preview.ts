import type { Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { campaignView, voiceOf } from '../../notices/campaign.ts';
import type { Context } from '../../program/context.ts';
import { type CampaignContent, contentOf } from '../../program/templates/content.ts';
import { sampleReader } from '../../program/templates/languages.ts';
import type { Messenger } from '../../program/templates/limits.ts';
import { type Reader, readerOf } from '../../program/templates/member-values.ts';
import { exampleParams, type Written, writeMessage } from '../../program/templates/message.ts';
import { messengersOf } from '../../program/templates/messengers-of.ts';
import { variablesFor } from '../../program/templates/variables.ts';
import { languageName } from '../member/language.ts';
import { lengthFacts } from './lengths.ts';
import { buttonsAsText, sketch } from './sketch.ts';

/** What is looked at. `messenger`: absent, the one it is looked at on. `memberId`: whose eyes; absent: a member who reads that language. */
export type Look = { campaign: number; variant?: string; language: string; messenger?: Messenger; memberId?: number };

function written(content: CampaignContent, reader: Reader, { language }: Look, ctx: Context, scene: Scene): Written | undefined {
  const params = content.key === null ? {} : exampleParams(reader.rules, ctx.now);
  return writeMessage(content, { reader, language, shop: scene.shop, params, voice: voiceOf(scene.speak) });
}

/**
 * A message as somebody will see it: in a language, on a messenger, with the values of a real member, the lengths on every messenger and the
 * buttons as text. Where it is looked at on that messenger it is painted by it; else its parts are shown in the order it paints them. Who asks
 * adds buttons. Undefined: there are no words to show.
 */
export async function previewView(ctx: Context, look: Look, scene: Scene): Promise<View | undefined> {
  const { campaign, variant = 'a', language } = look;
  const { say, who, from } = scene;
  const content = await contentOf(ctx.db, campaign, variant);
  if (!content) return undefined;
  const memberId = look.memberId ?? (await sampleReader(ctx.db, language, scene.shop.language));
  const personId = memberId === null ? (who.personId ?? 0) : 0;
  const reader = await readerOf(ctx.db, { memberId, personId, campaignId: campaign, variant, now: ctx.now });
  const message = written(content, reader, look, ctx, scene);
  if (!message) return undefined;
  const view = campaignView({ delivery: 0, ...message }, scene.speak(language));
  const messengers = await messengersOf(ctx.db);
  const room = {
    allowed: variablesFor(content.key),
    picture: content.picture !== null,
    ends: content.endsAt !== null,
    messengers,
  };
  const messenger = look.messenger ?? messengers.find((one) => one === from.channel);
  const elsewhere = messenger !== undefined && messenger !== from.channel;
  const painted: View = elsewhere
    ? { title: say(`texts:messenger.${messenger}`), body: sketch(view, messenger, say('texts:preview.picture')) }
    : { ...view, body: [view.body, view.footer, buttonsAsText(view)].filter(Boolean).join('\n\n') };
  const reads = say(reader.name ? 'texts:preview.as' : 'texts:preview.example', {
    name: reader.name,
    language: languageName(language),
  });
  return {
    ...painted,
    facts: lengthFacts(message.source, message.language, room, scene),
    footer: reads,
    buttons: [],
    show: 'privately',
  };
}
