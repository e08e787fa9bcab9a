import type { Prisma } from '../../database/generated/client.ts';
import { actorId, type Context } from '../context.ts';
import type { Tx } from '../once.ts';

/** What happened to somebody's place in the team. `detail`: JSON of codes and numbers (`role`, `shops`, `limits`). */
export type TeamChange = {
  personId: number;
  kind: 'joined' | 'role' | 'removed' | 'shops' | 'limits';
  detail: Prisma.InputJsonObject;
};

/** Writes a change of the team into the log, in the transaction that makes it. `by`: who did it, if not the acting person. */
export async function noteChange(
  tx: Pick<Tx, 'teamChange'>,
  ctx: Pick<Context, 'actor' | 'now'>,
  { personId, kind, detail }: TeamChange,
  by: number | null = actorId(ctx.actor),
): Promise<void> {
  await tx.teamChange.create({ data: { personId, kind, detail, actorId: by, at: ctx.now } });
}
