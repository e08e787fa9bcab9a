import { newCode, shownCode } from '../codes.ts';
import { actorId, type Context } from '../context.ts';
import { endsOf } from '../ledger/points.ts';
import { once } from '../once.ts';
import { Refusal } from '../refusal.ts';
import type { Program } from '../rules/rules.ts';
import { claimCodeFor } from './link-code.ts';

/** A card on paper: `claim` is the code by which a chat takes it over, once. */
export type Enrolled = { memberId: number; code: string; claim: string; name: string; balance: number };

/** A code that is somebody's already: one in a trillion per member. Prisma passes on what PostgreSQL says (23505, unique_violation). */
const isTaken = (error: unknown): boolean => error instanceof Error && error.message.includes('member_code_key');

/**
 * Makes a member without a chat: card, wallet and welcome bonus, and a code for claiming the card into a chat later. Without a name they are called
 * by their code. With the same key: the same card. Refuses: `staff.only`.
 */
export async function enrol(
  ctx: Context,
  { name }: { name: string | undefined },
  program: Program,
  timeZone: string,
): Promise<Enrolled> {
  const actor = actorId(ctx.actor);
  const ends = JSON.stringify(endsOf(ctx.now, program.rules, timeZone));
  for (let tries = 1; ; tries++) {
    const code = newCode();
    try {
      return await once(ctx, async (tx) => {
        if (actor === null || !(await tx.staff.findUnique({ where: { personId: actor } }))) throw new Refusal('staff.only');
        const [row] = await tx.$queryRaw<{ made: Omit<Enrolled, 'claim'> & { personId: number } }[]>`
          SELECT member_enrol(${ctx.now}, ${actor}, ${name ?? shownCode(code)}, ${code}, ${program.version}::int, ${program.rules.welcome}::bigint,
            ${ends}::jsonb) AS made`;
        if (!row) throw new Error('member_enrol returned nothing');
        const { personId, ...made } = row.made;
        return { ...made, claim: await claimCodeFor(tx, ctx, personId) };
      });
    } catch (error) {
      if (!isTaken(error) || tries === 3) throw error;
    }
  }
}
