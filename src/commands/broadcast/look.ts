import type { Command, Scene } from '../../chat/command.ts';
import type { Button, View } from '../../chat/view.ts';
import { type Campaign, slotOf } from '../../program/campaigns/campaign.ts';
import { campaignOf } from '../../program/campaigns/campaigns.ts';
import { planTest } from '../../program/campaigns/plan-test.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { pickLanguage } from '../../program/templates/languages.ts';
import type { Messenger } from '../../program/templates/limits.ts';
import { messengersOf } from '../../program/templates/messengers-of.ts';
import { textsOf } from '../../program/templates/stored-texts.ts';
import { languageName } from '../member/language.ts';
import { previewView } from '../texts/preview.ts';
import { seenIn, which } from './which.ts';

/** What is looked at: `a-fi-slack`. */
type At = { variant: string; language: string; messenger: Messenger | undefined };

const written = ({ variant, language, messenger }: At): string =>
  [variant, language, ...(messenger ? [messenger] : [])].join('-');

function readAt(typed: string): Partial<At> {
  const [, variant, language, messenger] = /^([a-d])-([a-z]{2})(?:-(telegram|slack|playground))?$/.exec(typed) ?? [];
  return variant === undefined || language === undefined
    ? {}
    : { variant, language, messenger: messenger as Messenger | undefined };
}

async function textsIn(ctx: Context, draft: Campaign, variant: string) {
  const texts = await textsOf(ctx.db, slotOf(draft, variant));
  if (!texts) throw new Refusal('campaign.no_text', { variant, count: draft.variants.indexOf(variant) + 1 });
  return texts;
}

/** Other wordings, languages and messengers to look at it in. */
function ways(draft: Campaign, at: At, languages: readonly string[], messengers: readonly Messenger[], scene: Scene): Button[][] {
  const { say } = scene;
  const to = (label: string, other: Partial<At>): Button => ({
    label,
    does: `/broadcast look ${draft.id} ${written({ ...at, ...other })}`,
  });
  const others = <Name extends string>(
    names: readonly Name[],
    now: Name | undefined,
    label: (name: Name) => string,
    of: (name: Name) => Partial<At>,
  ) => (names.length > 1 ? names.filter((name) => name !== now).map((name) => to(label(name), of(name))) : []);
  return [
    others(
      draft.variants,
      at.variant,
      (variant) => say('broadcast:text.variant', { letter: variant.toUpperCase() }),
      (variant) => ({ variant }),
    ),
    others(languages, at.language, languageName, (language) => ({ language })),
    others(
      messengers,
      at.messenger,
      (messenger) => say(`texts:messenger.${messenger}`),
      (messenger) => ({ messenger }),
    ),
  ].filter((row) => row.length > 0);
}

/** How it will look: in each wording, in each language, on each messenger. */
export const broadcastLook: Command = {
  name: 'broadcast look',
  for: 'owner',
  hidden: true,
  reads: true,
  asks: [
    which(),
    {
      name: 'at',
      optional: true,
      field: () => undefined,
      read: (typed) => typed.trim().toLowerCase(),
      question: (_ctx, _answers, { say }) => ({ body: say('broadcast:which') }),
    },
  ],
  run: async (ctx, answers, scene): Promise<View> => {
    const { say, from, shop } = scene;
    const draft = await campaignOf(ctx.db, seenIn(answers).id);
    const asked = readAt(answers.at ?? '');
    const variant = asked.variant && draft.variants.includes(asked.variant) ? asked.variant : 'a';
    const texts = await textsIn(ctx, draft, variant);
    const language = pickLanguage(texts, asked.language ?? scene.language, shop.language) ?? texts.fallback;
    const messengers = await messengersOf(ctx.db);
    const messenger = asked.messenger ?? messengers.find((one) => one === from.channel);
    const at = { variant, language, messenger };
    const view = await previewView(ctx, { campaign: draft.id, variant, language, ...(messenger ? { messenger } : {}) }, scene);
    return {
      ...view,
      buttons: [
        ...ways(draft, at, Object.keys(texts.texts), messengers, scene),
        [{ label: say('broadcast:test'), does: `/broadcast test ${draft.id} ${written({ ...at, messenger: undefined })}` }],
        [{ label: say('broadcast:back'), does: `/broadcast ${draft.id}` }],
      ],
      show: 'privately',
    };
  },
};

/** Sends it to whoever asks, as it will arrive, in each language that is written or in one. */
export const broadcastTest: Command = {
  name: 'broadcast test',
  for: 'owner',
  hidden: true,
  asks: [
    which(),
    {
      name: 'at',
      optional: true,
      field: () => undefined,
      read: (typed) => typed.trim().toLowerCase(),
      question: (_ctx, _answers, { say }) => ({ body: say('broadcast:which') }),
    },
  ],
  run: async (ctx, answers, { say }) => {
    const draft = await campaignOf(ctx.db, seenIn(answers).id);
    const { variant = 'a', language } = readAt(answers.at ?? '');
    const texts = await textsIn(ctx, draft, variant);
    const languages = language && texts.texts[language] ? [language] : Object.keys(texts.texts);
    const { planned } = await planTest(ctx, { id: draft.id, variant, languages });
    return {
      body: say('broadcast:test_sent', { count: planned }),
      buttons: [[{ label: say('broadcast:back'), does: `/broadcast ${draft.id}` }]],
      show: 'privately',
    };
  },
};
