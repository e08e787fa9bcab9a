import { Refusal } from '../../program/refusal.ts';

/** Of which wording and in which language a text is: `fi`, or `b-fi`. */
export type Wording = { variant: string; language: string };

export const writtenWording = ({ variant, language }: Wording): string => (variant === 'a' ? language : `${variant}-${language}`);

/** What `writtenWording` wrote. Refuses: `broadcast.language` { languages }. */
export function readWording(typed: string, languages: readonly string[]): Wording {
  const [, variant = 'a', language = ''] = /^(?:([a-d])-)?([a-z]{2})$/.exec(typed.trim().toLowerCase()) ?? [];
  if (!languages.includes(language)) throw new Refusal('broadcast.language', { languages: languages.join(', ') });
  return { variant, language };
}
