import type { Scene } from '../../chat/command.ts';
import { labelMax } from '../../program/campaigns/check-patch.ts';
import { Refusal } from '../../program/refusal.ts';
import type { Texts } from '../../program/rules/rules.ts';

/** Lines that begin with a language (`fi: Katso`), else all of it in the writer's own. */
function byLanguage(typed: string, { language }: Pick<Scene, 'language'>): [language: string, text: string][] {
  const lines = typed.split('\n').filter((line) => line.trim() !== '');
  const named = lines.map((line) => /^\s*(en|ru|bg|fi|pl)\s*:\s*(.+)$/iu.exec(line));
  if (lines.length === 0 || named.includes(null)) return [[language, typed]];
  return named.map((found) => [found?.[1]?.toLowerCase() ?? language, found?.[2] ?? '']);
}

function checked(label: string): string {
  const text = label.trim();
  if (text === '' || [...text].length > labelMax) throw new Refusal('campaign.label', { max: labelMax });
  return text;
}

/** A label, in one language or several. Refuses: `campaign.label` { max }. */
export const readLabel = (typed: string, scene: Pick<Scene, 'language'>): Texts =>
  Object.fromEntries(byLanguage(typed, scene).map(([language, text]) => [language, checked(text)]));

/** Answers side by side (`Yes | No`), or below each other when only one language is written. */
function answersIn(text: string): string[] {
  const between = /[|;]/.test(text) ? /[|;]/ : /\n/.test(text) ? /\n/ : /,/;
  return text
    .split(between)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** The answers to a question, each in every language that was written. Refuses: `campaign.label`, `broadcast.answers_differ` { language }. */
export function readAnswers(typed: string, scene: Pick<Scene, 'language'>): Texts[] {
  const all = byLanguage(typed, scene).map(([language, text]) => [language, answersIn(text)] as const);
  const count = all[0]?.[1].length ?? 0;
  const odd = all.find(([, answers]) => answers.length !== count);
  if (odd) throw new Refusal('broadcast.answers_differ', { language: odd[0] });
  return Array.from({ length: count }, (_, at) =>
    Object.fromEntries(all.map(([language, answers]) => [language, checked(answers[at] ?? '')])),
  );
}
