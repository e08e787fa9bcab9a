import { Prisma } from '../database/generated/client.ts';
import type { Context } from './context.ts';

/** Prisma inside a transaction. */
export type Tx = Prisma.TransactionClient;

/**
 * Does a thing once per key: the note that it was done, the end of the conversation that led to it and the effect are one
 * transaction. Done before: the first result again. Two at once: the second waits on the note and then finds it. The result is kept
 * as JSON. A Refusal thrown inside undoes all of it.
 */
export async function once<Result>(ctx: Context, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  const { key } = ctx;
  return ctx.db.prisma.$transaction(async (tx) => {
    const noted = await tx.inbox.createMany({
      data: [
        { key: key.id, at: ctx.now, channel: key.channel ?? null, user: key.user ?? null, request: key.request ?? Prisma.DbNull },
      ],
      skipDuplicates: true,
    });
    if (noted.count === 0) {
      const before = await tx.inbox.findUniqueOrThrow({ where: { key: key.id } });
      return before.result as Result;
    }
    const result = await work(tx);
    await tx.inbox.update({ where: { key: key.id }, data: { result: (result ?? Prisma.JsonNull) as Prisma.InputJsonValue } });
    await tx.conversation.deleteMany({ where: { stamp: key.id } });
    return result;
  });
}
