import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import type { Program } from '../settings/program.ts';
import { expiryOf } from './points.ts';

/** A purchase that was credited. `balance` is what the member had after it, `name` what they are called. */
export type Credited = {
  saleId: number;
  receipt: string;
  points: number;
  balance: number;
  amountMinor: number;
  currency: string;
  at: string;
  name: string;
};

export type Purchase = {
  /** The member's code, as it is kept (without hyphens). */
  member: string;
  amountMinor: number;
  currency: string;
  /** As printed; absent: the program numbers it. */
  receipt?: string;
  items?: number;
  shop?: string;
  /** When it was made, if not now (imports). */
  at?: Date;
};

const statement: Statement = {
  name: 'ledger_credit',
  text: 'SELECT ledger_credit($1, $2, $3, $4, (SELECT id FROM member WHERE code = $5), $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) AS result',
};

/**
 * Credits a purchase under the program's rules of now: sale, entry, lot, carried remainder and the message to the member in one
 * transaction and one round trip. Points are whole numbers, amounts minor units. With the same key and the same purchase: the first
 * result again. Refuses: `member.unknown`, `staff.only`, `ledger.self_credit`, `ledger.receipt_used`, `ledger.too_many_points`,
 * `ledger.key_reused`.
 */
export async function credit(ctx: Context, purchase: Purchase, program: Program, timeZone: string): Promise<Credited> {
  const at = purchase.at ?? ctx.now;
  const [row] = await ctx.db.run<{ result: Credited }>(statement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    purchase.member,
    purchase.amountMinor,
    purchase.currency,
    purchase.receipt ?? null,
    purchase.items ?? null,
    purchase.shop ?? null,
    at,
    program.version,
    program.earnPoints,
    program.earnPerMinor,
    program.carryRemainder,
    expiryOf(at, program.expiryMonths, timeZone),
    true,
  ]);
  if (!row) throw new Error('ledger_credit returned nothing');
  return row.result;
}
