import { Temporal } from 'temporal-polyfill';
import type { Program } from '../settings/program.ts';

/**
 * Points for a purchase: floor((amount × earnPoints + carried) / earnPerMinor); what is left over is carried to the next one
 * (semantics: "remainder carried per member and rule"). `carried` is in 1/earnPerMinor of a point and may be below zero after an undo.
 * The database computes the same under the wallet's lock (ledger_credit); this is for showing it beforehand and for the rules' text.
 */
export function pointsFor(
  amountMinor: number,
  program: Pick<Program, 'earnPoints' | 'earnPerMinor' | 'carryRemainder'>,
  carried = 0,
): { points: number; carried: number } {
  const total = BigInt(amountMinor) * BigInt(program.earnPoints) + BigInt(program.carryRemainder ? carried : 0);
  const per = BigInt(program.earnPerMinor);
  const points = total < 0n ? 0n : total / per;
  return { points: Number(points), carried: program.carryRemainder ? Number(total - points * per) : 0 };
}

/**
 * When points earned at `at` end: `months` later, at the end of that day in the program's time zone (31 January + 1 month is the end
 * of 28 February; Voucherify). Null: never.
 */
export function expiryOf(at: Date, months: number | null, timeZone: string): Date | null {
  if (months === null) return null;
  const day = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const next = day.add({ months }).add({ days: 1 }).toZonedDateTime({ timeZone });
  return new Date(next.epochMilliseconds);
}
