import { randomInt } from 'node:crypto';
import type { Asked } from '../program/arrival.ts';
import type { Context, Statement } from '../program/context.ts';
import type { Answers } from './command.ts';
import type { Inbound } from './inbound.ts';

// Telegram's callback_data, the tightest of all messengers.
const doesLimitBytes = 64;

/** Where a conversation is held: one per person in private, one where others read along. */
export const placeOf = (inbound: Pick<Inbound, 'place' | 'from'>): string =>
  inbound.place === 'group' ? inbound.from.chat : 'direct';

const letters = '0123456789abcdefghjkmnpqrstvwxyz';
const newStamp = (): string => Array.from({ length: 10 }, () => letters[randomInt(32)]).join('');

/** The text of a button that answers the question stamped so. An old button thus never answers a new question. */
export function answerText(stamp: string, value: string): string {
  const text = `~${stamp} ${value}`;
  if (Buffer.byteLength(text) > doesLimitBytes) throw new Error(`a button's answer is longer than ${doesLimitBytes} bytes`);
  return text;
}

/** A pressed answer, taken apart; undefined for everything that is no pressed answer. */
export function pressedAnswer(text: string): { stamp: string; value: string } | undefined {
  const found = /^~([0-9a-z]{10}) ([\s\S]*)$/.exec(text);
  return found ? { stamp: found[1] as string, value: found[2] as string } : undefined;
}

// One statement: the note that this event was taken, and the answer it gave. When the event was taken before, or somebody answered
// the same question meanwhile, nothing is written and no row comes back.
const save: Statement = {
  name: 'conversation_save',
  text: `
    WITH fresh AS (
      INSERT INTO inbox (key, at, channel, user_id) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING RETURNING key
    )
    INSERT INTO conversation AS c (channel, user_id, place, command, answers, stamp, updated_at)
      SELECT $3, $4, $5, $6, $7, $8, $2 FROM fresh WHERE $9::text IS NULL OR EXISTS (SELECT 1 FROM conversation WHERE stamp = $9)
    ON CONFLICT (channel, user_id, place) DO UPDATE
      SET command = excluded.command, answers = excluded.answers, stamp = excluded.stamp, updated_at = excluded.updated_at
      WHERE $9::text IS NULL OR c.stamp = $9
    RETURNING stamp`,
};

const end: Statement = {
  name: 'conversation_end',
  text: 'DELETE FROM conversation WHERE channel = $1 AND user_id = $2 AND place = $3',
};

/**
 * Keeps the answers so far under a new stamp. `after` is the question that was answered, null when a command begins. Returns undefined
 * when the event was already taken or the question already answered: read again.
 */
export async function saveConversation(
  ctx: Context,
  inbound: Inbound,
  command: string,
  answers: Answers,
  after: string | null,
): Promise<Asked | undefined> {
  const stamp = newStamp();
  const { channel, user } = inbound.from;
  const rows = await ctx.db.run(save, [
    ctx.key.id,
    ctx.now,
    channel,
    user,
    placeOf(inbound),
    command,
    JSON.stringify(answers),
    stamp,
    after,
  ]);
  return rows.length === 0 ? undefined : { command, answers: { ...answers }, stamp };
}

/** Ends whatever was being asked here. */
export async function endConversation(ctx: Context, inbound: Pick<Inbound, 'place' | 'from'>): Promise<void> {
  await ctx.db.run(end, [inbound.from.channel, inbound.from.user, placeOf(inbound)]);
}
