/**
 * What decides how many points go back with a sale. Amounts are minor units, values 1/`per` of a point: `valueBefore` and `valueAfter` are what
 * was left of the sale before and after, `valueBack` what went back before. `carried` is what the member carries now, in 1/`carriedPer`
 * of a point, null when the sale did not carry. `pointsBack` and `pointsTaken` are of earlier refunds of it, `pointsExpired` of its own points,
 * `pointsPending` waits for its release. `balance` is what the member can spend, `debt` what they owe, up to `debtLimit`.
 */
export type Refundable = {
  points: number;
  per: number;
  carried: number | null;
  carriedPer: number;
  pointsBack: number;
  pointsTaken: number;
  pointsExpired: number;
  pointsPending: number;
  valueBack: number;
  balance: number;
  debt: number;
};

/** What a refund takes: from points that wait, from the balance; what is owed; what is above the limit of debt. */
export type Taken = { pending: number; points: number; owed: number; writtenOff: number; balance: number };

/**
 * Points that a refund would take, by the rule that stands with ledger_refund. The database computes the same under the wallet's lock; this
 * is for showing it beforehand.
 */
export function pointsTakenBy(
  sale: Refundable,
  { valueBefore, valueAfter, debtLimit }: { valueBefore: bigint; valueAfter: bigint; debtLimit: number | null },
): Taken {
  const back = sale.pointsBack + pointsOf(sale, valueBefore, valueAfter);
  const due = Math.max(0, Math.max(0, back - sale.pointsExpired) - sale.pointsTaken);
  const pending = Math.min(due, sale.pointsPending);
  const points = Math.min(due - pending, sale.balance);
  const room = debtLimit === null ? due : Math.max(0, debtLimit - sale.debt);
  const owed = Math.min(due - pending - points, room);
  return { pending, points, owed, writtenOff: due - pending - points - owed, balance: sale.balance - points };
}

/** Points that what leaves the sale had earned. */
function pointsOf({ points, pointsBack, carried, ...sale }: Refundable, valueBefore: bigint, valueAfter: bigint): number {
  const [per, unit, before] = [BigInt(sale.per), BigInt(sale.carriedPer), BigInt(sale.valueBack)];
  const left = points - pointsBack;
  if (carried === null) return Math.max(0, left - Number(valueAfter / per));
  const money = ((before + valueBefore - valueAfter) * unit) / per - (before * unit) / per;
  return Math.max(0, Math.min(Number((money - BigInt(carried) + unit - 1n) / unit), left));
}

/**
 * Of `amountMinor` that goes back: what money had paid of it, and how many of the points that had paid for the sale come back with it. Both
 * in the proportion of the bill, rounded over all that was refunded of it, so that any parts add up to the whole; as ledger_refund does.
 */
export function paidBack(
  sale: { paidMinor: number; refundedMinor: number; paidPoints: number; paidPointsMinor: number; pointsReturned: number },
  amountMinor: number,
): { moneyMinor: number; points: number } {
  const whole = BigInt(Math.max(sale.paidMinor, 1));
  const share = (of: number, refundedMinor: number): number => Number((BigInt(of) * BigInt(refundedMinor)) / whole);
  const after = sale.refundedMinor + amountMinor;
  return {
    moneyMinor: amountMinor - (share(sale.paidPointsMinor, after) - share(sale.paidPointsMinor, sale.refundedMinor)),
    points: share(sale.paidPoints, after) - sale.pointsReturned,
  };
}
