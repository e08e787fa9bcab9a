/**
 * What decides how many points go back with a sale. Amounts are minor units. `rate` points for every `per` minor units, as the sale
 * was priced; `carried` is what the member carries now, in 1/`carriedPer` of a point, null when the sale did not carry. `pointsBack` and
 * `pointsTaken` are of earlier refunds of it, `pointsExpired` of its own points. `balance` is what the member can spend.
 */
export type Refundable = {
  paidMinor: number;
  refundedMinor: number;
  points: number;
  rate: number;
  per: number;
  carried: number | null;
  carriedPer: number;
  pointsBack: number;
  pointsTaken: number;
  pointsExpired: number;
  balance: number;
};

/**
 * Points that a refund of `amountMinor` would take, by the rule that stands with ledger_refund: how many leave the balance, how many
 * were spent already and are owed. The database computes the same under the wallet's lock; this is for showing it beforehand.
 */
export function pointsTakenBy(sale: Refundable, amountMinor: number): { points: number; owed: number; balance: number } {
  const due = Math.max(0, sale.pointsBack + pointsOf(sale, amountMinor) - sale.pointsExpired);
  const taking = Math.max(0, due - sale.pointsTaken);
  const points = Math.min(taking, sale.balance);
  return { points, owed: taking - points, balance: sale.balance - points };
}

/** Points that this money of the sale had earned. */
function pointsOf({ points, pointsBack, carried, ...sale }: Refundable, amountMinor: number): number {
  const [rate, per, unit] = [BigInt(sale.rate), BigInt(sale.per), BigInt(sale.carriedPer)];
  const refunded = BigInt(sale.refundedMinor + amountMinor);
  const left = points - pointsBack;
  if (carried === null) return left - Number(((BigInt(sale.paidMinor) - refunded) * rate) / per);
  const money = (refunded * rate * unit) / per - (BigInt(sale.refundedMinor) * rate * unit) / per;
  return Math.min(Number((money - BigInt(carried) + unit - 1n) / unit), left);
}
