import type { Database } from '../context.ts';
import type { Tx } from '../once.ts';
import type { MessageText, MessageTexts } from './texts.ts';

/** Owner's words as they are kept, and which version of them this is. */
export type StoredTexts = MessageTexts & { version: number };

type Reader = Pick<Tx, 'messageText'>;

// Everything written there went through `checkMessage`.
const read = (row: { texts: unknown; fallback: string; version: number }): StoredTexts => ({
  texts: row.texts as Record<string, MessageText>,
  fallback: row.fallback,
  version: row.version,
});

/** The words of a slot (`slotOf`) in the newest version, or in the one asked for; null: the owner wrote none. */
export async function textsOf(db: Pick<Database, 'prisma'>, slot: string, version?: number): Promise<StoredTexts | null> {
  return textsIn(db.prisma, slot, version);
}

/** The same inside a transaction. */
export async function textsIn(tx: Reader, slot: string, version?: number): Promise<StoredTexts | null> {
  const where = version === undefined ? { slot } : { slot, version };
  const row = await tx.messageText.findFirst({ where, orderBy: { version: 'desc' } });
  return row && read(row);
}

/**
 * Keeps an owner's words as the next version of a slot, in the caller's transaction. Two who write at once get two versions, one after
 * another. The same words again make no version.
 * @returns the version they have now
 */
export async function saveTexts(
  tx: Tx,
  slot: string,
  { texts, fallback }: MessageTexts,
  actorId: number | null,
  now: Date,
): Promise<number> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('message_text:' || ${slot}))`;
  const before = await textsIn(tx, slot);
  if (before && before.fallback === fallback && JSON.stringify(ordered(before.texts)) === JSON.stringify(ordered(texts)))
    return before.version;
  const version = (before?.version ?? 0) + 1;
  await tx.messageText.create({ data: { slot, version, texts: ordered(texts), fallback, actorId, at: now } });
  return version;
}

const ordered = (texts: MessageTexts['texts']): Record<string, { title?: string; body: string }> =>
  Object.fromEntries(
    Object.entries(texts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([language, { title, body }]) => [language, title === undefined ? { body } : { body, title }]),
  );
