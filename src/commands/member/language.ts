import type { Command } from '../../chat/command.ts';
import { setLanguage } from '../../program/members/person.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { type Choice, chosen } from '../choice.ts';
import { newcomer } from '../newcomer.ts';

/** Names of the languages in themselves: they are read by who doesn't read the current one. */
export const languages: readonly Choice[] = [
  { value: 'en', label: 'English' },
  { value: 'ru', label: 'Русский' },
  { value: 'bg', label: 'Български' },
  { value: 'fi', label: 'Suomi' },
  { value: 'pl', label: 'Polski' },
];

/** A language by its own name. */
export const languageName = (language: string): string => languages.find(({ value }) => value === language)?.label ?? language;

export const language: Command = {
  name: 'language',
  for: 'anyone',
  asks: [
    {
      name: 'language',
      field: ({ say }) => ({ label: say('member:language.question'), choices: languages }),
      read: (typed) => {
        const found = chosen(typed, languages);
        if (!found) throw new Refusal('language.unknown', { languages: languages.map(({ label }) => label).join(', ') });
        return found;
      },
      question: (_ctx, _answers, { say }, answer) => ({
        body: say('member:language.question'),
        buttons: languages.map(({ value, label }) => [{ label, does: answer(value) }]),
      }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const chosen = answers.language ?? scene.language;
    await setLanguage(ctx, { ...newcomer(scene), language: chosen });
    const spoken = { ...scene, say: scene.speak(chosen) };
    return {
      body: spoken.say('member:language.done'),
      buttons: [[button(spoken, scene.who.member ? 'card' : 'start'), button(spoken, 'help')]],
    };
  },
};
