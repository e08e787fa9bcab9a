import { newCode } from '../codes.ts';
import type { Context, Statement } from '../context.ts';
import { endsOf } from '../ledger/points.ts';
import { originOf } from '../origin.ts';
import { Refusal } from '../refusal.ts';
import type { Program } from '../rules/rules.ts';

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

const known: Statement = {
  name: 'member_or_staff',
  text: `SELECT 1 AS known FROM address a WHERE a.channel = $1 AND a.user_id = $2 AND (EXISTS (SELECT 1 FROM member m WHERE m.person_id = a.person_id)
    OR EXISTS (SELECT 1 FROM staff s WHERE s.person_id = a.person_id))`,
};

/**
 * Makes somebody a member: card, wallet and welcome bonus in one transaction, once per person on whatever messenger they come back. Refuses:
 * `member.invited_only`, where one becomes a member only by a card that staff hand out; who works here may always.
 */
export async function join(ctx: Context, newcomer: Newcomer, program: Program, timeZone: string): Promise<Joined> {
  if (program.rules.joining === 'invited' && (await ctx.db.run(known, [newcomer.channel, newcomer.user])).length === 0)
    throw new Refusal('member.invited_only');
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
        program.rules.welcome,
        JSON.stringify(endsOf(ctx.now, program.rules, timeZone)),
      ]);
      if (!row) throw new Error('member_join returned nothing');
      return row.result;
    } catch (error) {
      if (!isTaken(error) || tries === 3) throw error;
    }
  }
}
