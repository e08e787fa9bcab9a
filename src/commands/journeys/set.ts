import type { Answers, Ask, Command, Scene } from '../../chat/command.ts';
import { pauseCampaign, resumeCampaign } from '../../program/campaigns/steer.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { type Choice, chosen } from '../choice.ts';
import { onJourney } from './on-journey.ts';
import { type Setting, settingsOf } from './settings.ts';
import { foundIn, inRows, which } from './which.ts';

const states = ({ say }: Pick<Scene, 'say'>): Choice[] => [
  { value: 'on', label: say('journeys:button.on') },
  { value: 'off', label: say('journeys:button.off') },
];

/** Switches a journey on or off. What it is already stays so. */
export const journeysSwitch: Command = {
  name: 'journeys switch',
  for: 'owner',
  hidden: true,
  asks: [
    which,
    {
      name: 'state',
      field: (scene) => ({ label: scene.say('journeys:state'), choices: states(scene) }),
      read: (typed, _ctx, scene) => {
        const state = chosen(typed, states(scene));
        if (state === undefined) throw new Refusal('journey.on_or_off');
        return state;
      },
      question: (_ctx, _answers, scene, answer) => ({
        body: scene.say('journeys:on_or_off'),
        buttons: [states(scene).map(({ value, label }) => ({ label, does: answer(value) }))],
      }),
    },
  ],
  run: (ctx, answers, scene) =>
    onJourney(ctx, answers, scene, async ({ campaign }) => {
      const isOn = campaign.state === 'running';
      if (isOn === (answers.state === 'on')) return campaign;
      return (isOn ? pauseCampaign : resumeCampaign)(ctx, { id: campaign.id });
    }),
};

async function settingIn(ctx: Context, answers: Answers): Promise<Setting> {
  const { journey } = await foundIn(ctx, answers);
  const found = settingsOf(journey).find(({ name }) => name === answers.what);
  if (!found) throw new Refusal('journey.no_setting');
  return found;
}

const what: Ask = {
  name: 'what',
  field: () => undefined,
  read: async (typed, ctx, _scene, answers) => (await settingIn(ctx, { ...answers, what: typed.trim().toLowerCase() })).name,
  question: async (ctx, answers, { say }, answer) => ({
    body: say('journeys:what'),
    buttons: [
      ...settingsOf((await foundIn(ctx, answers)).journey).map(({ name }) => [
        { label: say(`journeys:set.${name}`), does: answer(name) },
      ]),
      [{ label: say('chat:cancel'), does: 'cancel' }],
    ],
  }),
};

const value: Ask = {
  name: 'value',
  field: () => undefined,
  takes: /^[\s\S]+/,
  read: async (typed, ctx, scene, answers) => {
    const setting = await settingIn(ctx, answers);
    const around = { ctx, scene, found: await foundIn(ctx, answers) };
    const said = typed.normalize('NFKC').trim();
    return setting.read(chosen(said, await setting.choices(around)) ?? said, around);
  },
  question: async (ctx, answers, scene, answer) => {
    const setting = await settingIn(ctx, answers);
    const found = await foundIn(ctx, answers);
    if (setting.name === 'budget' && !found.campaign.offer) throw new Refusal('journey.no_offer');
    const offered = (await setting.choices({ ctx, scene, found })).map((one) => ({ label: one.label, does: answer(one.value) }));
    return {
      body: scene.say(`journeys:ask.${setting.name}`),
      buttons: [...inRows(offered, 2), [{ label: scene.say('journeys:button.back'), does: `/journeys ${found.journey.key}` }]],
      show: 'privately',
    };
  },
};

/** Sets one thing of a journey: its limit, its offer and budget, whom it is for, who is held out. */
export const journeysSet: Command = {
  name: 'journeys set',
  for: 'owner',
  hidden: true,
  asks: [which, what, value],
  run: (ctx, answers, scene) =>
    onJourney(ctx, answers, scene, async (found) =>
      (await settingIn(ctx, answers)).apply(answers.value ?? '', { ctx, scene, found }),
    ),
};
