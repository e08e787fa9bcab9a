import type { Price } from './price.ts';

/**
 * Whole points for a price, with what the member carries (`carried`/`per` of a point; in the price's own unit after truncation): rounded once,
 * down (semantics: "round once, at the end, floor"). The ledger computes the same under the wallet's lock; this is for showing it beforehand.
 */
export function pointsOf({ value, per, carry }: Price, member: { carried: number; per: number }): number {
  const carried = carry ? (BigInt(member.carried) * per) / BigInt(member.per) : 0n;
  const total = value + carried;
  return total < 0n ? 0 : Number(total / per);
}
