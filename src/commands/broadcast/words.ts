import type { Answers, Command, Scene } from '../../chat/command.ts';
import type { Button, View } from '../../chat/view.ts';
import { audienceOf } from '../../program/campaigns/audience.ts';
import { type Campaign, slotOf } from '../../program/campaigns/campaign.ts';
import { campaignOf } from '../../program/campaigns/campaigns.ts';
import { changeTexts } from '../../program/campaigns/draft.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { textsOf } from '../../program/templates/stored-texts.ts';
import type { MessageTexts } from '../../program/templates/texts.ts';
import { variablesFor } from '../../program/templates/variables.ts';
import { languageName, languages } from '../member/language.ts';
import { messageFrom } from '../texts/read-message.ts';
import { textAsk } from '../texts/text-ask.ts';
import { gentle } from './gentle.ts';
import { momentOf } from './moment.ts';
import { onBroadcast } from './on-broadcast.ts';
import { partButton } from './part.ts';
import { readersOf, textsLine } from './texts-line.ts';
import { seen, seenIn, which } from './which.ts';
import { readWording, type Wording, writtenWording } from './wording.ts';

const spoken = languages.map(({ value }) => value);

/** Takes a text out again. */
const nothing = '-';

const draftOf = (ctx: Context, answers: Answers): Promise<Campaign> => campaignOf(ctx.db, seenIn(answers).id);

const textButton = (draft: Campaign, wording: Wording, label: string): Button => ({
  label,
  does: `/broadcast text ${seen(draft)} ${writtenWording(wording)}`,
});

/** The texts of one wording: who reads what, each language to be written or changed. */
async function wordingRows(ctx: Context, draft: Campaign, variant: string, scene: Scene) {
  const { say } = scene;
  const [texts, audience] = await Promise.all([
    textsOf(ctx.db, slotOf(draft, variant)),
    audienceOf(ctx.db, draft, momentOf(ctx, scene)).catch(() => null),
  ]);
  const readers = [...readersOf(audience, texts, scene)].toSorted(([, one], [, other]) => other - one);
  const listed = [...new Set([...readers.map(([language]) => language), scene.language, ...spoken])];
  const letter = variant.toUpperCase();
  const label = draft.variants.length > 1 ? say('broadcast:text.variant', { letter }) : say('broadcast:part.text');
  const prefix = draft.variants.length > 1 ? `${letter} · ` : '';
  const buttons = listed.map((language) =>
    textButton(draft, { variant, language }, `${prefix}${texts?.texts[language] ? '✎' : '+'} ${languageName(language)}`),
  );
  return { fact: [label, textsLine(texts, audience, scene)] as const, buttons, written: Object.keys(texts?.texts ?? {}), texts };
}

const inRows = (buttons: readonly Button[], size: number): Button[][] =>
  Array.from({ length: Math.ceil(buttons.length / size) }, (_, at) => buttons.slice(at * size, (at + 1) * size));

/** Every wording in every language. */
export const broadcastWords: Command = {
  name: 'broadcast words',
  for: 'owner',
  hidden: true,
  reads: true,
  asks: [which('draft', 'asked')],
  run: async (ctx, answers, scene): Promise<View> => {
    const { say } = scene;
    const draft = await draftOf(ctx, answers);
    const rows = await Promise.all(draft.variants.map((variant) => wordingRows(ctx, draft, variant, scene)));
    const [first] = rows;
    const fallbacks = (first?.written ?? []).filter((language) => language !== first?.texts?.fallback);
    return {
      title: say('broadcast:part.text'),
      body: say('broadcast:text.about'),
      facts: rows.map(({ fact }) => fact),
      buttons: [
        ...rows.flatMap(({ buttons }) => inRows(buttons, 3)),
        ...fallbacks.map((language) => [
          {
            label: say('broadcast:text.fallback', { language: languageName(language) }),
            does: `/broadcast fallback ${seen(draft)} ${language}`,
          },
        ]),
        [partButton(draft, 'wordings', say('broadcast:part.wordings'))],
        [{ label: say('broadcast:back'), does: `/broadcast ${draft.id}` }],
      ],
      show: 'privately',
    };
  },
};

