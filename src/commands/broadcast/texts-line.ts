import type { Scene } from '../../chat/command.ts';
import type { Audience } from '../../program/campaigns/audience.ts';
import type { StoredTexts } from '../../program/templates/stored-texts.ts';
import { languageName } from '../member/language.ts';

/** How many of the people who will be written to read each language, those that are written in included. */
export function readersOf(
  audience: Audience | null,
  texts: StoredTexts | null,
  { shop }: Pick<Scene, 'shop'>,
): Map<string, number> {
  const readers = new Map<string, number>();
  for (const { language, members } of audience?.byLanguage ?? []) {
    const read = language ?? shop.language;
    readers.set(read, (readers.get(read) ?? 0) + members);
  }
  for (const language of Object.keys(texts?.texts ?? {})) readers.set(language, readers.get(language) ?? 0);
  return readers;
}

/** In which languages a text is written, who reads them, and what the others get. */
export function textsLine(texts: StoredTexts | null, audience: Audience | null, scene: Scene): string {
  const { say } = scene;
  if (!texts) return say('broadcast:text.none');
  return [...readersOf(audience, texts, scene)]
    .map(([language, count]) =>
      language in texts.texts
        ? say('broadcast:text.written', { language: languageName(language), count })
        : say('broadcast:text.missing', { language: languageName(language), count, instead: languageName(texts.fallback) }),
    )
    .join('\n');
}
