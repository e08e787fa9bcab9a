import { checkCode, codeHash, plainCode } from '../codes.ts';
import { actorId, type Context, type Statement } from '../context.ts';
import { endsOf } from '../ledger/points.ts';
import { guarded } from '../members/tries.ts';
import { originOf } from '../origin.ts';
import { Refusal } from '../refusal.ts';
import { couponTerms } from '../rewards/terms.ts';
import type { Rules, Texts } from '../rules/rules.ts';
import type { Gives } from './batches.ts';

/** What a code is good for: a printed one, or a gift card that somebody gave away. */
export type ClaimOffer = { kind: 'code'; gives: Gives } | { kind: 'gift'; name: Texts; amountMinor: number };

/** What came of it: points with the balance after them, or a coupon by its code. */
export type Claimed = { points: number; balance: number } | { coupon: string };

/** Where somebody claims: who they are for the messenger, and as a person when they are known. */
export type Claimant = { channel: string; user: string };

const offer: Statement = {
  name: 'claim_offer',
  text: `SELECT jsonb_build_object('kind', 'code', 'gives', b.gives) AS offer FROM printed_code c JOIN code_batch b ON b.id = c.batch_id
      WHERE c.code_hash = $1 AND (c.key = $3 OR c.used_at IS NULL AND b.cancelled_at IS NULL AND b.expires_at > $2)
    UNION ALL
    SELECT jsonb_build_object('kind', 'gift', 'name', c.terms -> 'name', 'amountMinor', c.left_minor) FROM gift_offer g JOIN coupon c ON c.id = g.coupon_id
      WHERE g.code_hash = $1 AND (g.used_key = $3 OR g.used_at IS NULL AND g.revoked_at IS NULL AND g.expires_at > $2
        AND c.used_at IS NULL AND c.cancelled_at IS NULL AND c.expires_at > $2)`,
};
const claimPrinted: Statement = { name: 'code_claim', text: 'SELECT code_claim($1, $2, $3, $4, $5, $6) AS result' };
const takeGift: Statement = { name: 'gift_take', text: 'SELECT gift_take($1, $2, $3, $4, $5, $6) AS result' };

/** The code within what was typed or scanned: a link, its payload, the code with or without hyphens. */
export const claimCodeIn = (typed: string): string =>
  plainCode(/\b[pg]_([0-9A-Za-z]{12,14})\b/.exec(typed)?.[1] ?? typed).slice(0, 20);

/**
 * Whether a text is nothing but a code that can be claimed, its check character right. One ordinary text of this length in 37 has that by
 * chance: it must also look like a code, as it is printed or at least with a digit in it.
 */
export function isClaimCode(typed: string): boolean {
  const text = typed.trim();
  const printed = /^[^\s‐-―-]{4}(?:[\s‐-―-][^\s‐-―-]{4}){2}(?:[\s‐-―-][^\s‐-―-]{2})?$/.test(text);
  const solid = /^\S+$/.test(text) && (/\d/.test(text) || text === text.toUpperCase());
  const code = claimCodeIn(text);
  return (printed || solid) && (checkCode(code, 11) === 'right' || checkCode(code, 13) === 'right');
}

/**
 * What a code is good for. Wrong, used, cancelled and over are one answer; after five of those they wait for the rest of an hour. Refuses: `claim.unknown`,
 * `claim.too_many_tries` { count } minutes.
 */
export async function claimOffer(ctx: Context, code: string, who: Claimant): Promise<ClaimOffer> {
  const person = actorId(ctx.actor);
  const key = `claim:${person ?? `${who.channel}:${who.user}`}`;
  const found = await guarded(ctx, { key, allowed: 5, pauseMs: 3_600_000, code: 'claim.too_many_tries' }, async () => {
    const [row] = await ctx.db.run<{ offer: ClaimOffer }>(offer, [Buffer.from(codeHash(code)), ctx.now, ctx.key.id]);
    return row?.offer;
  });
  if (!found) throw new Refusal('claim.unknown');
  return found;
}

/**
 * Turns a code into what it is good for, exactly once; of two at the same instant the second is told that the code is not good. With the same key: the first
 * result. Refuses: as `claimOffer`, `gift.own`, `member.unknown`, `ledger.key_reused`.
 */
export async function claim(
  ctx: Context,
  { code, memberId, who }: { code: string; memberId: number; who: Claimant },
  rules: Rules,
  timeZone: string,
): Promise<Claimed> {
  const found = await claimOffer(ctx, code, who);
  const hash = Buffer.from(codeHash(code));
  const origin = originOf(ctx.key);
  if (found.kind === 'gift') {
    const values = [ctx.key.id, origin, ctx.now, actorId(ctx.actor), memberId, hash];
    const [row] = await ctx.db.run<{ result: { code: string } }>(takeGift, values);
    if (!row) throw new Error('gift_take returned nothing');
    return { coupon: row.result.code };
  }
  const { gives } = found;
  const terms = 'points' in gives ? endsOf(ctx.now, rules, timeZone) : couponTerms(gives.reward, ctx.now, rules, timeZone);
  const [row] = await ctx.db.run<{ result: { points: number | null; coupon: string | null; balance: number } }>(claimPrinted, [
    ctx.key.id,
    origin,
    ctx.now,
    memberId,
    hash,
    JSON.stringify(terms),
  ]);
  if (!row) throw new Error('code_claim returned nothing');
  const { points, coupon, balance } = row.result;
  return points === null ? { coupon: coupon ?? '' } : { points, balance };
}
