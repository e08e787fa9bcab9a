import type { Ask, Command } from '../../chat/command.ts';
import { Refusal } from '../../program/refusal.ts';
import type { Rules } from '../../program/rules/rules.ts';
import { changing } from '../changing/changing.ts';
import { without } from '../changing/items.ts';
import type { Setting } from '../changing/kind.ts';
import { allSettings, changeable } from '../changing/settings.ts';

function settingAt(path: string | undefined, rules: Rules): Setting {
  const found = allSettings(rules).find((one) => one.path === path);
  if (!found) throw new Refusal('program.rule_unknown');
  return found;
}

const what: Ask = {
  name: 'what',
  // Its question says what there is to choose; a form could not.
  field: () => undefined,
  read: (typed, _ctx, { program }) => settingAt(typed.trim().toLowerCase(), program.rules).path,
  question: (_ctx, _answers, { say }) => ({
    body: say('program:which'),
    buttons: [
      ...changeable.map((part) => [{ label: say(`rules:section.${part}`), does: `/program change ${part}` }]),
      [{ label: say('chat:cancel'), does: 'cancel' }],
    ],
  }),
};

const value: Ask = {
  name: 'value',
  field: () => undefined,
  read: (typed, { now }, scene, answers) => {
    const { rules } = scene.program;
    return settingAt(answers.what, rules).read(typed, { rules, reader: scene, now });
  },
  question: ({ now }, answers, scene, answer) => {
    const { rules } = scene.program;
    const desk = { rules, reader: scene, now };
    const setting = settingAt(answers.what, rules);
    const { say } = scene;
    const choices = setting.choices(desk).map(({ value: kept, label }) => ({ label, does: answer(kept) }));
    return {
      title: say(setting.label),
      body: `${say('program:is_now', { value: setting.now(desk) })} ${say(setting.hint)}`,
      buttons: [
        ...Array.from({ length: Math.ceil(choices.length / 3) }, (_, at) => choices.slice(at * 3, at * 3 + 3)),
        [{ label: say('chat:cancel'), does: 'cancel' }],
      ],
      show: 'privately',
    };
  },
};

/** Changes one value of the program: `program set welcome 20`. */
export const programSet: Command = changing({
  name: 'program set',
  asks: [what, value],
  change: (rules, answers, reader) =>
    settingAt(answers.what, rules).apply(answers.value ?? '', { rules, reader, now: reader.now }),
});

/** Takes a bonus, a level, a reward, a stamp card or a discount out of the program. Coupons and points already given stay. */
export const programRemove: Command = changing({
  name: 'program remove',
  asks: [
    {
      ...what,
      read: (typed, _ctx, { program }) => {
        without(typed.trim().toLowerCase(), program.rules);
        return typed.trim().toLowerCase();
      },
    },
  ],
  change: (rules, answers) => without(answers.what ?? '', rules),
});
