import { readConfig } from '../config.ts';
import { ownerCode } from '../program/staff/invite.ts';
import { withDatabase } from './database.ts';

/** Prints a one-time code that makes its user an owner. */
export async function run(_args: string[], json: boolean): Promise<number> {
  const { code, expiresAt } = await withDatabase(readConfig(process.env), (db) => ownerCode(db, new Date()));
  const text = `start own_${code}`;
  process.stdout.write(
    json ? `${JSON.stringify({ code, text, expiresAt })}\n` : `Write this to the bot, once, within 24 hours:\n\n  ${text}\n`,
  );
  return 0;
}
