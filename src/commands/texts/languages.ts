import type { Scene } from '../../chat/command.ts';
import type { Context } from '../../program/context.ts';
import { completenessOf, pickLanguage, readersByLanguage } from '../../program/templates/languages.ts';
import type { MessageTexts } from '../../program/templates/texts.ts';
import { languageName } from '../member/language.ts';

type Fact = readonly [label: string, value: string];

/** How complete a message is: each language with its readers, as facts, and those that are read but not written, the most read first. */
export type Completeness = { facts: Fact[]; missing: string[] };

/** Which languages the members read, which of them are written, and what the others get instead. */
export async function completeness(ctx: Context, { texts, fallback }: MessageTexts, scene: Scene): Promise<Completeness> {
  const { say, shop } = scene;
  const all = completenessOf(texts, await readersByLanguage(ctx.db), shop.language);
  const instead = (language: string): string => {
    const other = pickLanguage({ texts, fallback }, language, shop.language);
    return other === undefined ? say('texts:readers.nothing') : say('texts:readers.instead', { language: languageName(other) });
  };
  return {
    facts: all.map(({ language, members, written }) => [
      languageName(language),
      [say('texts:readers.count', { count: members }), written ? say('texts:readers.written') : instead(language)].join(' · '),
    ]),
    missing: all.filter(({ members, written }) => members > 0 && !written).map(({ language }) => language),
  };
}
