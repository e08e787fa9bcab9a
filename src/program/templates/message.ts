import type { CampaignButton } from '../campaigns/campaign.ts';
import type { Rules, Texts } from '../rules/rules.ts';
import type { CampaignContent } from './content.ts';
import { pickLanguage } from './languages.ts';
import { type MessageParams, offerValue, type Reader, valuesFor } from './member-values.ts';
import { renderText } from './render.ts';
import type { MessageText, MessageTexts } from './texts.ts';
import type { Values } from './variables.ts';

/** What the program itself says, given by who knows its words: a journey's own text, and values as they are said in a language. */
export type Voice = {
  own(journey: string, language: string): MessageText | undefined;
  said(values: Values, language: string): Record<string, string>;
};

/** What stands under a message, its labels in one language. `offer`: what a claim gives, as it is said. `at`: the link, when it is followed directly. */
export type SaidAction =
  | { kind: 'claim'; label?: string; offer: string }
  | { kind: 'link'; label: string; at?: string }
  | { kind: 'question'; answers: readonly string[] }
  | { kind: 'scale' }
  | { kind: 'command'; does: string };

/** A message for one reader. `language`: that of its words; what the program says around them is in the reader's own. */
export type Written = {
  language: string;
  text: MessageText;
  /** The words it was written from, with their variables. */
  source: MessageText;
  action?: SaidAction;
  picture?: Uint8Array;
  until?: Date;
  topic: string;
};

/** For whom, and with what: `language` is the reader's own, or null; `link`: where a press on a link leads, absent: it asks for the link. */
export type Writing = {
  reader: Reader;
  language: string | null;
  shop: { name: string; language: string };
  params: MessageParams;
  link?: string | undefined;
  voice: Voice;
};

/**
 * A campaign's message for one reader. An owner's own words go before the program's, also for readers of languages the owner did not write:
 * they get the owner's fallback. Words that were taken back are the program's again. Undefined: nobody has written anything.
 */
export function writeMessage(
  content: CampaignContent,
  { reader, language, shop, params, link, voice }: Writing,
): Written | undefined {
  const mine = language ?? shop.language;
  const own = () => (content.key === null ? undefined : voice.own(content.key, mine));
  const wording = (content.texts && wordingOf(content.texts, language, shop.language)) ?? { language: mine, text: own() };
  if (!wording?.text) return undefined;
  const raw = valuesFor(reader, content, { params, language: wording.language, shop: shop.name });
  const text = renderText(wording.text, wording.language, { raw, said: voice.said(raw, wording.language) });
  const offer = content.offer ? (voice.said({ offer: offerValue(content, reader.rules, mine) }, mine)['offer'] ?? '') : '';
  const action = actionIn(content.button, { language: wording.language, offer, link, params });
  return {
    ...{ language: wording.language, text, source: wording.text, topic: content.topic },
    ...(action ? { action } : {}),
    ...(content.picture ? { picture: content.picture } : {}),
    ...(content.endsAt ? { until: content.endsAt } : {}),
  };
}

function wordingOf(texts: MessageTexts, reader: string | null, shop: string) {
  const language = pickLanguage(texts, reader, shop);
  return language === undefined ? undefined : { language, text: texts.texts[language] };
}

/** The label in the language of the message, else in any there is. */
const labelIn = (label: Texts, language: string): string => label[language] ?? label['en'] ?? Object.values(label)[0] ?? '';

type Around = { language: string; offer: string; link: string | undefined; params: MessageParams };

/** `{coupon}` in what a command does is the delivery's own coupon. */
function actionIn(button: CampaignButton | null, { language, offer, link, params }: Around): SaidAction | undefined {
  switch (button?.kind) {
    case undefined:
      return undefined;
    case 'claim':
      return { kind: 'claim', offer, ...(button.label ? { label: labelIn(button.label, language) } : {}) };
    case 'link':
      return { kind: 'link', label: labelIn(button.label, language), ...(link === undefined ? {} : { at: link }) };
    case 'question':
      return { kind: 'question', answers: button.answers.map((answer) => labelIn(answer, language)) };
    case 'scale':
      return { kind: 'scale' };
    case 'command':
      return { kind: 'command', does: button.does.replace('{coupon}', String(params['coupon'] ?? '')).trim() };
  }
}

/** Parameters to show a journey's text with when there is no occasion for it: as they would be for somebody. */
export function exampleParams({ rewards, tiers }: Rules, now: Date): MessageParams {
  const inAWeek = new Date(now.getTime() + 7 * 86_400_000).toISOString();
  const [lower, higher] = tiers?.levels ?? [];
  return {
    ...{ points: 120, missing: 15, days: 7, years: 2, until: inAWeek, date: inAWeek, coupon: 'K7Q29XMP5AB', renews: false },
    ...(rewards[0] ? { reward: rewards[0].name } : {}),
    ...(lower ? { next: lower.id } : {}),
    ...(higher ? { tier: higher.id } : {}),
  };
}
