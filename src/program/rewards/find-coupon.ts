import { checkCode, plainCode } from '../codes.ts';
import { actorId, type Context, type Statement } from '../context.ts';
import { Refusal } from '../refusal.ts';
import type { Coupon } from './coupon.ts';

/** A coupon as staff see it: whose it is, and who has used it. */
export type FoundCoupon = Coupon & { name: string; usedBy: string | null };

const statement: Statement = { name: 'coupon_find', text: 'SELECT coupon_find($1, $2, $3, $4) AS found' };

/** A code within whatever was scanned or typed: a coupon's link, its payload, the code with or without hyphens. */
const codeIn = (typed: string): string => plainCode(/u_([0-9A-Za-z]{11})\b/.exec(typed)?.[1] ?? typed);

/**
 * The coupon behind a code, for its owner and for staff. Everybody else gets the same answer after the same work, whether the code is wrong, used,
 * over or somebody else's; after five of those they wait for the rest of an hour. Refuses: `coupon.unknown`, `coupon.mistyped` (to
 * staff: the check character is wrong), `coupon.too_many_tries` { count: minutes }.
 */
export async function findCoupon(ctx: Context, typed: string): Promise<FoundCoupon> {
  const code = codeIn(typed).slice(0, 20);
  const typo = checkCode(code, 10) !== 'right';
  const [row] = await ctx.db.run<{ found: FoundCoupon | { refused: string; minutes?: number } }>(statement, [
    code,
    typo,
    actorId(ctx.actor),
    ctx.now,
  ]);
  if (!row) throw new Error('coupon_find returned nothing');
  if ('refused' in row.found) throw new Refusal(row.found.refused, { count: row.found.minutes });
  return row.found;
}
