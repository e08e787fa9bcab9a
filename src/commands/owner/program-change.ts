import type { Command, Scene } from '../../chat/command.ts';
import type { Button, View } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { itemsOf } from '../changing/items.ts';
import type { Desk, Setting } from '../changing/kind.ts';
import { type Changeable, changeable, settingsOf } from '../changing/settings.ts';
import { chosen } from '../choice.ts';
import { partText } from '../rules/rules-text.ts';

// More than these would crowd out everything else; a program with more is changed by its file.
const mostItems = 40;

const partLabel = (part: Changeable, { say }: Pick<Scene, 'say'>): string => say(`rules:section.${part}`);

/** Buttons say what is there now; long values are cut by the messengers. */
const settingButton = (setting: Setting, desk: Desk): Button => ({
  label: desk.reader.say('program:now', { label: desk.reader.say(setting.label), value: setting.now(desk) }),
  does: `/program set ${setting.path}`,
});

const adding: Partial<Record<Changeable, readonly string[]>> = {
  bonuses: ['program bonus'],
  tiers: ['program level'],
  rewards: ['program reward'],
  stamps: ['program stamp'],
  discounts: ['program discount'],
};

const pairs = (buttons: readonly Button[]): Button[][] =>
  Array.from({ length: Math.ceil(buttons.length / 2) }, (_, at) => buttons.slice(at * 2, at * 2 + 2));

const byFile = ({ say }: Scene): string => say('program:by_file', { command: 'npm run cli -- program export' });

const root = (scene: Scene): View => ({
  title: scene.say(commandKey('program change', 'title')),
  body: scene.say('program:which'),
  buttons: [
    ...pairs(changeable.map((part) => ({ label: partLabel(part, scene), does: `/program change ${part}` }))),
    [button(scene, 'program preset'), button(scene, 'program')],
  ],
  footer: byFile(scene),
  show: 'privately',
});

function partView(part: Changeable, desk: Desk, scene: Scene): View {
  const { rules } = desk;
  const items = itemsOf(part, rules, scene);
  const own = settingsOf(part, rules).filter(({ path }) => !items.some((item) => path.startsWith(`${item.path}.`)));
  return {
    title: partLabel(part, scene),
    body: [...partText(part, rules, scene, desk.now, 'owner'), scene.say('program:which')].join('\n').slice(0, 3_500),
    buttons: [
      ...items.slice(0, mostItems).map((item) => [{ label: item.text, does: `/program change ${item.path}` }]),
      ...own.map((setting) => [settingButton(setting, desk)]),
      ...(adding[part] ?? []).map((command) => [button(scene, command)]),
      [button(scene, 'program change')],
    ],
    ...(items.length > mostItems ? { footer: byFile(scene) } : {}),
    show: 'privately',
  };
}

function itemView(part: Changeable, path: string, desk: Desk, scene: Scene): View {
  const item = itemsOf(part, desk.rules, scene).find((one) => one.path === path);
  if (!item) throw new Refusal('program.rule_unknown');
  const settings = settingsOf(part, desk.rules).filter((setting) => setting.path.startsWith(`${path}.`));
  return {
    title: partLabel(part, scene),
    body: [item.text, scene.say('program:which')].join('\n\n'),
    buttons: [
      ...pairs(settings.map((setting) => settingButton(setting, desk))),
      [{ ...button(scene, 'program remove'), does: `/program remove ${path}`, style: 'danger' }],
      [{ label: partLabel(part, scene), does: `/program change ${part}` }],
    ],
    show: 'privately',
  };
}

/** What can be changed: part by part, thing by thing, each with its value now. */
export const programChange: Command = {
  name: 'program change',
  for: 'owner',
  reads: true,
  asks: [
    {
      name: 'at',
      optional: true,
      field: ({ say }) => ({ label: say('program:which') }),
      read: (typed, _ctx, scene) => {
        const part = chosen(
          typed,
          changeable.map((value) => ({ value, label: partLabel(value, scene) })),
        );
        if (part) return part;
        if (!/^[a-z]+\.[a-z][a-z0-9_-]*$/.test(typed.trim())) throw new Refusal('program.rule_unknown');
        return typed.trim();
      },
      question: (_ctx, _answers, { say }) => ({ body: say('program:which') }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const desk: Desk = { rules: scene.program.rules, reader: scene, now: ctx.now };
    if (answers.at === undefined) return root(scene);
    const part = changeable.find((one) => one === answers.at?.split('.')[0]);
    if (!part) throw new Refusal('program.rule_unknown');
    return answers.at === part ? partView(part, desk, scene) : itemView(part, answers.at, desk, scene);
  },
};
