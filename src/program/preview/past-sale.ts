import type { Item } from '../pricing/purchase.ts';

/** A sale as a preview needs it. `billMinor`: before its discount; `refundedMinor` of what was left after it. */
export type PastSale = {
  memberId: number;
  at: Date;
  billMinor: number;
  amountMinor: number;
  paidMinor: number;
  refundedMinor: number;
  items: readonly Item[];
  shop: string | null;
  /** What the member had carried before it, in 1/`per` of a point. */
  carried: { value: bigint; per: bigint };
  tier: string | null;
  birthday: string | null;
};

/** What members brought along from before the days that are looked at. */
export type Past = {
  purchases: number;
  points: number;
  /** When they bought, as far back as any rule looks. */
  times: number[];
  /** How often each limited bonus was given. */
  used: Record<string, number>;
};

/** A row as the database sends it: few types, little to read. */
export type Row = [
  memberId: number,
  atMs: number,
  amountMinor: number,
  discountMinor: number,
  paidMinor: number,
  refundedMinor: number,
  what: Item[] | null,
  items: number | null,
  shop: string | null,
  carriedIn: number,
  per: number,
  tier: string | null,
  birthday: string | null,
];

/** Reads a row. */
export function pastSale(row: Row): PastSale {
  const [
    memberId,
    atMs,
    amountMinor,
    discountMinor,
    paidMinor,
    refundedMinor,
    what,
    items,
    shop,
    carriedIn,
    per,
    tier,
    birthday,
  ] = row;
  return {
    memberId,
    at: new Date(atMs),
    billMinor: amountMinor + discountMinor,
    amountMinor,
    paidMinor,
    refundedMinor,
    items: what ?? (items === null ? [] : [{ category: '', pieces: items }]),
    shop,
    carried: { value: BigInt(carriedIn), per: BigInt(per) },
    tier,
    birthday,
  };
}
