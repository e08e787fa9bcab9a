import type { Database, Statement } from '../context.ts';
import type { MessageTexts } from './texts.ts';

/**
 * In which language somebody reads a message: their own, else the one the owner chose for readers of others, else the shop's, else
 * English, else any there is. Undefined: there are no texts.
 */
export function pickLanguage({ texts, fallback }: MessageTexts, reader: string | null, shop: string): string | undefined {
  const wanted = [reader, fallback, shop, 'en'].filter((language): language is string => language !== null);
  return wanted.find((language) => language in texts) ?? Object.keys(texts).sort()[0];
}

/** How many members read a language. `language`: null when they have not chosen one and read the shop's. */
export type Readers = { language: string | null; members: number };

const readers: Statement = {
  name: 'texts_readers',
  text: `
    SELECT p.language, count(*)::int AS members FROM member m JOIN wallet w ON w.member_id = m.id JOIN person p ON p.id = m.person_id
    WHERE w.merged_into IS NULL AND w.closed_at IS NULL GROUP BY p.language ORDER BY members DESC, p.language`,
};

/** Which languages the members read, the most read first. */
export async function readersByLanguage(db: Database): Promise<Readers[]> {
  return db.run<Readers>(readers, []);
}

const sample: Statement = {
  name: 'texts_sample_reader',
  text: `
    SELECT m.id FROM member m JOIN wallet w ON w.member_id = m.id JOIN person p ON p.id = m.person_id LEFT JOIN member_fact f ON f.member_id = m.id
    WHERE w.merged_into IS NULL AND w.closed_at IS NULL AND coalesce(p.language, $2) = $1 ORDER BY f.last_at DESC NULLS LAST, m.id LIMIT 1`,
};

/** A member who reads a language, the one who was here last; null: nobody does. `shop`: the language of those who chose none. */
export async function sampleReader(db: Database, language: string, shop: string): Promise<number | null> {
  const [row] = await db.run<{ id: number }>(sample, [language, shop]);
  return row?.id ?? null;
}

/** How complete texts are: who reads their own language and who will read the fallback. */
export type Completeness = { language: string; members: number; written: boolean }[];

/** Every language that is read or written, with its readers, the most read first. `shop`: the language of those who chose none. */
export function completenessOf(texts: MessageTexts['texts'], readers: readonly Readers[], shop: string): Completeness {
  const members = new Map<string, number>();
  for (const one of readers) {
    const language = one.language ?? shop;
    members.set(language, (members.get(language) ?? 0) + one.members);
  }
  const languages = [...new Set([...members.keys(), ...Object.keys(texts)])];
  return languages
    .map((language) => ({ language, members: members.get(language) ?? 0, written: language in texts }))
    .sort((a, b) => b.members - a.members || (a.language < b.language ? -1 : 1));
}
