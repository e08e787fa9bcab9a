import type { Command } from '../../chat/command.ts';
import { planTest } from '../../program/campaigns/plan-test.ts';
import { Refusal } from '../../program/refusal.ts';
import { messengersOf } from '../../program/templates/messengers-of.ts';
import { languageName } from '../member/language.ts';
import { previewView } from '../texts/preview.ts';
import { foundIn, which } from './which.ts';
import { inLanguage, wordsIn } from './words.ts';

const messengers = ['telegram', 'slack', 'playground'] as const;

/** How a journey's message will look, in each language and on each messenger. */
export const journeysLook: Command = {
  name: 'journeys look',
  for: 'owner',
  hidden: true,
  reads: true,
  asks: [
    which,
    { ...inLanguage, optional: true },
    {
      name: 'messenger',
      optional: true,
      field: () => undefined,
      read: (typed) => typed.trim().toLowerCase(),
      question: (_ctx, _answers, { say }) => ({ body: say('journeys:which') }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const { say } = scene;
    const { journey, campaign } = await foundIn(ctx, answers);
    const languages = await wordsIn(ctx, answers);
    const wanted = answers.language ?? scene.language;
    const language = languages.includes(wanted) ? wanted : (languages[0] ?? scene.language);
    const messenger = messengers.find((one) => one === answers.messenger);
    const view = await previewView(ctx, { campaign: campaign.id, language, ...(messenger ? { messenger } : {}) }, scene);
    if (!view) throw new Refusal('journey.unknown');
    const to = (label: string, ...rest: string[]) => ({ label, does: ['/journeys look', journey.key, ...rest].join(' ') });
    const others = (await messengersOf(ctx.db)).filter((one) => one !== (messenger ?? scene.from.channel));
    return {
      ...view,
      buttons: [
        languages.filter((one) => one !== language).map((one) => to(languageName(one), one)),
        others.map((one) => to(say(`texts:messenger.${one}`), language, one)),
        [
          { label: say('journeys:button.test'), does: `/journeys test ${journey.key}` },
          { label: say('journeys:button.back'), does: `/journeys ${journey.key}` },
        ],
      ].filter((row) => row.length > 0),
    };
  },
};

/** Sends a journey's message to whoever asks, in their own language, as it will arrive. */
export const journeysTest: Command = {
  name: 'journeys test',
  for: 'owner',
  hidden: true,
  asks: [which],
  run: async (ctx, answers, { say, language }) => {
    const { journey, campaign } = await foundIn(ctx, answers);
    await planTest(ctx, { id: campaign.id, languages: [language] });
    return {
      body: say('journeys:test_sent'),
      buttons: [[{ label: say('journeys:button.back'), does: `/journeys ${journey.key}` }]],
      show: 'privately',
    };
  },
};
