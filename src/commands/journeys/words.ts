import type { Answers, Ask, Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { defaultText } from '../../notices/campaign.ts';
import { slotOf } from '../../program/campaigns/campaign.ts';
import { changeTexts } from '../../program/campaigns/draft.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { textsOf } from '../../program/templates/stored-texts.ts';
import type { MessageTexts } from '../../program/templates/texts.ts';
import { variablesFor } from '../../program/templates/variables.ts';
import { chosen } from '../choice.ts';
import { languages } from '../member/language.ts';
import { completeness } from '../texts/languages.ts';
import { messageFrom, typedMessage } from '../texts/read-message.ts';
import { textAsk } from '../texts/text-ask.ts';
import { onJourney } from './on-journey.ts';
import { foundIn, inRows, journeyName, which } from './which.ts';

const none: MessageTexts = { texts: {}, fallback: '' };

/** An owner's words for a journey, none while the program's are used. */
const ownWords = async (ctx: Context, answers: Answers): Promise<MessageTexts> =>
  (await textsOf(ctx.db, slotOf((await foundIn(ctx, answers)).campaign))) ?? none;

/** The words of a journey: in which languages they are an owner's, who reads which, each to be written. */
export const journeysWords: Command = {
  name: 'journeys words',
  for: 'owner',
  hidden: true,
  reads: true,
  asks: [which],
  run: async (ctx, answers, scene): Promise<View> => {
    const { say } = scene;
    const { journey } = await foundIn(ctx, answers);
    const own = await ownWords(ctx, answers);
    const isOwn = Object.keys(own.texts).length > 0;
    const program = defaultText(journey.key, scene.say);
    return {
      title: journeyName(journey.key, scene),
      body: isOwn
        ? say('journeys:words.yours')
        : [say('journeys:words.ours'), ...(program ? [typedMessage(program)] : [])].join('\n\n'),
      facts: isOwn ? (await completeness(ctx, own, scene)).facts : [],
      buttons: [
        ...inRows(
          languages.map(({ value, label }) => ({
            label: `${value in own.texts ? '✎' : '+'} ${label}`,
            does: `/journeys text ${journey.key} ${value}`,
          })),
          3,
        ),
        ...(isOwn ? [[{ label: say('journeys:words.back'), does: `/journeys ours ${journey.key}` }]] : []),
        [
          { label: say('journeys:button.look'), does: `/journeys look ${journey.key}` },
          { label: say('journeys:button.back'), does: `/journeys ${journey.key}` },
        ],
      ],
      show: 'privately',
    };
  },
};

const languageChoices = languages.map(({ value, label }) => ({ value, label }));

/** In which language something is written or looked at. */
export const inLanguage: Ask = {
  name: 'language',
  field: () => undefined,
  read: (typed) => {
    const language = chosen(typed, languageChoices);
    if (language === undefined)
      throw new Refusal('language.unknown', { languages: languages.map(({ label }) => label).join(', ') });
    return language;
  },
  question: (_ctx, _answers, { say }, answer) => ({
    body: say('journeys:words.which'),
    buttons: [
      ...inRows(
        languageChoices.map(({ value, label }) => ({ label, does: answer(value) })),
        3,
      ),
      [{ label: say('chat:cancel'), does: 'cancel' }],
    ],
  }),
};

async function taskOf(ctx: Context, answers: Answers, { speak }: Scene) {
  const { journey, campaign } = await foundIn(ctx, answers);
  const language = answers.language ?? '';
  const own = await ownWords(ctx, answers);
  const current = own.texts[language] ?? defaultText(journey.key, speak(language));
  return { language, allowed: variablesFor(journey.key), picture: campaign.picture !== null, current };
}

/** Writes a journey's text in one language. What the owner writes goes before the program's own words in every language. */
export const journeysText: Command = {
  name: 'journeys text',
  for: 'owner',
  hidden: true,
  asks: [which, inLanguage, textAsk('text', taskOf)],
  run: (ctx, answers, scene) =>
    onJourney(ctx, answers, scene, async ({ campaign }) => {
      const { texts, fallback } = await ownWords(ctx, answers);
      const language = answers.language ?? '';
      const written = { ...texts, [language]: messageFrom(answers.text ?? '') };
      return changeTexts(ctx, {
        ...{ id: campaign.id, version: campaign.version },
        texts: { texts: written, fallback: fallback in written ? fallback : language },
      });
    }),
};

/** Takes an owner's words back: the journey speaks with the program's again. What was written stays in its history. */
export const journeysOurs: Command = {
  name: 'journeys ours',
  for: 'owner',
  hidden: true,
  asks: [which],
  run: (ctx, answers, scene) =>
    onJourney(ctx, answers, scene, ({ campaign }) =>
      changeTexts(ctx, { id: campaign.id, version: campaign.version, texts: { texts: {}, fallback: scene.shop.language } }),
    ),
};

/** The languages an owner's words are in; all that the program speaks where there are none. */
export const wordsIn = async (ctx: Context, answers: Answers): Promise<string[]> => {
  const written = Object.keys((await ownWords(ctx, answers)).texts);
  return written.length > 0 ? written : languages.map(({ value }) => value);
};
