import type { Command } from '../../chat/command.ts';
import { Refusal } from '../../program/refusal.ts';
import { isPreset, presetNames, presetRules } from '../../program/rules/presets.ts';
import { changing } from '../changing/changing.ts';
import { chosen } from '../choice.ts';

/** Puts one of the ready-made programs in force. */
export const programPreset: Command = changing({
  name: 'program preset',
  asks: [
    {
      name: 'preset',
      field: () => undefined,
      read: (typed, _ctx, { say }) => {
        const found = chosen(
          typed,
          presetNames.map((value) => ({ value, label: say(`program:preset.${value}.title`) })),
        );
        if (!found) throw new Refusal('program.rule_unknown');
        return found;
      },
      question: (_ctx, _answers, { say }, answer) => ({
        title: say('program:ask.preset'),
        body: presetNames
          .map((name) => `${say(`program:preset.${name}.title`)}: ${say(`program:preset.${name}.about`)}`)
          .join('\n'),
        buttons: [
          ...presetNames.map((name) => [{ label: say(`program:preset.${name}.title`), does: answer(name) }]),
          [{ label: say('chat:cancel'), does: 'cancel' }],
        ],
      }),
    },
  ],
  change: (rules, answers, { shop }) => {
    const name = answers.preset ?? '';
    if (!isPreset(name)) throw new Refusal('program.rule_unknown');
    // Shops, hours, limits of staff and how people are spoken to are the business's own, whatever its program.
    const made = presetRules(name, shop);
    const limited = [rules.limits.staff, rules.limits.owner].some((limits) => Object.keys(limits).length > 0);
    const own = { shops: rules.shops, dayStartsAt: rules.dayStartsAt, ...(rules.contact && { contact: rules.contact }) };
    return { ...made, ...own, limits: limited ? rules.limits : made.limits };
  },
});
