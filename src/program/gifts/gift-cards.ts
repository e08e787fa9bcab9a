import { codeHash, newCode } from '../codes.ts';
import { actorId, type Context, type Statement } from '../context.ts';
import { once } from '../once.ts';
import { originOf } from '../origin.ts';
import type { Coupon } from '../rewards/coupon.ts';
import type { Texts } from '../rules/rules.ts';

/** How long a gift card waits behind a link to be taken. */
const offerLifeMs = 7 * 86_400_000;

/** A gift card after a part of it was spent; `leftMinor` is what was left then. */
export type Spent = Coupon & { name: string; amountMinor: number };

/** What was given away. */
export type Given = { name: Texts; amountMinor: number };

const useStatement: Statement = { name: 'gift_use', text: 'SELECT gift_use($1, $2, $3, $4, $5, $6, $7) AS result' };
const giveStatement: Statement = { name: 'gift_give', text: 'SELECT gift_give($1, $2, $3, $4, $5, $6, $7) AS result' };

/**
 * Pays `amountMinor` of a bill from a gift card at the counter; its owner is told. Of those who try at once none takes more than is left. With the same key: the first
 * result. Refuses: `staff.only`, `coupon.unknown`, `coupon.used` { at, by }, `coupon.cancelled` { at }, `coupon.expired` { at },
 * `gift.not_stored`, `gift.too_much` { left }, `ledger.key_reused`.
 */
export async function useGiftCard(
  ctx: Context,
  { code, amountMinor, shop }: { code: string; amountMinor: number; shop?: string | null },
): Promise<Spent> {
  const values = [ctx.key.id, originOf(ctx.key), ctx.now, actorId(ctx.actor), code, amountMinor, shop ?? null];
  const [row] = await ctx.db.run<{ result: Spent }>(useStatement, values);
  if (!row) throw new Error('gift_use returned nothing');
  return row.result;
}

/**
 * Gives what is left on a gift card to another member, at once and with a new code: a picture of the old one is worth nothing any more. They are told.
 * Refuses: `gift.own`, `gift.not_stored`, `coupon.unknown`, `coupon.used`, `coupon.cancelled`, `coupon.expired`, `member.unknown`, `ledger.key_reused`.
 */
export async function giveGiftCard(ctx: Context, gift: { code: string; memberId: number; toMemberId: number }): Promise<Given> {
  const values = [ctx.key.id, originOf(ctx.key), ctx.now, actorId(ctx.actor), gift.memberId, gift.code, gift.toMemberId];
  const [row] = await ctx.db.run<{ result: Given }>(giveStatement, values);
  if (!row) throw new Error('gift_give returned nothing');
  return row.result;
}

/**
 * Puts a gift card behind a one-time code that whoever gets it can claim within a week; until then it stays the giver's. A code made for it before is no longer
 * good. Refuses: as `giveGiftCard`.
 */
export async function offerGiftCard(
  ctx: Context,
  gift: { code: string; memberId: number },
): Promise<Given & { claim: string; expiresAt: string }> {
  return once(ctx, async (tx) => {
    const claim = newCode(13);
    const until = new Date(ctx.now.getTime() + offerLifeMs);
    const [row] = await tx.$queryRaw<{ made: Given & { expiresAt: string } }[]>`
      SELECT gift_offer_make(${ctx.now}, ${gift.memberId}::int, ${gift.code}, ${codeHash(claim)}, ${until}) AS made`;
    if (!row) throw new Error('gift_offer_make returned nothing');
    return { ...row.made, claim };
  });
}
