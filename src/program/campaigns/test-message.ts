import type { Context, Statement } from '../context.ts';

const statement: Statement = {
  name: 'message_is_test',
  text: `SELECT 1 AS one FROM delivery WHERE id = $1 AND notice = 'campaign-test' AND person_id = $2`,
};

/** Whether a message is one that an owner had sent to themselves: nothing comes of its buttons. */
export async function isTestMessage(
  { db }: Pick<Context, 'db'>,
  { delivery, personId }: { delivery: number; personId: number | null },
): Promise<boolean> {
  return (await db.run(statement, [delivery, personId])).length > 0;
}
