import { newCode } from '../codes.ts';
import type { Context, Statement } from '../context.ts';
import { expiryOf } from '../ledger/points.ts';
import { originOf } from '../origin.ts';
import type { Program } from '../settings/program.ts';

/** Where and as whom somebody joins. */
export type Newcomer = { channel: string; user: string; chat: string; name: string; language: string };

/** `already`: they had joined before; nothing has changed. */
export type Joined = { personId: number; memberId: number; code: string; balance: number; already: boolean };

const statement: Statement = {
  name: 'member_join',
  text: 'SELECT member_join($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS result',
};

/** A new code that is somebody's already: one in a trillion per member, so three tries are plenty. */
const isTaken = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'constraint' in error && error.constraint === 'member_code_key';

/** Makes somebody a member: card, wallet and welcome bonus in one transaction, once per person on whatever messenger they come back. */
export async function join(ctx: Context, newcomer: Newcomer, program: Program, timeZone: string): Promise<Joined> {
  for (let tries = 1; ; tries++) {
    try {
      const [row] = await ctx.db.run<{ result: Joined }>(statement, [
        ctx.key.id,
        originOf(ctx.key),
        ctx.now,
        newcomer.channel,
        newcomer.user,
        newcomer.chat,
        newcomer.name,
        newcomer.language,
        newCode(),
        program.version,
        program.welcomePoints,
        expiryOf(ctx.now, program.expiryMonths, timeZone),
      ]);
      if (!row) throw new Error('member_join returned nothing');
      return row.result;
    } catch (error) {
      if (!isTaken(error) || tries === 3) throw error;
    }
  }
}
