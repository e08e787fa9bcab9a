import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { newCode } from '../../src/program/codes.ts';
import type { Actor, Context, Database } from '../../src/program/context.ts';
import { type Credited, credit as creditPurchase, type Purchase } from '../../src/program/ledger/credit.ts';
import { refund as refundSale } from '../../src/program/ledger/refund.ts';
import { undo as undoSale } from '../../src/program/ledger/undo.ts';
import { type Program, plainRules, type Rules } from '../../src/program/rules/rules.ts';
import { storedRules } from '../../src/program/settings/program.ts';

/** Rules with one base rule, as most tests of the ledger need them. Months null: points live for ever. */
export type Plain = { earnPoints: number; earnPerMinor: number; carryRemainder: boolean; expiryMonths: number | null };

/** One point per 1.00, the remainder carried, no welcome bonus, points for ever. */
export const plainProgram: Plain = { earnPoints: 1, earnPerMinor: 100, carryRemainder: true, expiryMonths: null };

export const rulesOf = ({ earnPoints, earnPerMinor, carryRemainder, expiryMonths }: Plain): Rules => ({
  ...plainRules(100),
  welcome: 0,
  earn: [{ id: 'base', kind: 'money', points: earnPoints, perMinor: earnPerMinor, carry: carryRemainder }],
  expiry: expiryMonths === null ? { policy: 'never' } : { policy: 'months', months: expiryMonths, end: 'day' },
});

const versions = new WeakMap<Database, Map<string, Promise<Program>>>();

/** The version that says so, made when there is none: a refund reads the rules that a sale was priced by from the database. */
export async function published(db: Database, rules: Rules): Promise<Program> {
  const known = versions.get(db) ?? new Map<string, Promise<Program>>();
  versions.set(db, known);
  const text = JSON.stringify(rules);
  const before = known.get(text);
  if (before) return before;
  const made = db.prisma.programVersion
    .create({ data: { rules: storedRules(rules), startsAt: new Date(0), createdAt: new Date(0) } })
    .then(({ id }) => ({ version: id, rules }));
  known.set(text, made);
  return made;
}

/** Credits under plain rules. */
export const credit = async (ctx: Context, purchase: Purchase, plain: Plain, timeZone: string): Promise<Credited> =>
  creditPurchase(ctx, purchase, await published(ctx.db, rulesOf(plain)), timeZone);

/** Refunds in UTC. */
export const refund = (ctx: Context, input: { saleId: number; amountMinor?: number }) =>
  refundSale(ctx, { ...input, timeZone: 'UTC' });

/** Undoes in UTC. */
export const undo = (ctx: Context, { saleId }: { saleId: number }) => undoSale(ctx, { saleId, timeZone: 'UTC' });

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
