import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { newCode } from '../../src/program/codes.ts';
import type { Actor, Context, Database } from '../../src/program/context.ts';
import type { Program } from '../../src/program/settings/program.ts';

/** One point per 1.00, the remainder carried, no welcome bonus, points for ever. */
export const plainProgram: Program = {
  version: 1,
  earnPoints: 1,
  earnPerMinor: 100,
  carryRemainder: true,
  welcomePoints: 0,
  expiryMonths: null,
};

const program: Actor = { kind: 'program', name: 'test' };

/** A context as a verb gets it, with a key of its own unless one is given. */
export const contextOf = (
  db: Database,
  now: Date,
  { actor = program, key = randomUUID() }: { actor?: Actor; key?: string } = {},
): Context => ({
  db,
  now,
  actor,
  key: { id: key },
});

/** A member without a chat. */
export async function newMember(db: Database, at = new Date('2026-01-01T00:00:00Z')): Promise<{ id: number; code: string }> {
  const code = newCode();
  const [row] = await db.run<{ id: number }>({ name: 'new_member', text: 'SELECT member_imported($1, $2, $3) AS id' }, [
    randomUUID(),
    code,
    at,
  ]);
  if (!row) throw new Error('no member was made');
  return { id: row.id, code };
}

/** A person who works here, or a customer, and the actor they are. */
export async function newPerson(db: Database, role: 'staff' | 'owner' | null): Promise<{ personId: number; actor: Actor }> {
  const at = new Date('2026-01-01T00:00:00Z');
  const { id: personId } = await db.prisma.person.create({ data: { name: role ?? 'customer', createdAt: at } });
  if (role !== null) await db.prisma.staff.create({ data: { personId, role, since: at } });
  return { personId, actor: { kind: 'person', personId } };
}

/** What the database holds of a member: the same facts as the model's wallet. */
export async function walletOf(db: Database, memberId: number) {
  const [row] = await db.run<{
    balance: number;
    debt: number;
    lots: { earned: number; remaining: number }[];
    numerator: number | null;
    denominator: number | null;
  }>(
    {
      name: 'wallet_of',
      text: `SELECT w.balance, w.debt, c.numerator, c.denominator,
          (SELECT coalesce(jsonb_agg(jsonb_build_object('earned', l.earned, 'remaining', l.remaining) ORDER BY l.id), '[]') FROM lot l WHERE l.member_id = $1) AS lots
        FROM wallet w LEFT JOIN carry c ON c.member_id = w.member_id WHERE w.member_id = $1`,
    },
    [memberId],
  );
  if (!row) throw new Error(`member ${memberId} has no wallet`);
  const { balance, debt, lots, numerator, denominator } = row;
  return { balance, debt, lots, carry: numerator === null || denominator === null ? null : { numerator, denominator } };
}

/** Works in the database as its owner, whom only triggers hold back. */
export async function asOwner<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
