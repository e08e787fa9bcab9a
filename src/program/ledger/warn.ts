import type { Context, Statement } from '../context.ts';
import { programAt } from '../settings/program.ts';

/** How long after the day's change people are told: they are awake then. */
const morningHours = 10;

const statement: Statement = {
  name: 'expiry_warn',
  text: 'SELECT expiry_warn($1, $2, make_interval(hours => $3), make_interval(hours => $4)) AS result',
};

/**
 * Plans the messages about points that end soon, so many days before as the rules of now say: one per member, date and step. Run late, only
 * the nearest step is planned; run twice, nothing more. Returns how many messages.
 */
export async function warnOfExpiry(ctx: Pick<Context, 'db' | 'now'>): Promise<number> {
  const { warnDays, dayStartsAt } = (await programAt(ctx.db, ctx.now)).rules;
  if (warnDays.length === 0) return 0;
  const [row] = await ctx.db.run<{ result: number }>(statement, [ctx.now, warnDays, morningHours, dayStartsAt]);
  return row?.result ?? 0;
}
