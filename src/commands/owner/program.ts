import type { Ask, Command, Scene } from '../../chat/command.ts';
import type { Say } from '../../chat/words.ts';
import { commandKey } from '../../chat/words.ts';
import { amountCeilingMinor, minorPerUnit, parseMoney } from '../../program/money.ts';
import { Refusal } from '../../program/refusal.ts';
import { changeProgram } from '../../program/settings/change.ts';
import type { Program, ProgramRules } from '../../program/settings/program.ts';
import { button } from '../buttons.ts';
import { type Choice, chosen } from '../choice.ts';
import { confirm } from '../confirm.ts';
import { rulesText } from '../rules.ts';

/** The rules in force, in plain sentences with a worked example. */
export const program: Command = {
  name: 'program',
  for: 'owner',
  reads: true,
  run: async (_ctx, _answers, scene) => ({
    title: scene.say(commandKey('program', 'title')),
    body: rulesText(scene, scene.program),
    buttons: [[button(scene, 'program change')]],
    show: 'privately',
  }),
};

const rules = ['earn', 'carry', 'welcome', 'expiry'] as const;
type Rule = (typeof rules)[number];

const ruleChoices = (say: Say): Choice[] => rules.map((value) => ({ value, label: say(`owner:change.${value}.label`) }));

const rule: Ask = {
  name: 'rule',
  field: ({ say }) => ({ label: say('owner:change.which'), choices: ruleChoices(say) }),
  read: (typed, _ctx, { say }) => {
    const found = chosen(typed, ruleChoices(say));
    if (!found) throw new Refusal('program.rule_unknown');
    return found;
  },
  question: (_ctx, _answers, { say }, answer) => ({
    body: say('owner:change.which'),
    buttons: [
      ...ruleChoices(say).map(({ value, label }) => [{ label, does: answer(value) }]),
      [{ label: say('chat:cancel'), does: 'cancel' }],
    ],
  }),
};

/** The new value of a rule as people write it, read into what the program keeps. `earn` is the money for one point. */
function changeOf(which: Rule, typed: string, currency: string): Partial<ProgramRules> {
  const text = typed.normalize('NFKC').trim().toLowerCase();
  const whole = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  if (which === 'earn') return { earnPoints: 1, earnPerMinor: Math.min(parseMoney(typed, currency), amountCeilingMinor) };
  if (which === 'carry' && (text === 'on' || text === 'off')) return { carryRemainder: text === 'on' };
  if (which === 'welcome' && whole !== undefined) return { welcomePoints: whole };
  if (which === 'expiry' && (text === 'never' || text === '0')) return { expiryMonths: null };
  if (which === 'expiry' && whole !== undefined && whole <= 120) return { expiryMonths: whole };
  throw new Refusal(`program.${which}_unclear`);
}

/** Values that have a name, as the buttons name them in the person's language. */
function named(which: Rule, typed: string, scene: Scene): string {
  const names = which === 'carry' ? ['on', 'off'] : which === 'expiry' ? ['never'] : [];
  return (
    chosen(
      typed,
      names.map((value) => ({ value, label: scene.say(`owner:change.${value}`) })),
    ) ?? typed.normalize('NFKC').trim()
  );
}

const value: Ask = {
  name: 'value',
  field: ({ say }) => ({ label: say('owner:change.value') }),
  read: (typed, _ctx, scene, answers) => {
    const said = named(answers.rule as Rule, typed, scene);
    changeOf(answers.rule as Rule, said, scene.shop.currency);
    return said;
  },
  question: (_ctx, answers, { say, shop }, answer) => {
    const choices: Partial<Record<string, string[]>> = {
      carry: ['on', 'off'],
      welcome: ['0', '10', '50'],
      expiry: ['never', '12', '24'],
    };
    const offered = choices[answers.rule ?? ''] ?? [];
    const label = (one: string): string => (/^\d+$/.test(one) ? one : say(`owner:change.${one}`));
    return {
      body: say(`owner:change.${answers.rule}.question`, { example: minorPerUnit(shop.currency) }),
      buttons: [
        ...(offered.length > 0 ? [offered.map((one) => ({ label: label(one), does: answer(one) }))] : []),
        [{ label: say('chat:cancel'), does: 'cancel' }],
      ],
    };
  },
};

/** Changes one rule: a new version from now on. What was sold and given before keeps its price and its dates. */
export const programChange: Command = {
  name: 'program change',
  for: 'owner',
  asks: [
    rule,
    value,
    confirm(async (_ctx, answers, scene) => {
      const changed: Program = { ...scene.program, ...changeOf(answers.rule as Rule, answers.value ?? '', scene.shop.currency) };
      return {
        title: scene.say('owner:change.sure'),
        body: rulesText(scene, changed),
        footer: scene.say('owner:change.footer'),
        yes: scene.say('owner:change.yes'),
      };
    }),
  ],
  run: async (ctx, answers, scene) => {
    const change = changeOf(answers.rule as Rule, answers.value ?? '', scene.shop.currency);
    await changeProgram(ctx, change);
    return {
      title: scene.say('owner:change.done'),
      body: rulesText(scene, { ...scene.program, ...change }),
      buttons: [[button(scene, 'program')]],
      show: 'privately',
    };
  },
};