/** The texts of a wording with one of them changed, or taken out. Refuses to take out the last one: `broadcast.last_text`. */
function withText(before: MessageTexts | null, language: string, typed: string): MessageTexts {
  const { [language]: _old, ...others } = before?.texts ?? {};
  if (typed !== nothing) return { texts: { ...others, [language]: messageFrom(typed) }, fallback: before?.fallback ?? language };
  const [left] = Object.keys(others);
  if (left === undefined) throw new Refusal('broadcast.last_text');
  return { texts: others, fallback: before?.fallback === language ? left : (before?.fallback ?? left) };
}

const words = textAsk('text', async (ctx, answers) => {
  const draft = await draftOf(ctx, answers);
  const { variant, language } = readWording(answers.wording ?? '', spoken);
  const texts = await textsOf(ctx.db, slotOf(draft, variant));
  return { language, allowed: variablesFor(null), picture: draft.picture !== null, current: texts?.texts[language] };
});

/** Writes a text in one language: `broadcast text 12 fi Tule käymään!`. */
export const broadcastText: Command = {
  name: 'broadcast text',
  for: 'owner',
  hidden: true,
  asks: [
    which('draft', 'asked'),
    {
      name: 'wording',
      field: () => undefined,
      read: (typed, _ctx, scene) => {
        const found = languages.find(({ label }) => label.toLowerCase() === typed.trim().toLowerCase());
        return writtenWording(readWording(found?.value ?? typed, [...spoken, scene.shop.language]));
      },
      question: (_ctx, _answers, { say }, answer) => ({
        body: say('broadcast:text.which'),
        buttons: [
          ...inRows(
            languages.map(({ value, label }) => ({ label, does: answer(value) })),
            3,
          ),
          [{ label: say('chat:cancel'), does: 'cancel' }],
        ],
        show: 'privately',
      }),
    },
    gentle({
      ...words,
      read: (typed, ctx, scene, answers) => (typed.trim() === nothing ? nothing : words.read(typed, ctx, scene, answers)),
      question: async (ctx, answers, scene, answer) => {
        const view = await words.question(ctx, answers, scene, answer);
        const draft = await draftOf(ctx, answers);
        if (draft.state !== 'draft' && draft.state !== 'asked') throw new Refusal('campaign.started', { state: draft.state });
        const { variant, language } = readWording(answers.wording ?? '', spoken);
        const texts = await textsOf(ctx.db, slotOf(draft, variant));
        const removable = texts?.texts[language] !== undefined && Object.keys(texts.texts).length > 1;
        const remove: Button[] = removable ? [{ label: scene.say('broadcast:text.remove'), does: answer(nothing) }] : [];
        return { ...view, buttons: [[...remove, { label: scene.say('broadcast:back'), does: `/broadcast ${draft.id}` }]] };
      },
    }),
  ],
  run: (ctx, answers, scene) =>
    onBroadcast(ctx, answers, scene, async (shown) => {
      const { variant, language } = readWording(answers.wording ?? '', spoken);
      const draft = await campaignOf(ctx.db, shown.id);
      const texts = withText(await textsOf(ctx.db, slotOf(draft, variant)), language, answers.text ?? '');
      return changeTexts(ctx, { ...shown, variant, texts });
    }),
};

/** Which text is read by those whose language is not written, in every wording that has it. */
export const broadcastFallback: Command = {
  name: 'broadcast fallback',
  for: 'owner',
  hidden: true,
  asks: [
    which('draft', 'asked'),
    {
      name: 'language',
      field: () => undefined,
      read: (typed) => readWording(typed, spoken).language,
      question: (_ctx, _answers, { say }, answer) => ({
        body: say('broadcast:text.which_fallback'),
        buttons: inRows(
          languages.map(({ value, label }) => ({ label, does: answer(value) })),
          3,
        ),
        show: 'privately',
      }),
    },
  ],
  run: (ctx, answers, scene) =>
    onBroadcast(ctx, answers, scene, async (shown) => {
      const fallback = answers.language ?? '';
      let draft = await campaignOf(ctx.db, shown.id);
      let { version } = shown;
      let { key } = ctx;
      for (const variant of draft.variants) {
        const texts = await textsOf(ctx.db, slotOf(draft, variant));
        if (!texts?.texts[fallback]) continue;
        draft = await changeTexts({ ...ctx, key }, { id: draft.id, version, variant, texts: { texts: texts.texts, fallback } });
        ({ version } = draft);
        // One verb, one key: of several wordings each change has its own.
        key = { id: `${ctx.key.id}:${variant}` };
      }
      if (key === ctx.key) throw new Refusal('broadcast.not_written', { language: languageName(fallback) });
      return draft;
    }),
};
