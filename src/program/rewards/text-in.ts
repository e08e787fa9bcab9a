import type { Texts } from '../rules/rules.ts';

/** A text in the first of these languages that it has, else in any that it has. */
export function textIn(texts: Texts, ...languages: string[]): string {
  for (const language of languages) {
    const text = texts[language];
    if (text) return text;
  }
  return Object.values(texts)[0] ?? '';
}
