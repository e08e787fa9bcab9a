import type { Context } from '../context.ts';

/** An answer as it was given: to what, yes or no, when, and the words of the question. */
export type ConsentAnswer = { kind: string; granted: boolean; at: Date; wording: string };

/** What somebody has agreed to and refused, newest first, at most `limit`. */
export const consentLog = ({ db }: Pick<Context, 'db'>, personId: number, limit: number): Promise<ConsentAnswer[]> =>
  db.prisma.consent.findMany({
    where: { personId },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: limit,
    select: { kind: true, granted: true, at: true, wording: true },
  });
