import { createHash } from 'node:crypto';
import type { Context, Statement } from '../context.ts';

const keep: Statement = {
  name: 'media_keep',
  text: 'INSERT INTO media (hash, bytes, created_at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING',
};
const has: Statement = { name: 'media_has', text: 'SELECT 1 AS one FROM media WHERE hash = $1' };

/** Keeps a picture as it is to be sent (a PNG) and gives its name, the SHA-256 of its bytes; kept before: the same name. */
export async function keepPicture(ctx: Pick<Context, 'db' | 'now'>, png: Uint8Array): Promise<string> {
  const hash = createHash('sha256').update(png).digest('hex');
  await ctx.db.run(keep, [hash, Buffer.from(png), ctx.now]);
  return hash;
}

/** Whether a picture of this name is kept. */
export async function isKept({ db }: Pick<Context, 'db'>, hash: string): Promise<boolean> {
  return (await db.run(has, [hash])).length > 0;
}
