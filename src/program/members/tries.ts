import type { Context, Statement } from '../context.ts';
import { Refusal } from '../refusal.ts';

// Counted before anything is looked up, so that asking many times at once doesn't help.
const count: Statement = {
  name: 'tries_count',
  text: `INSERT INTO attempt AS a (key, tries, until) VALUES ($1, 1, $3) ON CONFLICT (key) DO UPDATE
    SET tries = CASE WHEN a.until <= $2 THEN 1 ELSE least(a.tries, 1000) + 1 END, until = CASE WHEN a.until <= $2 THEN $3 ELSE a.until END
    RETURNING tries, until`,
};
const giveBack: Statement = { name: 'tries_back', text: 'UPDATE attempt SET tries = tries - 1 WHERE key = $1 AND tries > 0' };

/**
 * Looks something secret up for somebody who may be guessing: what is found costs no try, what is not found does, and after `allowed` of
 * those they wait. `key` names who tries what. Refuses: `refusals.code` with { count } minutes, when they have to wait.
 */
export async function guarded<Found>(
  ctx: Pick<Context, 'db' | 'now'>,
  { key, allowed, pauseMs, code }: { key: string; allowed: number; pauseMs: number; code: string },
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const [tried] = await ctx.db.run<{ tries: number; until: Date }>(count, [key, ctx.now, new Date(ctx.now.getTime() + pauseMs)]);
  if (tried && tried.tries > allowed)
    throw new Refusal(code, { count: Math.ceil((tried.until.getTime() - ctx.now.getTime()) / 60_000) });
  const found = await look();
  if (found !== undefined) await ctx.db.run(giveBack, [key]);
  return found;
}
